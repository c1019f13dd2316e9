/**
 * The receipt of a payment that this terminal has charged: what the wallet needs to know what it still has.
 * Signed anew from the journal each time; Ed25519 is deterministic, so it is the same receipt each time.
 */
import { parsePaymentId } from '../../../shared/ids.ts';
import { fromWire } from '../../../shared/money.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { pictureText } from '../../../shared/protocol/picture.ts';
import { readReceipt, signReceipt } from '../../../shared/protocol/receipt.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import type { Session } from '../session.ts';

/** @returns digits of a receipt picture; `not-found` for what was not charged here */
export function issueReceipt(
  session: Session,
  epoch: number,
  journalSeq: number,
): Result<{ digits: string }> {
  const { store, keys, enrolment } = session;
  const row = store.payments.find(positionOf(epoch, journalSeq));
  const paymentId = row?.paymentId === null || row === undefined ? undefined : parsePaymentId(row.paymentId);
  const charged = row === undefined ? undefined : fromWire(row.amount);
  if (row === undefined || row.state === 'declined' || paymentId === undefined || charged === undefined) {
    return refused({ code: 'not-found' });
  }
  const iatS = Math.floor(row.atMs / 1000);
  const fields = { paymentId, chargedMinor: charged.minor, currency: charged.currency, iatS, journalSeq };
  const receipt = readReceipt(sign1Value(signReceipt(fields, enrolment.world, keys.signer)));
  // whole: after a quick code the wallet has never met this terminal, and trusts no name that it cannot check
  return ok({ digits: pictureText({ kind: 'receipt', certificate: enrolment.certificate, receipt }) });
}
