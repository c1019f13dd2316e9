/**
 * How each kind of golden vector is read: the project's own readers in the order in which a terminal, a wallet or
 * the clearing house uses them. A reader takes the input's text and gives what it says, or the refusal.
 */
import { openAcknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { openAuthorisation } from '../../../shared/protocol/authorisation.ts';
import { readRefundBody } from '../../../shared/protocol/bodies/refund.ts';
import { unseal } from '../../../shared/protocol/box.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { type Sign1, verifySign1 } from '../../../shared/protocol/cose.ts';
import { decodeDigits } from '../../../shared/protocol/digits.ts';
import { openDoubleSpendProof } from '../../../shared/protocol/double-spend.ts';
import { verifyStrict } from '../../../shared/protocol/ed25519.ts';
import { parseEnrolmentCode } from '../../../shared/protocol/enrolment-code.ts';
import { openExchangeRate } from '../../../shared/protocol/exchange-rate.ts';
import { invoiceAad, readInvoice } from '../../../shared/protocol/invoice.ts';
import { openJournalBatch } from '../../../shared/protocol/journal-batch.ts';
import { decodeJournalEntry, journalHash } from '../../../shared/protocol/journal-entry.ts';
import { openPaperCopy, readCharge } from '../../../shared/protocol/paper-copy.ts';
import { readPayment } from '../../../shared/protocol/payment.ts';
import {
  decodePictureBytes,
  decodePictureText,
  isShort,
  type Picture,
} from '../../../shared/protocol/picture.ts';
import { openPossession } from '../../../shared/protocol/possession.ts';
import {
  checkCertificate,
  checkPaymentSignature,
  checkValidity,
} from '../../../shared/protocol/presented-code.ts';
import { openProofAnswer } from '../../../shared/protocol/proof-answer.ts';
import { readPurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import { readReceipt } from '../../../shared/protocol/receipt.ts';
import { readRefund, refundIdOf } from '../../../shared/protocol/refund.ts';
import { reading } from '../../../shared/protocol/shape.ts';
import { openSignedTime } from '../../../shared/protocol/signed-time.ts';
import { openStatement, openStatementProof } from '../../../shared/protocol/statement.ts';
import { readTerminalCertificate } from '../../../shared/protocol/terminal-certificate.ts';
import { issuerOf, openTrustBundle } from '../../../shared/protocol/trust-bundle.ts';
import { openTrustDelta } from '../../../shared/protocol/trust-delta.ts';
import { aadOf } from '../../../shared/protocol/world.ts';
import { readZHead } from '../../../shared/protocol/z-head.ts';
import { verifyZReport } from '../../../shared/protocol/z-report.ts';
import type { RefusalCode } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import { backEnd, root, WORLD } from '../../support/protocol-fixture.ts';
import {
  knownCertificate,
  NOW_S,
  presentedCheck,
  purse,
  STATEMENT_SEQ,
  TIME_NONCE,
  TOLERANCE_S,
  terminal,
  trust,
} from './golden-world.ts';

type Read = Result<unknown, { readonly code: RefusalCode }>;

function readSigned<T extends { readonly sign1: Sign1 }>(
  input: string,
  read: (value: ReturnType<typeof decodeCbor>) => T,
  publicKey: Uint8Array,
  aad: Uint8Array,
): Read {
  const object = reading(() => read(decodeCbor(bytesOfHex(input))));
  if (!object.ok) return object;
  return verifySign1(backEnd, publicKey, object.value.sign1, aad) ? object : refused({ code: 'forged' });
}

function purseCertificate(input: string): Read {
  const read = reading(() => readPurseCertificate(decodeCbor(bytesOfHex(input))));
  if (!read.ok) return read;
  const checked = checkCertificate(read.value, presentedCheck);
  return checked.ok ? read : checked;
}

function terminalCertificate(input: string): Read {
  const read = reading(() => readTerminalCertificate(decodeCbor(bytesOfHex(input))));
  if (!read.ok) return read;
  const issuer = issuerOf(trust, read.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  const genuine = verifySign1(backEnd, issuer.publicKey, read.value.sign1, aadOf(WORLD, 'terminal'));
  return genuine ? read : refused({ code: 'certificate-forged' });
}

function payment(input: string): Read {
  const read = reading(() => readPayment(decodeCbor(bytesOfHex(input))));
  if (!read.ok) return read;
  const paymentId = checkPaymentSignature(purse.certificate, read.value, presentedCheck);
  return paymentId.ok ? ok({ ...read.value, paymentId: paymentId.value }) : paymentId;
}

/** Stages 1 to 3 of the decision (protocol §4), as a terminal takes them. */
export function openPresented(text: string): Read {
  const scanned = decodePictureText(text);
  if (!scanned.ok) return scanned;
  let picture: Picture = scanned.value;
  if (picture.kind === 'sealed') {
    const plain = unseal(picture, terminal.boxSecret);
    if (plain === undefined) return refused({ code: 'sealed-for-another' });
    const inner = decodePictureBytes(plain);
    if (!inner.ok) return inner;
    picture = inner.value;
  }
  if (picture.kind !== 'presented') return refused({ code: 'wrong-kind' });
  const { certificate: given } = picture;
  const certificate = isShort(given) ? knownCertificate(given.short) : given;
  if (certificate === undefined) return refused({ code: 'full-code-needed' });
  const issued = checkCertificate(certificate, presentedCheck);
  if (!issued.ok) return issued;
  const valid = checkValidity(certificate, NOW_S, TOLERANCE_S);
  if (!valid.ok) return valid;
  const paymentId = checkPaymentSignature(certificate, picture.payment, presentedCheck);
  if (!paymentId.ok) return paymentId;
  return ok({ purseId: certificate.purseId, paymentId: paymentId.value, payment: picture.payment });
}

function refund(input: string): Read {
  const read = readSigned(input, readRefund, terminal.signer.publicKey, aadOf(WORLD, 'refund'));
  if (!read.ok) return read;
  const { sign1 } = read.value as ReturnType<typeof readRefund>;
  return ok({ ...(read.value as object), refundId: refundIdOf(sign1, WORLD) });
}

function paperCopy(input: string): Read {
  const opened = openPaperCopy(bytesOfHex(input), presentedCheck);
  if (!opened.ok) return opened;
  const { purse: of, payment: paid, invoice, terminal: by, charge } = opened.value;
  return ok({ purseId: of.purseId, payment: paid, invoice, terminalId: by.terminalId, charge });
}

/** Input: public key, signature, message, one after the other. */
function ed25519(input: string): Read {
  const bytes = bytesOfHex(input);
  const [key, signature, message] = [bytes.subarray(0, 32), bytes.subarray(32, 96), bytes.subarray(96)];
  return verifyStrict(backEnd, key, message, signature) ? ok({ message }) : refused({ code: 'forged' });
}

function journalEntry(input: string): Read {
  const bytes = bytesOfHex(input);
  const entry = decodeJournalEntry(bytes);
  return entry.ok ? ok({ ...entry.value, hash: journalHash(bytes) }) : entry;
}

/** By the name of the object, which is the file's name. */
export const READERS: Readonly<Record<string, (input: string) => Read>> = {
  digits: (input) => {
    const decoded = decodeDigits(input);
    return decoded.ok ? ok({ value: decoded.value }) : decoded;
  },
  cbor: (input) => reading(() => ({ value: decodeCbor(bytesOfHex(input)) })),
  ed25519,
  'purse-certificate': purseCertificate,
  'terminal-certificate': terminalCertificate,
  payment,
  invoice: (input) =>
    readSigned(input, readInvoice, terminal.signer.publicKey, invoiceAad(WORLD, terminal.certificate.digest)),
  'z-report': (input) => verifyZReport(bytesOfHex(input), terminal.certificate, WORLD, backEnd),
  'z-head': (input) => readSigned(input, readZHead, terminal.certificate.publicKey, aadOf(WORLD, 'z-head')),
  receipt: (input) => readSigned(input, readReceipt, terminal.signer.publicKey, aadOf(WORLD, 'receipt')),
  charge: (input) => readSigned(input, readCharge, terminal.signer.publicKey, aadOf(WORLD, 'paper')),
  'paper-copy': paperCopy,
  refund,
  'refund-body': (input) => reading(() => readRefundBody(decodeCbor(bytesOfHex(input)))),
  'trust-bundle': (input) => openTrustBundle(bytesOfHex(input), root.publicKey, WORLD, backEnd),
  'trust-delta': (input) => openTrustDelta(bytesOfHex(input), root.publicKey, WORLD, backEnd),
  'signed-time': (input) => openSignedTime(bytesOfHex(input), TIME_NONCE, trust, WORLD, backEnd),
  'proof-answer': (input) => openProofAnswer(bytesOfHex(input), trust, WORLD, backEnd),
  'journal-entry': journalEntry,
  'journal-batch': (input) => openJournalBatch(bytesOfHex(input), terminal.signer.publicKey, WORLD, backEnd),
  authorisation: (input) => openAuthorisation(bytesOfHex(input), trust, WORLD, backEnd),
  acknowledgement: (input) => openAcknowledgement(bytesOfHex(input), trust, WORLD, backEnd),
  statement: (input) => openStatement(bytesOfHex(input), trust, WORLD, backEnd),
  'statement-proof': (input) =>
    openStatementProof(
      bytesOfHex(input),
      { terminalId: terminal.certificate.terminalId, epoch: 1, seq: STATEMENT_SEQ },
      trust,
      WORLD,
      backEnd,
    ),
  'exchange-rate': (input) => openExchangeRate(bytesOfHex(input), trust, WORLD, backEnd),
  possession: (input) => openPossession(bytesOfHex(input), WORLD, backEnd),
  'enrolment-code': parseEnrolmentCode,
  'double-spend-proof': (input) => openDoubleSpendProof(bytesOfHex(input), presentedCheck),
  'presented-code': openPresented,
};
