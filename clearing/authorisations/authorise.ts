/**
 * Online authorisation of one payment (protocol §6). It is judged as its sale will be when the journal brings it,
 * and what is approved is kept and held for that terminal; no money moves here. A decline keeps nothing: it is
 * judged anew when it is asked again.
 */
import { equalBytes } from '../../shared/bytes.ts';
import { paymentIdFrom, terminalIdFrom } from '../../shared/ids.ts';
import type { RejectReason } from '../../shared/protocol/acknowledgement.ts';
import {
  type Authorisation,
  type AuthorisationRequest,
  readAuthorisationRequest,
  signAuthorisation,
} from '../../shared/protocol/authorisation.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { contradict } from '../../shared/protocol/double-spend.ts';
import { readInvoice } from '../../shared/protocol/invoice.ts';
import { paymentIdOf } from '../../shared/protocol/payment.ts';
import { decodePictureBytes, encodePicture, isShort } from '../../shared/protocol/picture.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { reading } from '../../shared/protocol/shape.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type AuthorisationRow, findAuthorisation, insertAuthorisation } from '../db/authorisations.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import { lockPurses } from '../db/journal.ts';
import type { TerminalRow } from '../db/merchants.ts';
import type { House } from '../house.ts';
import { checkSales, type GenuineSale } from '../ingest/check-sales.ts';
import { decideSales, paymentOfCode } from '../ingest/decide-sales.ts';
import type { PurseRegister } from '../ingest/purse-register.ts';
import type { Sale } from '../ingest/read-entry.ts';
import { KNOWS_ALL } from '../ingest/settle.ts';

interface Asked {
  readonly request: AuthorisationRequest;
  readonly sale: Sale & { readonly certificate: PurseCertificate };
}

/** The request as the sale that it would become, now. */
function readAsked(bytes: Uint8Array, nowMs: number): Asked | undefined {
  const request = readAuthorisationRequest(bytes);
  if (!request.ok) return undefined;
  const { code, amountMinor, currency, invoice: given } = request.value;
  const picture = decodePictureBytes(code);
  // with the whole certificate, for the answer names the payment, whoever issued its purse
  if (!picture.ok || picture.value.kind !== 'presented' || isShort(picture.value.certificate))
    return undefined;
  const { certificate, payment } = picture.value;
  const invoice = reading(() => (given === null ? null : readInvoice(decodeCbor(given))));
  if (!invoice.ok) return undefined;
  const sale = {
    soldAtMs: nowMs,
    amountMinor,
    currency,
    certificate,
    payment,
    invoice: invoice.value,
    trustVersion: KNOWS_ALL,
    isBroughtBack: false,
    paper: null,
  };
  return { request: request.value, sale };
}

/** Whether it is what was approved before: this terminal, this amount, and a picture of the same presentation. */
function isSame(row: AuthorisationRow, terminal: TerminalRow, sale: Sale): boolean {
  const before = paymentOfCode(row.code);
  return (
    before !== undefined &&
    equalBytes(row.terminalId, terminal.terminalId) &&
    row.amountMinor === sale.amountMinor &&
    !contradict(before, sale.payment)
  );
}

type Answered = { readonly declined: RejectReason | null } | { readonly stored: Uint8Array };

/** Under the lock of the purse: the answer that was given before, or a new one, which is kept when it approves. */
async function judge(
  tx: Tx,
  terminal: TerminalRow,
  nowMs: number,
  request: AuthorisationRequest,
  genuine: GenuineSale,
  sign: () => Uint8Array,
): Promise<Answered> {
  const { purse, sale, paymentId } = genuine;
  const { counter } = sale.payment;
  await lockPurses(tx, [purse.accountId]);
  const before = await findAuthorisation(tx, purse.purseId, counter);
  if (before !== undefined) {
    if (!isSame(before, terminal, sale)) return { declined: 'conflict' };
    // another picture of the presentation has another payment id, which its answer names
    return equalBytes(before.paymentId, paymentId) ? { stored: before.answer } : { declined: null };
  }
  const [outcome] = await decideSales(tx, terminal, nowMs, [{ verdict: 'good', genuine }]);
  if (outcome === undefined || outcome.reason !== null) return { declined: outcome?.reason ?? 'malformed' };
  const answer = sign();
  await insertAuthorisation(tx, {
    purseId: purse.purseId,
    counter,
    terminalId: terminal.terminalId,
    paymentId,
    amountMinor: sale.amountMinor,
    isForced: request.isForced,
    code: encodePicture({ kind: 'presented', certificate: sale.certificate, payment: sale.payment }),
    answer,
    authorisedAtMs: nowMs,
  });
  return { stored: answer };
}

/**
 * @param bytes shared/protocol/authorisation.ts
 * @returns the signed answer's bytes
 */
export async function authorise(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  bytes: Uint8Array,
): Promise<Result<Uint8Array, Refusal<'malformed'>>> {
  const { world } = house.config;
  const nowMs = house.nowMs();
  const asked = readAsked(bytes, nowMs);
  if (asked === undefined) return refused({ code: 'malformed' });
  const { request, sale } = asked;
  const { kid, signer } = await house.trust.issuer();
  const signed = (paymentId: Authorisation['paymentId'], declined: RejectReason | null): Uint8Array => {
    const { amountMinor, currency } = sale;
    const terminalId = terminalIdFrom(terminal.terminalId);
    const answer = { terminalId, paymentId, amountMinor, currency, declined, serverTimeMs: nowMs };
    return signAuthorisation(answer, world, kid, signer);
  };

  const [checked] = await checkSales(house, register, terminal, [sale]);
  if (checked === undefined || checked.verdict === 'rejected') {
    const reason = checked?.reason ?? 'malformed';
    return ok(signed(paymentIdOf(sale.payment.sign1, world, sale.certificate.digest), reason));
  }
  const { genuine } = checked;
  const paymentId = paymentIdFrom(genuine.paymentId);
  const answered = await inTransaction(house.database, (tx) =>
    judge(tx, terminal, nowMs, request, genuine, () => signed(paymentId, null)),
  );
  return ok('stored' in answered ? answered.stored : signed(paymentId, answered.declined));
}
