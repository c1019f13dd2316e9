/** The golden vectors (tests/vectors/data): what stands there is what we write, and we read it as it says. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusalCodes } from '../../shared/refusals.ts';
import { GOLDEN_FOLDER, goldenFiles } from './generate.ts';
import { READERS } from './golden/readers.ts';
import { fileText, plain, type VectorFile } from './golden/vector-file.ts';

const files = goldenFiles();

describe('the files', () => {
  it('all that stand there → are made by the generator, to the byte (else run node tests/vectors/generate.ts)', () => {
    const standing = readdirSync(GOLDEN_FOLDER).toSorted();
    expect(standing).toEqual(files.map(({ object }) => `${object}.json`).toSorted());
    for (const file of files) {
      const text = readFileSync(new URL(`${file.object}.json`, GOLDEN_FOLDER), 'utf8');
      expect(text === fileText(file), `${file.object}.json differs`).toBe(true);
    }
  });

  it('names and inputs of a file → each once', () => {
    for (const { object, valid, invalid } of files) {
      const all = [...valid, ...invalid];
      expect(new Set(all.map(({ name }) => name)).size, object).toBe(all.length);
      expect(new Set(all.map(({ input }) => input)).size, object).toBe(all.length);
    }
  });

  it('every refusal of stages 1 to 3 → has a vector', () => {
    const refused = new Set(files.flatMap(({ invalid }) => invalid.map(({ refusal }) => refusal)));
    const stages = refusalCodes.slice(0, refusalCodes.indexOf('expired'));
    expect(stages.filter((code) => !refused.has(code))).toEqual([]);
  });
});

/** As they stand in the folder, for that is what other implementations read. */
const standing = files.map(
  ({ object }) => JSON.parse(readFileSync(new URL(`${object}.json`, GOLDEN_FOLDER), 'utf8')) as VectorFile,
);

describe.each(standing.filter(({ object }) => object !== 'keys'))(
  '§$section: $object',
  ({ object, valid, invalid }) => {
    const read = READERS[object];
    if (read === undefined) throw new TypeError(`no reader of ${object}`);

    it.each(valid)('$name → read as it says', ({ input, decoded }) => {
      const result = read(input);
      expect(result.ok ? plain(result.value) : result.refusal).toEqual(decoded);
    });

    it.each(invalid)('$name → $refusal', ({ input, refusal }) => {
      const result = read(input);
      expect(result.ok ? 'ok' : result.refusal.code).toBe(refusal);
    });
  },
);
