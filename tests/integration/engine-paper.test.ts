/**
 * "Safe keeping", from paper: a terminal dies before its sync, another terminal of the shop scans its receipts, and
 * the real clearing house on real PostgreSQL settles each payment once, in whichever order paper and disk come back.
 */
import { cpSync, renameSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CallResult } from '../../shared/contract/terminal.ts';
import { importedValue } from '../../shared/protocol/bodies/safe-keeping.ts';
import { sign1Value } from '../../shared/protocol/cose.ts';
import { encodePaperCopy, readCharge, readPaperCopy, signCharge } from '../../shared/protocol/paper-copy.ts';
import { joinPaper } from '../../shared/protocol/paper-parts.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { decodePictureText, pictureText } from '../../shared/protocol/picture.ts';
import type { Result } from '../../shared/result.ts';
import { balances, newSigner, startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

let clearing: TestClearing;
let drop: () => Promise<void>;
let terminals: SyncedTerminal[] = [];

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await drop();
});
afterEach(() => {
  for (const terminal of terminals) terminal.close();
  terminals = [];
});

/** A terminal that has synced once; of the same shop as another one where that is given. */
async function terminalOf(shop?: SyncedTerminal): Promise<SyncedTerminal> {
  const terminal = await SyncedTerminal.enrol(clearing, shop);
  terminals.push(terminal);
  expect(await terminal.sync()).toBe('online');
  return terminal;
}

async function newPurse(): Promise<TestPurse> {
  return await (await TestCustomer.register(clearing)).purse();
}

function codeOf(purse: TestPurse, payment: Payment): string {
  return pictureText({ kind: 'presented', certificate: purse.certificate, payment });
}

/** What was taken offline and never sent: two quick payments of one purse, and a bound one. */
async function sellOffline(terminal: SyncedTerminal): Promise<void> {
  terminal.isCut = true;
  const [first, other] = [await newPurse(), await newPurse()];
  expect(await terminal.accept(codeOf(first, first.quick(1)), '100')).toBe('approved');
  const second = first.quick(2, { spentMinor: 100n });
  expect(await terminal.accept(codeOf(first, second), '250')).toBe('approved');
  const issued = await terminal.call('invoices.issue', {
    amount: { minor: '400', currency: 'EUR' },
    reference: 'Table 4 by the window',
  });
  const picture = decodePictureText(issued.ok ? issued.value.digits : '');
  if (!picture.ok || picture.value.kind !== 'invoice') throw new Error('no invoice');
  const bound = other.bound(1, picture.value.invoice);
  expect(await terminal.accept(codeOf(other, bound), '400')).toBe('approved');
}

/** All pictures that the receipts of this terminal's unsent payments carry. */
async function receiptsOf(terminal: SyncedTerminal): Promise<string[]> {
  const page = await terminal.call('payments.paperCopies', { shift: null, after: null, limit: 50 });
  if (!page.ok) throw new Error(page.refusal.code);
  return page.value.papers.flatMap(({ digits }) => digits);
}

/** "100 settled, 250 settled", in the order of the journal; with how many are new where papers were scanned. */
async function statesOf(terminal: SyncedTerminal): Promise<string> {
  const list = await terminal.call('payments.list', { before: null, limit: 50 });
  if (!list.ok) throw new Error(list.refusal.code);
  return list.value.rows
    .map(({ amount, state, isFromPaper }) => `${amount.minor} ${state}${isFromPaper ? ' paper' : ''}`)
    .toReversed()
    .join(', ');
}

async function scan(terminal: SyncedTerminal, scans: readonly string[]): Promise<string> {
  const answer = await terminal.call('payments.import', { scans: [...scans], approval: null });
  if (!answer.ok) return answer.refusal.code;
  const { payments } = answer.value;
  return `${payments.filter(({ isNew }) => isNew).length} of ${payments.length} new`;
}

async function receivable({ merchantId }: Pick<SyncedTerminal, 'merchantId'>): Promise<bigint | undefined> {
  return (await balances(clearing)).get(`receivable/${merchantId}/EUR`);
}

async function sumsOf(terminal: SyncedTerminal): Promise<readonly (string | undefined)[]> {
  const { sync } = await terminal.state();
  return [sync.unsentSum?.minor, sync.exposure?.sum.minor];
}

