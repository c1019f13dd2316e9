/**
 * Taking in a batch of a terminal's journal (protocol §6). Signatures are checked before anything is
 * locked; then one transaction stores the entries, decides, posts and numbers the outcomes, or none of
 * it. A batch that is sent again finds its entries held, gets the same outcomes, and changes nothing.
 */
import { invariant } from '../../shared/assert.ts';
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { idBytes } from '../../shared/ids.ts';
import type { Outcome } from '../../shared/protocol/acknowledgement.ts';
import { openJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { decodeJournalEntry, NO_HASH } from '../../shared/protocol/journal-entry.ts';
import type { Policy } from '../../shared/protocol/policy.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import * as journal from '../db/journal.ts';
import { type LedgerTransfer, postTransfers } from '../db/ledger.ts';
import type { TerminalRow } from '../db/merchants.ts';
import { type DecidedInvoice, decideOrders } from '../db/orders.ts';
import { readOutcomesOfEntries } from '../db/terminal-outcomes.ts';
import { tellOutcomes } from '../db/webhooks.ts';
import type { House } from '../house.ts';
import { signedAcknowledgement } from './acknowledge.ts';
import { type ChainEntry, entriesOf, type HeldHead, joinChain } from './chain.ts';
import { type CheckedSale, checkSales, type GenuineSale } from './check-sales.ts';
import { decideRefunds, findRefunded, paymentsOfBatch, verifyRefunds } from './decide-refunds.ts';
import { decideSales } from './decide-sales.ts';
import { guarantee } from './guarantee.ts';
import { paymentRow, refundRow } from './outcome-rows.ts';
import type { PurseRegister } from './purse-register.ts';
import { type RefundEntry, readEntry, type Sale } from './read-entry.ts';
import type { SettledOutcome } from './settle.ts';

type BatchRefusal = Refusal<'malformed' | 'forged' | 'journal-gap' | 'journal-forked'>;

interface JudgedEntry {
  readonly entry: ChainEntry;
  /** Null when no payment follows from the entry. */
  readonly checked: CheckedSale | null;
  readonly refund: { readonly entry: RefundEntry; readonly isSigned: boolean } | null;
}

const NOTHING_HELD: HeldHead = { seq: 0, hash: NO_HASH };
const MALFORMED: CheckedSale = { verdict: 'rejected', reason: 'malformed', genuine: null };

/** What of the batch is not held yet. */
async function newEntries(
  db: House['database'],
  terminalId: Uint8Array,
  epoch: number,
  entries: readonly ChainEntry[],
): Promise<Result<{ fresh: readonly ChainEntry[]; head: HeldHead }, BatchRefusal>> {
  const head = (await journal.readHead(db, terminalId, epoch)) ?? NOTHING_HELD;
  const firstSeq = entries[0]?.seq ?? 1;
  const hashes =
    firstSeq <= head.seq
      ? await journal.readHashes(db, terminalId, epoch, firstSeq, head.seq)
      : new Map<number, Uint8Array>();
  const joined = joinChain(entries, head, hashes);
  return joined.ok ? ok({ fresh: joined.value, head }) : joined;
}

/** Whether the first new entry continues what is held; one that cannot be read tells nothing of it. */
async function checkJoint(
  db: House['database'],
  terminalId: Uint8Array,
  epoch: number,
  head: HeldHead,
  first: ChainEntry | undefined,
): Promise<Result<null, BatchRefusal>> {
  const read = first === undefined ? undefined : decodeJournalEntry(first.bytes);
  if (read === undefined || !read.ok) return ok(null);
  const { previousHash } = read.value;
  const forked = refused({ code: 'journal-forked', detail: { lastSeq: Math.max(0, head.seq - 1) } } as const);
  if (head.seq > 0) return equalBytes(previousHash, head.hash) ? ok(null) : forked;
  // an epoch begins on nothing, or on an entry of an earlier one that we acknowledged (protocol §5)
  const last = await journal.readLastHead(db, terminalId);
  if (last === undefined || last.epoch >= epoch) return equalBytes(previousHash, NO_HASH) ? ok(null) : forked;
  return (await journal.holdsHashBefore(db, terminalId, epoch, previousHash)) ? ok(null) : forked;
}

/** Reads and checks entries, all signatures together. */
async function judge(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  epoch: number,
  entries: readonly ChainEntry[],
): Promise<readonly JudgedEntry[]> {
  const readings = entries.map(({ bytes, seq }, i) =>
    readEntry(bytes, { epoch, seq, previousHash: entries[i - 1]?.hash ?? null }),
  );
  const sales = readings.flatMap((reading): Sale[] => (reading.kind === 'sale' ? [reading.sale] : []));
  const refunds = readings.flatMap((reading) => (reading.kind === 'refund' ? [reading.refund] : []));
  const verdicts = (await checkSales(house, register, terminal, sales)).values();
  const signed = (await verifyRefunds(house, terminal, refunds)).values();
  return entries.map((entry, i): JudgedEntry => {
    const reading = readings[i] ?? { kind: 'malformed' };
    if (reading.kind === 'refund') {
      return {
        entry,
        checked: null,
        refund: { entry: reading.refund, isSigned: signed.next().value === true },
      };
    }
    if (reading.kind === 'other') return { entry, checked: null, refund: null };
    const checked = reading.kind === 'malformed' ? MALFORMED : (verdicts.next().value ?? MALFORMED);
    return { entry, checked, refund: null };
  });
}

/** A payment's transfer: its id is the purse and the counter, so the ledger too takes it only once. */
function transferOf(
  genuine: GenuineSale,
  kind: 'payment' | 'guaranteed-payment',
  payer: bigint,
  receivable: bigint,
  nowMs: number,
): LedgerTransfer {
  const { purse, sale } = genuine;
  const transferId = new Uint8Array(16);
  transferId.set(purse.purseId);
  new DataView(transferId.buffer).setBigUint64(8, BigInt(sale.payment.counter));
  return {
    transferId,
    kind,
    atMs: BigInt(nowMs),
    currency: purse.currency,
    entries: [
      { accountId: payer, amountMinor: -sale.amountMinor },
      { accountId: receivable, amountMinor: sale.amountMinor },
    ],
  };
}

/** Hands out places in customers' histories, one for each time that a customer is named. */
async function customerNumbers(
  tx: Tx,
  customers: readonly Uint8Array[],
): Promise<(customerId: Uint8Array) => number> {
  const counts = new Map<string, number>();
  for (const id of customers.map(toHex)) counts.set(id, (counts.get(id) ?? 0) + 1);
  const last = await journal.takeCustomerNumbers(tx, counts);
  const next = new Map([...last].map(([id, number]) => [id, number - (counts.get(id) ?? 0) + 1]));
  return (customerId) => {
    const id = toHex(customerId);
    const number = next.get(id);
    invariant(number !== undefined, 'a payment of no customer');
    next.set(id, number + 1);
    return number;
  };
}

interface Committed {
  readonly entries: number;
  readonly outcomes: readonly Outcome[];
  /** Customers whose history grew, hexadecimal. */
  readonly customers: readonly string[];
}

/** Payments over invoices, for the orders that those may be of. A payment of another invoice decides nothing. */
function decidedInvoices(paid: readonly SettledOutcome[]): readonly DecidedInvoice[] {
  return paid.flatMap(({ genuine, state, reason }): DecidedInvoice[] => {
    if (genuine === null || reason === 'invoice-mismatch') return [];
    const { payment } = genuine.sale;
    if (payment.mode !== 'bound') return [];
    const { invoiceDigest } = payment;
    const { paymentId, purse } = genuine;
    const isSettled = state !== 'rejected';
    const decided = isSettled ? 'settled' : 'rejected';
    return [{ invoiceDigest, paymentId, customerId: purse.customerId, state: decided, reason }];
  });
}

/** Stores entries with their outcomes and posts what is settled. */
async function commit(
  tx: Tx,
  house: House,
  terminal: TerminalRow,
  epoch: number,
  judged: readonly JudgedEntry[],
  policy: Policy,
  lastNumber: number,
): Promise<Committed> {
  const nowMs = house.nowMs();
  const sales = judged.flatMap(({ entry, checked }) =>
    checked === null ? [] : [{ seq: entry.seq, checked }],
  );
  const refunds = judged.flatMap(({ entry, refund }) =>
    refund === null ? [] : [{ seq: entry.seq, refund }],
  );
  const decided = await decideSales(
    tx,
    terminal,
    nowMs,
    sales.map(({ checked }) => checked),
  );
  const { outcomes: paid, fundId } = await guarantee(tx, house, terminal, policy, decided);
  const bySeq = paid.map((outcome, i) => ({ seq: sales[i]?.seq ?? 0, outcome }));
  const known = await findRefunded(
    tx,
    terminal,
    epoch,
    refunds.map(({ refund }) => refund),
    paymentsOfBatch(bySeq),
  );
  const customers = [
    ...paid.flatMap(({ genuine }) => (genuine === null ? [] : [genuine.purse.customerId])),
    ...known.flatMap(({ payment }) => (payment === null ? [] : [payment.customerId])),
  ];
  const numberOf = await customerNumbers(tx, customers);
  const settled = paid.flatMap(({ state, genuine }) =>
    state === 'settled' && genuine !== null ? [genuine] : [],
  );
  const guaranteed = paid.flatMap(({ state, genuine }) =>
    state === 'settled-guaranteed' && genuine !== null ? [genuine] : [],
  );
  const soldMinor = [...settled, ...guaranteed].reduce((sum, { sale }) => sum + sale.amountMinor, 0n);
  const back = await decideRefunds(tx, house, terminal, known, soldMinor);
  const rows = [
    ...bySeq.map(({ seq, outcome }) => paymentRow(seq, outcome, numberOf)),
    ...back.outcomes.map((outcome, i) =>
      refundRow(refunds[i]?.seq ?? 0, outcome, house.config.world, numberOf),
    ),
  ]
    .sort((a, b) => a.seq - b.seq)
    .map((row, i): journal.NewOutcome => ({ ...row, number: lastNumber + i + 1 }));
  const numberBySeq = new Map(rows.map(({ seq, number }) => [seq, number]));
  await journal.insertBatch(tx, {
    terminalId: terminal.terminalId,
    epoch,
    nowMs,
    entries: judged.map(({ entry }) => ({ ...entry, outcomeNumber: numberBySeq.get(entry.seq) ?? null })),
    outcomes: rows,
  });
  const { accountId } = terminal.merchant;
  const payments = [
    ...settled.map((genuine) => transferOf(genuine, 'payment', genuine.purse.accountId, accountId, nowMs)),
    ...guaranteed.map((genuine) => {
      invariant(fundId !== null, 'a guarantee without a fund');
      return transferOf(genuine, 'guaranteed-payment', fundId, accountId, nowMs);
    }),
  ];
  await postTransfers(tx, [...payments, ...back.transfers]);
  if (rows.length > 0) {
    const { terminalId, merchant } = terminal;
    const { merchantId } = merchant;
    await decideOrders(tx, merchantId, decidedInvoices(paid), nowMs);
    await tellOutcomes(tx, { terminalId, merchantId }, lastNumber, nowMs);
  }
  return {
    entries: judged.length,
    outcomes: rows.map((row) => ({ ...row, epoch })),
    customers: [...new Set(customers.map(toHex))],
  };
}

/**
 * @param bytes shared/protocol/journal-batch.ts, after any content coding
 * @returns the signed acknowledgement's bytes
 */
export async function acceptBatch(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  bytes: Uint8Array,
): Promise<Result<Uint8Array, BatchRefusal>> {
  const { terminalId } = terminal;
  const batch = openJournalBatch(bytes, terminal.publicKey, house.config.world, house.backEnd);
  if (!batch.ok) return batch;
  const { head: claimed } = batch.value;
  // a head of another terminal was signed by this one's key: nonsense, whoever made it
  if (!equalBytes(idBytes(claimed.terminalId), terminalId)) return refused({ code: 'malformed' });
  const entries = entriesOf(batch.value);
  if (!entries.ok) return entries;

  const { epoch } = claimed;
  const seen = await newEntries(house.database, terminalId, epoch, entries.value);
  if (!seen.ok) return seen;
  const judged = await judge(house, register, terminal, epoch, seen.value.fresh);

  const { policy } = (await house.trust.recent()).bundle;
  const done = await inTransaction(house.database, async (tx): Promise<Result<Committed, BatchRefusal>> => {
    const lastNumber = await journal.lockTerminal(tx, terminalId);
    // another batch of this terminal may have been taken in since we looked
    const now = await newEntries(tx, terminalId, epoch, entries.value);
    if (!now.ok) return now;
    const [first] = now.value.fresh;
    const joint = await checkJoint(tx, terminalId, epoch, now.value.head, first);
    if (!joint.ok) return joint;
    if (first === undefined) return ok({ entries: 0, outcomes: [], customers: [] });
    const still = judged.filter(({ entry }) => entry.seq >= first.seq);
    return ok(await commit(tx, house, terminal, epoch, still, policy, lastNumber));
  });
  if (!done.ok) return done;
  const { outcomes, customers } = done.value;
  house.countBatch(done.value);
  // it is committed: the terminal's answer does not wait for wallets to be woken
  if (customers.length > 0) void house.announce({ customers });

  const firstSeq = entries.value[0]?.seq ?? claimed.seq;
  const isAllNew = outcomes.length > 0 && seen.value.fresh.length === entries.value.length;
  const known = isAllNew
    ? outcomes
    : await readOutcomesOfEntries(house.database, terminalId, epoch, firstSeq, claimed.seq);
  return ok(await signedAcknowledgement(house, { ...claimed, outcomes: known }));
}
