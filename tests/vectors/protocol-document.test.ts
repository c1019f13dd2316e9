/** docs/protocol.md held to the code: its bytes are golden vectors, its tables are the lists, its limits the constants. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECK_RESULTS, CHECKS } from '../../shared/decision/checks.ts';
import {
  LOSS_BEARERS,
  MAX_OUTCOMES,
  OUTCOME_STATES,
  REJECT_REASONS,
} from '../../shared/protocol/acknowledgement.ts';
import { MAX_PROOF_BYTES } from '../../shared/protocol/double-spend.ts';
import { MAX_REFERENCE_BYTES } from '../../shared/protocol/invoice.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES } from '../../shared/protocol/journal-batch.ts';
import { JOURNAL_KINDS, MAX_ACTOR_BYTES, MAX_ENTRY_BYTES } from '../../shared/protocol/journal-entry.ts';
import { MAX_PICTURE_BYTES } from '../../shared/protocol/picture.ts';
import { POLICY_FINDINGS } from '../../shared/protocol/policy.ts';
import { MAX_PAYMENT_COUNT, MAX_STATUS_INDEX } from '../../shared/protocol/purse-certificate.ts';
import { MAX_DISPLAY_NAME_BYTES } from '../../shared/protocol/terminal-certificate.ts';
import { MAX_STATUS_BITS } from '../../shared/protocol/trust-bundle.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import { REFUSALS, refusalCodes } from '../../shared/refusals.ts';
import { goldenFiles } from './generate.ts';

const text = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const files = goldenFiles();

const blocks = [...text.matchAll(/^```(?:hex|digits) (.+?): (.+)\n([\s\S]*?)^```$/gm)].map(
  ([, object = '', name = '', body = '']) => ({
    object,
    name,
    input: body.replace(/#.*$/gm, '').replace(/\s/g, ''),
  }),
);

/** Words between backquotes, of each row of the tables whose row matches. */
function rows(match: RegExp): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && match.test(line))
    .map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
}

describe('docs/protocol.md', () => {
  it.each(blocks)('the bytes of $object, $name → are the golden vector', ({ object, name, input }) => {
    const vector = files.find((file) => file.object === object)?.valid.find((one) => one.name === name);
    expect(input).toBe(vector?.input);
  });

  it('every object that travels → has its bytes shown', () => {
    const shown = new Set(blocks.map(({ object }) => object));
    const missing = files.map(({ object }) => object).filter((object) => !shown.has(object));
    // encodings, keys, and what is made of other objects or is text
    expect(missing.toSorted()).toEqual([
      'cbor',
      'double-spend-proof',
      'ed25519',
      'enrolment-code',
      'journal-batch',
      'keys',
      'paper-copy',
      'presented-code',
    ]);
  });

  it('the table of stages → checks and reasons in the order of the lists', () => {
    const table = rows(/^\| \d+ \| `/);
    expect(table.map(([check]) => check)).toEqual([...CHECKS]);
    const last = refusalCodes.findLastIndex((code) => REFUSALS[code].stage === 'limit');
    expect(table.flatMap(([, ...reasons]) => reasons)).toEqual(refusalCodes.slice(0, last + 1));
  });

  it('the findings of the policy → in the order on the wire', () => {
    const listed = [
      ...text.matchAll(/`([a-z-]+:(?:between|above)|clock-turned-back|random-selection)`(?= ·|\n\n)/g),
    ].map(([, name]) => name);
    expect(listed).toEqual([...POLICY_FINDINGS]);
  });

  it('the kinds of journal entries → their numbers', () => {
    const table = [...text.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, kind, number]) => [
      kind,
      Number(number),
    ]);
    expect(table).toEqual(Object.entries(JOURNAL_KINDS));
  });

  it('states, reasons, bearers and results → at their positions', () => {
    expect(rows(/^\| state \|/)[0]).toEqual([...OUTCOME_STATES]);
    expect(rows(/^\| reason, /).flat()).toEqual([...REJECT_REASONS]);
    expect(rows(/^\| loss-bearer \|/)[0]).toEqual([...LOSS_BEARERS]);
    const results = CHECK_RESULTS.map((result, i) => `${i} ${result.replace('-', ' ')}`).join(', ');
    expect(text.replace(/\s+/g, ' ')).toContain(results);
  });

  it('external_aad → what the code writes', () => {
    const table = rows(/`offline-payment\/1\//);
    expect(table).toHaveLength(19);
    for (const [type, aad] of table) {
      expect(aad).toBe(new TextDecoder().decode(aadOf('live', type as Parameters<typeof aadOf>[1])));
    }
  });

  it('limits → the constants', () => {
    const limit = (what: string) => text.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? '';
    const number = (value: number) => value.toLocaleString('en');
    expect(limit('picture; box in it')).toContain(`${MAX_PICTURE_BYTES} bytes`);
    expect(limit('payments of a purse')).toContain(number(MAX_PAYMENT_COUNT));
    expect(limit('purses in a status list')).toContain(number(MAX_STATUS_BITS));
    expect(text).toContain(`status-index: 0..${MAX_STATUS_INDEX}`);
    expect(limit('display name; invoice reference; actor')).toContain(
      `${MAX_DISPLAY_NAME_BYTES}; ${MAX_REFERENCE_BYTES}; ${MAX_ACTOR_BYTES} bytes`,
    );
    expect(limit('double-spend proof')).toContain(`${MAX_PROOF_BYTES} bytes`);
    expect(limit('journal entry; batch')).toContain(
      `${number(MAX_ENTRY_BYTES / 1024)} KiB; ${number(MAX_BATCH_ENTRIES)} entries and ${MAX_BATCH_BYTES / 2 ** 20} MiB`,
    );
    expect(limit('outcomes of one acknowledgement')).toContain(number(MAX_OUTCOMES));
  });
});