describe('9 Safe keeping: a dead terminal is rebuilt from paper', () => {
  it('its receipts scanned at a new terminal, and then its disk is found → each payment settled once', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    // the bound one, with its invoice, is in two
    expect(receipts).toHaveLength(4);
    const heir = await terminalOf(dead);
    expect(await scan(heir, receipts.toReversed())).toBe('3 of 3 new');
    expect(await statesOf(heir)).toBe(
      '400 approved-offline paper, 250 approved-offline paper, 100 approved-offline paper',
    );
    expect(await sumsOf(heir)).toEqual(['750', '750']);
    expect(await heir.sync()).toBe('online');
    expect(await statesOf(heir)).toBe('400 settled paper, 250 settled paper, 100 settled paper');
    expect(await sumsOf(heir)).toEqual(['0', '0']);
    expect(await receivable(dead)).toBe(750n);

    dead.isCut = false;
    expect(await dead.sync()).toBe('online');
    expect(await statesOf(dead)).toBe('100 settled, 250 settled, 400 settled');
    expect(await receivable(dead)).toBe(750n);
    expect([...(await dead.faults()), ...(await heir.faults())]).toEqual([]);
  });

  it('its disk first and its receipts later → the same', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    dead.isCut = false;
    expect(await dead.sync()).toBe('online');
    const heir = await terminalOf(dead);
    expect(await scan(heir, receipts)).toBe('3 of 3 new');
    expect(await heir.sync()).toBe('online');
    expect(await statesOf(heir)).toBe('100 settled paper, 250 settled paper, 400 settled paper');
    expect(await sumsOf(heir)).toEqual(['0', '0']);
    expect(await receivable(dead)).toBe(750n);
  });

  it('refunded where it was settled second, in that batch or later → the money goes back, never above the payment', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    const heir = await terminalOf(dead);
    expect(await scan(heir, receipts)).toBe('3 of 3 new');
    expect(await heir.sync()).toBe('online');
    const rows = await dead.call('payments.list', { before: null, limit: 50 });
    const [bound, , quick] = rows.ok ? rows.value.rows : [];
    const giveBack = async (terminal: SyncedTerminal, row: typeof bound, minor: string) => {
      const original = { epoch: row?.epoch ?? 0, journalSeq: row?.journalSeq ?? 0 };
      const amount = { minor, currency: 'EUR' } as const;
      const wish = { original, amount, method: 'credit-note', reason: 'Broken cup', approval: null } as const;
      expect(await terminal.call('refunds.make', wish)).toMatchObject({ ok: true });
    };
    await giveBack(dead, quick, '30');
    dead.isCut = false;
    expect(await dead.sync()).toBe('online');
    await giveBack(dead, bound, '400');
    expect(await dead.sync()).toBe('online');
    expect(await receivable(dead)).toBe(320n);
    // its heir knows nothing of that, and promises more than is left
    const papers = await heir.call('payments.list', { before: null, limit: 50 });
    await giveBack(heir, papers.ok ? papers.value.rows.at(-1) : undefined, '80');
    expect(await heir.sync()).toBe('online');
    expect(await receivable(dead)).toBe(320n);
  });

  it('one receipt at two terminals of the shop → both say settled, posted once', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    for (const heir of [await terminalOf(dead), await terminalOf(dead)]) {
      expect(await scan(heir, receipts)).toBe('3 of 3 new');
      expect(await heir.sync()).toBe('online');
      expect(await statesOf(heir)).toBe('100 settled paper, 250 settled paper, 400 settled paper');
    }
    expect(await receivable(dead)).toBe(750n);
  });

  it('a receipt twice, also after a restart, or at the terminal that printed it → what is here, and no entry more', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    expect(await scan(dead, receipts)).toBe('0 of 3 new');
    const heir = await terminalOf(dead);
    expect(await scan(heir, [...receipts, ...receipts])).toBe('3 of 3 new');
    const before = await heir.call('payments.list', { before: null, limit: 50 });
    expect(await scan(heir, receipts)).toBe('0 of 3 new');
    await heir.restart();
    expect(await scan(heir, receipts)).toBe('0 of 3 new');
    expect(await heir.call('payments.list', { before: null, limit: 50 })).toEqual(before);
    expect(await sumsOf(heir)).toEqual(['750', '750']);
    // its papers are the dead terminal's own
    expect(await receiptsOf(heir)).toEqual(receipts);
  });

  it('a code that the dead terminal took → already used at its heir', async () => {
    const dead = await terminalOf();
    dead.isCut = true;
    const purse = await newPurse();
    const code = codeOf(purse, purse.quick(1));
    expect(await dead.accept(code, '100')).toBe('approved');
    const heir = await terminalOf(dead);
    expect(await scan(heir, await receiptsOf(dead))).toBe('1 of 1 new');
    expect(await heir.accept(code, '100')).toBe('already-used');
  });

  it('one code taken at both for other amounts → refused by name, nothing written', async () => {
    const dead = await terminalOf();
    const heir = await terminalOf(dead);
    const purse = await newPurse();
    const code = codeOf(purse, purse.quick(1));
    for (const [terminal, minor] of [
      [dead, '100'],
      [heir, '90'],
    ] as const) {
      terminal.isCut = true;
      expect(await terminal.accept(code, minor)).toBe('approved');
    }
    const answer = await heir.call('payments.import', { scans: await receiptsOf(dead), approval: null });
    expect(answer).toEqual({
      ok: false,
      refusal: { code: 'charged-otherwise', detail: { amountMinor: '90' } },
    });
    expect(await statesOf(heir)).toBe('90 approved-offline');
  });

  it('half a receipt, a payment code, a receipt of another shop, among good ones → refused, and none is taken', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const receipts = await receiptsOf(dead);
    const heir = await terminalOf(dead);
    expect(await scan(heir, receipts.slice(0, 3))).toBe('paper-incomplete');
    const purse = await newPurse();
    expect(await scan(heir, [...receipts, codeOf(purse, purse.quick(1))])).toBe('wrong-kind');
    const other = await terminalOf();
    await sellOffline(other);
    expect(await scan(heir, [...receipts, ...(await receiptsOf(other))])).toBe('paper-of-another-shop');
    expect(await scan(heir, [...receipts, '12345'])).toBe('unreadable');
    expect(await statesOf(heir)).toBe('');
  });

  it('taken in on a disk that had been set back → carried out of the fork, settled once', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const heir = await terminalOf(dead);
    const image = `${heir.folder}-image`;
    await heir.restart(() => cpSync(heir.folder, image, { recursive: true }));
    const purse = await newPurse();
    expect(await heir.accept(codeOf(purse, purse.quick(1)), '50')).toBe('approved');
    expect(await heir.sync()).toBe('online');
    await heir.restart(() => {
      rmSync(heir.folder, { recursive: true });
      renameSync(image, heir.folder);
    });
    expect(await scan(heir, await receiptsOf(dead))).toBe('3 of 3 new');
    expect(await heir.sync()).toBe('online');
    expect(await statesOf(heir)).toBe('100 settled paper, 250 settled paper, 400 settled paper, 50 settled');
    expect(await sumsOf(heir)).toEqual(['0', '0']);
    expect(await receivable(dead)).toBe(800n);
    expect(await heir.faults()).toEqual([]);
  });

  it('in pages, of a shift or of all; of one payment → the same digits', async () => {
    const terminal = await terminalOf();
    await sellOffline(terminal);
    const all = await receiptsOf(terminal);
    const digits: string[] = [];
    let after: { epoch: number; journalSeq: number } | null = null;
    do {
      const page: Result<CallResult<'payments.paperCopies'>> = await terminal.call('payments.paperCopies', {
        shift: null,
        after,
        limit: 1,
      });
      if (!page.ok) throw new Error(page.refusal.code);
      for (const { epoch, journalSeq, digits: own } of page.value.papers) {
        expect(await terminal.call('payments.paperCopy', { epoch, journalSeq })).toEqual({
          ok: true,
          value: { digits: own },
        });
        digits.push(...own);
      }
      after = page.value.next;
    } while (after !== null);
    expect(digits).toEqual(all);
    const none = await terminal.call('payments.paperCopies', { shift: 7, after: null, limit: 50 });
    expect(none).toEqual({ ok: false, refusal: { code: 'not-found' } });
    const missing = await terminal.call('payments.paperCopy', { epoch: 1, journalSeq: 1 });
    expect(missing).toEqual({ ok: false, refusal: { code: 'not-found' } });
  });
});

