/** What refunds are judged by: the outcome of the entry that they name, and what was given back before. */
import { sql } from 'kysely';
import { toHex } from '../../shared/bytes.ts';
import type { OutcomeState } from '../../shared/protocol/acknowledgement.ts';
import { bigintArray, byteaArray } from './binary-array.ts';
import type { Tx } from './database.ts';
import { lockBalance, openAccount } from './ledger.ts';

export interface PaymentAt {
  readonly epoch: number;
  readonly seq: number;
  readonly state: OutcomeState;
  readonly paymentId: Uint8Array;
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly customerId: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Outcomes of this terminal's payments at these entries; an entry that is no genuine payment gives none. */
export async function readPaymentsAt(
  tx: Tx,
  terminalId: Uint8Array,
  places: readonly { readonly epoch: number; readonly seq: number }[],
): Promise<readonly PaymentAt[]> {
  if (places.length === 0) return [];
  const { rows } = await sql<{
    epoch: bigint;
    seq: bigint;
    state: OutcomeState;
    payment_id: Uint8Array;
    purse_id: Uint8Array;
    counter: number;
    customer_id: Uint8Array;
    amount_minor: bigint;
    currency: string;
  }>`
    SELECT asked.epoch, asked.seq, known.*
      FROM unnest(${bigintArray(places.map(({ epoch }) => epoch))}::bigint[],
                  ${bigintArray(places.map(({ seq }) => seq))}::bigint[]) AS asked (epoch, seq)
     -- looked up one by one, by the keys of both tables
     CROSS JOIN LATERAL (
       SELECT outcomes.state, payment_id, purse_id, counter, customer_id, amount_minor, currency
         FROM journal_entries JOIN outcomes
           ON outcomes.terminal_id = journal_entries.terminal_id
          AND outcomes.number = journal_entries.outcome_number
        WHERE journal_entries.terminal_id = ${terminalId}
          AND journal_entries.epoch = asked.epoch AND journal_entries.seq = asked.seq
          AND payment_id IS NOT NULL AND refund_id IS NULL LIMIT 1) known`.execute(tx);
  return rows.map((row) => ({
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    state: row.state,
    paymentId: row.payment_id,
    purseId: row.purse_id,
    counter: row.counter,
    customerId: row.customer_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
  }));
}

/** Entries at these places whose payment was settled by another entry before, so that their outcome names none. */
export async function readRepeatedAt(
  tx: Tx,
  terminalId: Uint8Array,
  places: readonly { readonly epoch: number; readonly seq: number }[],
): Promise<readonly { readonly epoch: number; readonly seq: number; readonly entry: Uint8Array }[]> {
  if (places.length === 0) return [];
  const { rows } = await sql<{ epoch: bigint; seq: bigint; entry: Uint8Array }>`
    SELECT asked.epoch, asked.seq, known.entry
      FROM unnest(${bigintArray(places.map(({ epoch }) => epoch))}::bigint[],
                  ${bigintArray(places.map(({ seq }) => seq))}::bigint[]) AS asked (epoch, seq)
     CROSS JOIN LATERAL (
       SELECT entry FROM journal_entries JOIN outcomes
           ON outcomes.terminal_id = journal_entries.terminal_id
          AND outcomes.number = journal_entries.outcome_number
        WHERE journal_entries.terminal_id = ${terminalId}
          AND journal_entries.epoch = asked.epoch AND journal_entries.seq = asked.seq
          AND state = 'settled' AND payment_id IS NULL LIMIT 1) known`.execute(tx);
  return rows.map(({ epoch, seq, entry }) => ({ epoch: Number(epoch), seq: Number(seq), entry }));
}

/** What was settled of a counter of a purse, by whichever terminal. @param digest first 8 bytes of its certificate's */
export async function readSettledPayment(
  tx: Tx,
  digest: Uint8Array,
  counter: number,
): Promise<Omit<PaymentAt, 'epoch' | 'seq'> | undefined> {
  const row = await tx
    .selectFrom('purses')
    .innerJoin('outcomes', 'outcomes.purse_id', 'purses.purse_id')
    .select(['outcomes.state', 'payment_id', 'outcomes.purse_id', 'outcomes.customer_id', 'amount_minor'])
    .select(['outcomes.currency', 'counter'])
    .where(sql<Uint8Array>`substring(certificate_digest FROM 1 FOR 8)`, '=', digest)
    .where('counter', '=', counter)
    .where('outcomes.state', '<>', 'rejected')
    .where('refund_id', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { payment_id, purse_id, customer_id, amount_minor, currency } = row;
  if (payment_id === null || purse_id === null || customer_id === null) return undefined;
  if (amount_minor === null || currency === null) return undefined;
  return {
    state: row.state,
    paymentId: payment_id,
    purseId: purse_id,
    counter,
    customerId: customer_id,
    amountMinor: amount_minor,
    currency,
  };
}

/** By payment id, hexadecimal: what settled refunds gave back. Call it while the terminal is locked. */
export async function readRefundedSums(
  tx: Tx,
  paymentIds: readonly Uint8Array[],
): Promise<ReadonlyMap<string, bigint>> {
  if (paymentIds.length === 0) return new Map();
  const { rows } = await sql<{ payment_id: Uint8Array; sum: string }>`
    SELECT asked.payment_id, known.sum::text AS sum
      FROM unnest(${byteaArray(paymentIds)}::bytea[]) AS asked (payment_id)
     CROSS JOIN LATERAL (
       SELECT sum(amount_minor) AS sum FROM outcomes
        WHERE payment_id = asked.payment_id AND state <> 'rejected' AND refund_id IS NOT NULL) known
     WHERE known.sum IS NOT NULL`.execute(tx);
  return new Map(rows.map(({ payment_id, sum }) => [toHex(payment_id), BigInt(sum)]));
}

/**
 * Opens and locks the accounts that refunds go to, in one order for everybody, and then the merchant's, which
 * they come from: after purses and customers, as everywhere (journal.ts).
 *
 * @returns account by customer id, hexadecimal, and what the merchant has
 */
export async function lockRefundAccounts(
  tx: Tx,
  customerIds: readonly Uint8Array[],
  currency: string,
  receivable: bigint,
): Promise<{ readonly available: ReadonlyMap<string, bigint>; readonly receivableMinor: bigint }> {
  const available = new Map<string, bigint>();
  for (const customerId of customerIds) {
    const key = toHex(customerId);
    if (!available.has(key)) available.set(key, await openAccount(tx, 'available', customerId, currency));
  }
  const accounts = [...available.values()].sort((a, b) => (a < b ? -1 : 1));
  for (const account of accounts) await lockBalance(tx, account);
  return { available, receivableMinor: await lockBalance(tx, receivable) };
}
