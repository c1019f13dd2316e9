/** "Views rebuilt": every table is the journal's, row by row, and what is not of the journal is named. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import { OTHER_TABLES, VIEW_TABLES } from '../../electron/engine/safe-keeping/tables.ts';
import { applyAcknowledgement } from '../../electron/engine/sync/apply-acknowledgement.ts';
import { readAcknowledgement, signAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { journalHash } from '../../shared/protocol/journal-entry.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { enrolledTerminal, MIGRATIONS, type TestTerminal } from '../support/enrolled-terminal.ts';
import {
  codeText,
  EPOCH_S,
  issuer,
  kidOf,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  WORLD,
} from '../support/protocol-fixture.ts';

const EUR = (minor: string) => ({ minor, currency: 'EUR' });

let till: TestTerminal;
beforeEach(async () => {
  till = await enrolledTerminal();
});
afterEach(() => till.close());

async function sell(scan: string, minor = '100'): Promise<string> {
  const answer = await till.call('payments.accept', { amount: EUR(minor), scan });
  if (!answer.ok) return answer.refusal.code;
  return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
}

/** A day with everything in it that payments know: full and short codes, invoices, each kind of decline. */
async function day(): Promise<void> {
  const purse = purseOf();
  const next = quickFields({ counter: 2, spentMinor: 100n, previous: seed('p').subarray(0, 8) });
  expect(await sell(codeText(presentedOf(purse, quickFields())))).toBe('approved');
  expect(await sell(codeText(presentedOf(purse, next, 'short')))).toBe('approved');
  expect(await sell(codeText(presentedOf(purse, next, 'short')))).toBe('already-used');
  expect(await sell(codeText(presentedOf(purseOf({ name: 'stranger' }), quickFields())), '5001')).toBe(
    'over-cap',
  );
  expect(await sell('no code')).toBe('unreadable');
  for (const end of ['used', 'cancelled', 'open'] as const) {
    const issued = await till.call('invoices.issue', { amount: EUR('7700'), reference: end });
    if (!issued.ok) throw new Error(issued.refusal.code);
    if (end === 'cancelled') await till.call('invoices.cancel', { invoiceId: issued.value.invoiceId });
    if (end !== 'used') continue;
    const picture = decodePictureText(issued.value.digits);
    if (!picture.ok || picture.value.kind !== 'invoice') throw new Error('no invoice');
    const { digest: invoiceDigest, amountMinor } = picture.value.invoice;
    const bound = presentedOf(purseOf({ name: 'bound' }), {
      mode: 'bound',
      counter: 1,
      spentMinor: 0n,
      previous: new Uint8Array(8),
      iatS: EPOCH_S + 3600,
      amountMinor,
      invoiceDigest,
    });
    expect(await sell(codeText(bound), '7700')).toBe('approved');
  }
}

/** The clearing house holds everything until now, settled the first payment and rejected the second. */
async function acknowledged(): Promise<void> {
  till.engine.close();
  const opened = await openStore(till.folder, MIGRATIONS);
  if (!opened.ok) throw new Error(opened.refusal.code);
  const store = opened.value;
  const sold = store.payments
    .list(2n ** 62n, 100)
    .filter(({ state }) => state === 'approved-offline')
    .toReversed();
  const { epoch, seq } = store.journal.tip;
  const last = store.journal.after(-1n, 1000).at(-1);
  const ack = signAcknowledgement(
    {
      terminalId: till.certificate.terminalId,
      epoch,
      seq,
      headHash: journalHash(last?.bytes ?? new Uint8Array()),
      outcomes: sold.slice(0, 2).map(({ journalSeq }, i) => ({
        number: i + 1,
        epoch,
        seq: journalSeq,
        state: i === 0 ? 'settled' : 'rejected',
        reason: i === 0 ? null : 'conflict',
        lossBearer: i === 0 ? 'nobody' : 'merchant',
        proof: null,
      })),
      serverTimeMs: till.clock.nowMs,
    },
    WORLD,
    kidOf(issuer),
    issuer,
  );
  const applied = applyAcknowledgement(store, readAcknowledgement(ack), ack, till.clock.nowMs);
  expect(applied.ok && applied.value.changed.map(({ state }) => state)).toEqual([
    'settled',
    'rejected',
    'sent',
  ]);
  store.close();
  till = await till.reopen();
}

async function rebuilt(repair = false) {
  const report = await till.engine.rebuildViews(repair);
  if (!report.ok) throw new Error(report.refusal.code);
  return report.value;
}

/** Changes rows behind the terminal's back. */
async function planted(sql: string): Promise<void> {
  till.engine.close();
  const database = new Database(join(till.folder, 'terminal.db'));
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
  till = await till.reopen();
}

describe('10 Views rebuilt', () => {
  it('a day of sales, declines, invoices and outcomes → every row of every view is made again', async () => {
    await day();
    await acknowledged();
    const { tables, entries } = await rebuilt();
    expect(tables.filter(({ differing }) => differing > 0)).toEqual([]);
    expect(entries).toBeGreaterThan(9);
    const rows = Object.fromEntries(tables.map((table) => [table.table, table.rows]));
    expect(rows).toMatchObject({ payment: 6, certificate: 2, invoice: 3, tally: 2, sync_progress: 1 });
    expect(readdirSync(till.folder).filter((file) => file.startsWith('rebuild'))).toEqual([]);
  });

  it.each([
    ['a changed amount', 'UPDATE payment SET amount_minor = 1 WHERE state = 0', 'payment', ['amount_minor']],
    ['a row too many', "INSERT INTO certificate VALUES (x'0102030405060708', x'00')", 'certificate', 'extra'],
    ['a row too few', 'DELETE FROM invoice WHERE state = 2', 'invoice', 'missing'],
    ['a sum that drifted', "UPDATE tally SET sum_minor = 7 WHERE name = 'unsent'", 'tally', ['sum_minor']],
  ])(
    '%s → found, with its table and row; repaired → the same again, journal untouched',
    async (_what, sql, table, what) => {
      await day();
      const before = till.engine.verifyJournal();
      await planted(sql);
      const found = (await rebuilt()).tables.filter(({ differing }) => differing > 0);
      expect(found).toMatchObject([
        { table, examples: expect.arrayContaining([expect.objectContaining({ what })]) },
      ]);
      expect((await rebuilt(true)).isRepaired).toBe(true);
      till = await till.reopen();
      expect((await rebuilt()).tables.filter(({ differing }) => differing > 0)).toEqual([]);
      expect(till.engine.verifyJournal()).toEqual(before);
    },
  );

  it('every table of the schema → a view or said to be none, so a new one cannot be forgotten', async () => {
    till.engine.close();
    const store = await openStore(till.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    const names = store.value.whole.tables().map(({ name }) => name);
    store.value.close();
    expect([...VIEW_TABLES, ...Object.keys(OTHER_TABLES)].toSorted()).toEqual(names);
  });
});
