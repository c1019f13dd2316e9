/**
 * Double spending, seen here: a payment that contradicts one which this terminal has charged makes the proof on the
 * spot, with both signatures, that anybody can check (protocol §3). The proof is durable with the decline, goes out
 * before everything else, and from then on the purse is blocked here, whatever any bundle says.
 */
import { idBytes } from '../../../shared/ids.ts';
import { doubleSpendValue } from '../../../shared/protocol/bodies/double-spend.ts';
import { contradict, encodeDoubleSpendProof } from '../../../shared/protocol/double-spend.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { readPaperCopy } from '../../../shared/protocol/paper-copy.ts';
import type { Payment } from '../../../shared/protocol/payment.ts';
import { decodePictureBytes } from '../../../shared/protocol/picture.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import type { ChargedPayment } from '../db/payments.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import { type DecodedCode, paperBytesIn, saleBodyIn } from '../views/decoded.ts';

export interface Contradiction {
  readonly earlier: ChargedPayment;
  /** As it was charged; undefined when its entry cannot be read: then nothing can be proven. */
  readonly payment: Payment | undefined;
}

/** The earlier payment, whole, from its journal entry: a proof needs both signatures. */
function paymentAt(session: Session, position: bigint): Payment | undefined {
  const stored = session.store.journal.at(position);
  const entry = stored === undefined ? undefined : decodeJournalEntry(stored.bytes);
  if (entry === undefined || !entry.ok) return undefined;
  if (entry.value.kind !== 'sale' && entry.value.kind !== 'payment-imported') return undefined;
  const paper = paperBytesIn(entry.value);
  if (paper !== undefined) return readPaperCopy(paper).payment;
  const picture = decodePictureBytes(saleBodyIn(entry.value).code);
  return picture.ok && picture.value.kind === 'presented' ? picture.value.payment : undefined;
}

/** Cheap columns first; only a suspicion reads the journal. */
function isSuspicious(payment: Payment, earlier: ChargedPayment): boolean {
  const amountOf = (one: Payment | ChargedPayment): bigint => (one.mode === 'bound' ? one.amountMinor : 0n);
  const [first, second] = payment.counter < earlier.counter ? [payment, earlier] : [earlier, payment];
  return (
    payment.counter === earlier.counter ||
    second.spentMinor < first.spentMinor + amountOf(first) ||
    payment.previous.every((byte, i) => byte === earlier.previous[i])
  );
}

/** The first of the charged payments of this purse that cannot come from an honest wallet beside this one. */
export function findContradiction(
  session: Session,
  payment: Payment,
  charged: readonly ChargedPayment[],
): Contradiction | null {
  for (const earlier of charged) {
    if (!isSuspicious(payment, earlier)) continue;
    const whole = paymentAt(session, earlier.position);
    if (whole === undefined || contradict(payment, whole)) return { earlier, payment: whole };
  }
  return null;
}

/** In the transaction of the decline. One proof a purse: it is blocked from then on. */
export function recordDoubleSpend(
  session: Session,
  cashier: string,
  code: DecodedCode,
  { earlier, payment }: Contradiction,
): void {
  const { store, ports } = session;
  if (payment === undefined || store.doubleSpends.isBlocked(idBytes(code.certificate.purseId))) return;
  const body = doubleSpendValue({
    proof: encodeDoubleSpendProof(code.certificate, payment, code.payment),
    epoch: epochOf(earlier.position),
    seq: seqOf(earlier.position),
  });
  record(store, { kind: 'double-spend', atMs: ports.clock.nowMs(), actor: cashier, body });
}
