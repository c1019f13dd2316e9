/**
 * Refunds of a batch: their signatures before anything is locked, then what they are refunds of, then the decision
 * under the locks, and the transfer of each that is settled. The rules are in settle-refunds.ts.
 */
import { toHex } from '../../shared/bytes.ts';
import { idBytes } from '../../shared/ids.ts';
import type { EntryName } from '../../shared/protocol/bodies/refund.ts';
import { sigStructure } from '../../shared/protocol/cose.ts';
import { isShort } from '../../shared/protocol/picture.ts';
import { refundIdOf } from '../../shared/protocol/refund.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import type { Tx } from '../db/database.ts';
import type { LedgerTransfer } from '../db/ledger.ts';
import type { TerminalRow } from '../db/merchants.ts';
import {
  lockRefundAccounts,
  type PaymentAt,
  readPaymentsAt,
  readRefundedSums,
  readRepeatedAt,
  readSettledPayment,
} from '../db/refunds.ts';
import type { House } from '../house.ts';
import { type RefundEntry, readEntry } from './read-entry.ts';
import type { SettledOutcome } from './settle.ts';
import {
  type KnownRefund,
  type RefundedPayment,
  type RefundOutcome,
  settleRefunds,
} from './settle-refunds.ts';

/** Which of these notes this terminal signed, in their order. */
export function verifyRefunds(
  house: House,
  terminal: TerminalRow,
  refunds: readonly RefundEntry[],
): Promise<readonly boolean[]> {
  const aad = aadOf(house.config.world, 'refund');
  return house.verifyAll(
    refunds.map(({ note: { sign1 } }) => ({
      publicKey: terminal.publicKey,
      message: sigStructure(sign1.protectedHeader, aad, sign1.payload),
      signature: sign1.signature,
    })),
  );
}

/** What this batch made of its own sales, by seq. */
export function paymentsOfBatch(
  outcomes: readonly { readonly seq: number; readonly outcome: SettledOutcome }[],
): ReadonlyMap<number, RefundedPayment> {
  return new Map(
    outcomes.flatMap(({ seq, outcome: { state, genuine, repeats } }) => {
      const sold = genuine ?? repeats;
      if (sold === undefined) return [];
      const { purse, sale, paymentId } = sold;
      const { purseId, customerId } = purse;
      const { amountMinor, currency, payment } = sale;
      const counter = payment.counter;
      return [[seq, { state, paymentId, purseId, counter, customerId, amountMinor, currency }] as const];
    }),
  );
}

/**
 * Sales that were answered as settled because another entry had brought them before (settle.ts): what that one
 * settled. Their own outcomes name no payment, so that nothing counts it twice.
 */
async function findRepeated(
  tx: Tx,
  terminalId: Uint8Array,
  places: readonly EntryName[],
): Promise<readonly PaymentAt[]> {
  const found: PaymentAt[] = [];
  for (const place of await readRepeatedAt(tx, terminalId, places)) {
    const entry = readEntry(place.entry, { ...place, previousHash: null });
    if (entry.kind !== 'sale') continue;
    const { certificate, payment } = entry.sale;
    const digest = isShort(certificate) ? certificate.short : certificate.digest.subarray(0, 8);
    const first = await readSettledPayment(tx, digest, payment.counter);
    if (first !== undefined) found.push({ ...first, epoch: place.epoch, seq: place.seq });
  }
  return found;
}

/** Finds what each refund gives back: in this batch, or in what this terminal's journal became before. */
export async function findRefunded(
  tx: Tx,
  terminal: TerminalRow,
  epoch: number,
  refunds: readonly { readonly entry: RefundEntry; readonly isSigned: boolean }[],
  ofBatch: ReadonlyMap<number, RefundedPayment>,
): Promise<readonly KnownRefund[]> {
  const places = refunds.flatMap(({ entry: { original }, isSigned }) => {
    const isHere = original.epoch === epoch && ofBatch.has(original.seq);
    return isSigned && !isHere ? [original] : [];
  });
  const before = new Map(
    (await readPaymentsAt(tx, terminal.terminalId, places)).map((payment) => [
      `${payment.epoch}/${payment.seq}`,
      payment,
    ]),
  );
  const missing = places.filter(({ epoch: of, seq }) => !before.has(`${of}/${seq}`));
  for (const payment of await findRepeated(tx, terminal.terminalId, missing)) {
    before.set(`${payment.epoch}/${payment.seq}`, payment);
  }
  return refunds.map(({ entry, isSigned }) => {
    const { original, note } = entry;
    const found =
      (original.epoch === epoch ? ofBatch.get(original.seq) : undefined) ??
      before.get(`${original.epoch}/${original.seq}`);
    const isNamed = found !== undefined && toHex(found.paymentId) === note.paymentId;
    return { entry, isSigned, payment: isSigned && isNamed ? found : null };
  });
}

/** @param soldMinor what this batch's settled sales add to the merchant's account, not posted yet */
export async function decideRefunds(
  tx: Tx,
  house: House,
  terminal: TerminalRow,
  refunds: readonly KnownRefund[],
  soldMinor: bigint,
): Promise<{ readonly outcomes: readonly RefundOutcome[]; readonly transfers: readonly LedgerTransfer[] }> {
  if (refunds.length === 0) return { outcomes: [], transfers: [] };
  const { accountId, currency } = terminal.merchant;
  const payments = refunds.flatMap(({ payment }) => (payment === null ? [] : [payment]));
  const customers = payments.map(({ customerId }) => customerId);
  const { available, receivableMinor } = await lockRefundAccounts(tx, customers, currency, accountId);
  const outcomes = settleRefunds(refunds, {
    refundedMinor: await readRefundedSums(
      tx,
      payments.map(({ paymentId }) => paymentId),
    ),
    receivableMinor: receivableMinor + soldMinor,
    currency,
  });
  const atMs = BigInt(house.nowMs());
  const transfers = outcomes.flatMap(({ state, entry: { note }, payment }): LedgerTransfer[] => {
    const account = payment === null ? undefined : available.get(toHex(payment.customerId));
    if (state !== 'settled' || account === undefined) return [];
    return [
      {
        transferId: idBytes(refundIdOf(note.sign1, house.config.world)),
        kind: 'refund',
        atMs,
        currency,
        entries: [
          { accountId, amountMinor: -note.amountMinor },
          { accountId: account, amountMinor: note.amountMinor },
        ],
      },
    ];
  });
  return { outcomes, transfers };
}
