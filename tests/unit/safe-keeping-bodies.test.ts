/** Bodies of epochs, imports and backups: what goes in comes out, what has no such shape is malformed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backupValue,
  EPOCH_REASONS,
  epochOpenedValue,
  IMPORT_SOURCES,
  importedValue,
  readBackup,
  readEpochOpened,
  readImported,
  SECOND_COPY,
} from '../../shared/protocol/bodies/safe-keeping.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { decodeHeldEntries, encodeHeldEntries } from '../../shared/protocol/held-entries.ts';
import { reading } from '../../shared/protocol/shape.ts';

const MALFORMED = { ok: false, refusal: { code: 'malformed' } };
const wire = (value: CborValue): CborValue => decodeCbor(encodeCbor(value));
const bytes = fc.uint8Array({ maxLength: 300 });
const ordinal = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const approvedBy = fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 16 }));

function same(read: unknown, written: unknown): void {
  expect(read).toEqual(written);
}

describe('9 Safe keeping: bodies', () => {
  it('any body → itself', () => {
    const epoch = fc.record({
      reason: fc.constantFrom(...EPOCH_REASONS),
      fromEpoch: ordinal,
      fromSeq: fc.nat(),
    });
    fc.assert(fc.property(epoch, (body) => same(readEpochOpened(wire(epochOpenedValue(body))), body)));
    const entries = IMPORT_SOURCES.filter((source) => source !== 'paper');
    const imported = fc.oneof(
      fc.record({ source: fc.constantFrom(...entries), bytes }),
      fc.record({ source: fc.constant('paper' as const), bytes, approvedBy }),
    );
    fc.assert(fc.property(imported, (body) => same(readImported(wire(importedValue(body))), body)));
    const made = fc.record({
      what: fc.constant('made' as const),
      name: fc.string({ unit: 'grapheme-ascii', maxLength: 64 }),
      sizeBytes: fc.nat(),
      epoch: ordinal,
      seq: fc.nat(),
      secondCopy: fc.constantFrom(...SECOND_COPY),
      approvedBy,
    });
    const second = fc.record({
      what: fc.constant('second-copy' as const),
      path: fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 200 })),
      approvedBy,
    });
    fc.assert(fc.property(fc.oneof(made, second), (body) => same(readBackup(wire(backupValue(body))), body)));
    const held = fc.record({ acknowledgement: bytes, entries: fc.array(bytes, { maxLength: 5 }) });
    fc.assert(
      fc.property(held, (one) => same(decodeHeldEntries(encodeHeldEntries(one)), { ok: true, value: one })),
    );
  });

  it.each<readonly [string, (value: CborValue) => unknown, CborValue]>([
    ['an epoch for a third reason', readEpochOpened, [2, 1, 1]],
    ['an epoch that goes on from epoch 0', readEpochOpened, [0, 0, 1]],
    ['an import of a fourth source', readImported, [3, new Uint8Array(1)]],
    ['an import larger than any sale', readImported, [0, new Uint8Array(4097)]],
    ['a backup of a third sort', readBackup, [2, null, null]],
    ['a backup with a fourth state of its copy', readBackup, [0, 'name', 1, 1, 1, 3, null]],
    ['a path of a kilometre', readBackup, [1, 'p'.repeat(1025), null]],
  ])('%s → malformed', (_what, read, value) => {
    expect(reading(() => read(value))).toEqual(MALFORMED);
  });
});
