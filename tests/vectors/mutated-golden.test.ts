/** Every reader on changed golden bytes and on bytes of chance: an answer always, and nothing signed is taken changed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { isRefusalCode } from '../../shared/refusals.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { below, mutateBytes } from '../support/mutate-code.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { goldenFiles } from './generate.ts';
import { READERS } from './golden/readers.ts';

const RUN_SEED = Number(process.env.FIELDTILL_SEED ?? 20_260_101);
const RUNS = 400;
/** Not signed, or not whole: what is changed in them may be as valid as before. */
const UNSIGNED = ['digits', 'cbor', 'journal-entry', 'journal-batch', 'enrolment-code', 'refund-body'];
const TEXTS = ['digits', 'enrolment-code', 'presented-code'];

const files = goldenFiles().filter(({ object }) => object !== 'keys');

describe.each(files)('$object', ({ object, valid }) => {
  const read = READERS[object];
  if (read === undefined) throw new TypeError(`no reader of ${object}`);
  const isText = TEXTS.includes(object);

  /** An answer of the closed list; never thrown. */
  function outcomeOf(input: string): string {
    const result = read?.(input);
    if (result?.ok === false) expect(isRefusalCode(result.refusal.code)).toBe(true);
    return result?.ok === false ? result.refusal.code : 'taken';
  }

  it(`${RUNS} changed vectors → an answer; a signed one is never taken`, () => {
    const random = seededRandom(RUN_SEED);
    const taken = new Set(valid.map(({ input }) => input));
    for (let run = 0; run < RUNS; run++) {
      const { input = '' } = valid[below(random, valid.length)] ?? {};
      const { input: other = '' } = valid[below(random, valid.length)] ?? {};
      const bytesOf = (text: string) =>
        isText ? Uint8Array.from(Buffer.from(text, 'latin1')) : bytesOfHex(text);
      const bytes = mutateBytes(random, bytesOf(input), bytesOf(other));
      const changed = isText ? Buffer.from(bytes).toString('latin1') : toHex(bytes);
      const outcome = outcomeOf(changed);
      if (!UNSIGNED.includes(object) && outcome === 'taken' && !taken.has(changed.trim())) {
        expect.fail(`taken: ${changed} (seed ${RUN_SEED})`);
      }
    }
  });

  it('bytes and texts of chance → an answer', () => {
    const input = isText
      ? fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
      : fc.uint8Array({ maxLength: 400 }).map(toHex);
    fc.assert(
      fc.property(input, (text) => {
        outcomeOf(text);
      }),
      { numRuns: 300, seed: RUN_SEED },
    );
  });
});