describe('9 Safe keeping: paper at the clearing house', () => {
  it('a terminal that believes no refusal: of another shop, for more, by another key, of no terminal → rejected, nothing moves', async () => {
    const dead = await terminalOf();
    await sellOffline(dead);
    const [receipt = ''] = await receiptsOf(dead);
    const joined = joinPaper([receipt]);
    const bytes = joined.ok ? (joined.value[0] ?? new Uint8Array()) : new Uint8Array();
    const copy = readPaperCopy(bytes);
    const other = await TestTill.enrol(clearing);
    const before = await balances(clearing);
    const signer = newSigner();
    const sign = (change: object, by = signer) =>
      encodePaperCopy({
        ...copy,
        charge: readCharge(sign1Value(signCharge({ ...copy.charge, ...change }, WORLD, by))),
      });
    const bring = async (till: TestTill, paper: Uint8Array): Promise<string> => {
      till.write('payment-imported', importedValue({ source: 'paper', bytes: paper, approvedBy: null }));
      const seq = till.entries.length;
      return outcomesText(await till.send(seq, seq));
    };
    expect(await bring(other, bytes)).toBe('1:rejected/bad-signature');
    const own = await TestTill.enrol(clearing, { merchantId: dead.merchantId });
    expect(await bring(own, sign({ amountMinor: 4000n }))).toBe('1:rejected/bad-signature');
    // a charge that it signed itself, in the name of the dead one
    expect(await bring(own, sign({ amountMinor: 4000n }, own.signer))).toBe('2:rejected/bad-signature');
    const stolen = encodePaperCopy({ ...copy, terminal: own.certificate });
    expect(await bring(own, stolen)).toBe('3:rejected/bad-signature');
    expect(await bring(own, bytes.subarray(1))).toBe('4:rejected/malformed');
    expect(await balances(clearing)).toEqual(before);
    expect(await bring(own, bytes)).toBe('5:settled');
    expect(await bring(own, bytes)).toBe('6:settled');
    expect(await receivable(dead)).toBe(100n);
  });
});
