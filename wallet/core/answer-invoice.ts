/**
 * The bound code (protocol §3): checks a shop's invoice, and answers it with a payment that is good for this
 * invoice only, sealed to that terminal. One invoice gets one payment, however often it is scanned.
 */
import { equalBytes } from '../../shared/bytes.ts';
import type { PurseId } from '../../shared/ids.ts';
import { type Draft, verifySign1 } from '../../shared/protocol/cose.ts';
import { type Invoice, invoiceAad } from '../../shared/protocol/invoice.ts';
import { draftPayment } from '../../shared/protocol/payment.ts';
import { type InvoicePicture, isShort } from '../../shared/protocol/picture.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { TerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type ChainRefusal, enterPayment, nextLink, paymentIdOfDraft } from './chain.ts';
import { type Code, sealedCode } from './code.ts';
import type { PaymentPorts, PurseChange, StoreRefusal } from './payment-ports.ts';
import { type BoundRecord, certificateOf, type PurseState } from './purse-state.ts';
import { checkTerminal, type TerminalCheck, type TerminalRefusal } from './trusted-terminal.ts';

/** An invoice whose sender is known: what the customer is asked to confirm. */
export interface CheckedInvoice {
  readonly invoice: Invoice;
  readonly terminal: TerminalCertificate;
  /** Seconds since 1970. */
  readonly expiresAtS: number;
}

export type InvoiceRefusal =
  | TerminalRefusal
  | Refusal<'full-code-needed' | 'forged' | 'invoice-expired' | 'amount-invalid'>;

/** @param nowS the wallet's clock, seconds since 1970 */
export function checkInvoice(
  picture: InvoicePicture,
  check: TerminalCheck,
  nowS: number,
): Result<CheckedInvoice, InvoiceRefusal> {
  const { certificate, invoice } = picture;
  if (isShort(certificate)) return refused({ code: 'full-code-needed' });
  const known = checkTerminal(certificate, check, nowS);
  if (!known.ok) return known;
  const aad = invoiceAad(check.world, certificate.digest);
  if (!verifySign1(check.backEnd, certificate.publicKey, invoice.sign1, aad))
    return refused({ code: 'forged' });
  if (invoice.amountMinor <= 0n) return refused({ code: 'amount-invalid' });
  const expiresAtS = invoice.iatS + invoice.ttlS;
  if (nowS >= expiresAtS) return refused({ code: 'invoice-expired' });
  return ok({ invoice, terminal: certificate, expiresAtS });
}

/** Whether this purse can pay the invoice; the same reasons that `answerInvoice` would give. */
export function canPay(
  state: PurseState,
  checked: CheckedInvoice,
  nowS: number,
): Result<null, ChainRefusal | Refusal<'currency-mismatch'>> {
  const certificate = certificateOf(state);
  if (certificate.currency !== checked.terminal.currency) {
    return refused({ code: 'currency-mismatch', detail: { purseCurrency: certificate.currency } });
  }
  const link = nextLink(state, certificate, checked.invoice.amountMinor, nowS);
  return link.ok ? ok(null) : link;
}

export interface Answer {
  readonly purseId: PurseId;
  readonly record: BoundRecord;
  readonly code: Code;
  /** The terminal took this purse before: the short code is enough for it. */
  readonly isKnownTerminal: boolean;
}

interface PlannedAnswer {
  readonly certificate: PurseCertificate;
  readonly record: BoundRecord;
  readonly draft: Draft;
  readonly isKnownTerminal: boolean;
}

export type AnswerRefusal =
  | ChainRefusal
  | StoreRefusal
  | Refusal<'currency-mismatch' | 'invoice-expired' | 'storage-damaged'>;

function draftOf(record: BoundRecord, state: PurseState, certificate: PurseCertificate): Draft {
  const { counter, spentMinor, previous, amountMinor, iatS, invoiceDigest } = record;
  const fields = { mode: 'bound', counter, spentMinor, previous, amountMinor, iatS, invoiceDigest } as const;
  return draftPayment(fields, state.world, certificate.digest);
}

/** The payment that this purse already made for the invoice, if any. */
export function answerTo(state: PurseState, invoiceDigest: Uint8Array): BoundRecord | undefined {
  for (const record of state.payments) {
    if (record.mode === 'bound' && equalBytes(record.invoiceDigest, invoiceDigest)) return record;
  }
  return undefined;
}

/** The state with the answer in it; an invoice that was answered keeps the payment that it has. */
export function planAnswer(
  state: PurseState,
  checked: CheckedInvoice,
  nowMs: number,
): Result<PurseChange<PlannedAnswer>, ChainRefusal | Refusal<'currency-mismatch' | 'invoice-expired'>> {
  const certificate = certificateOf(state);
  const { invoice, terminal } = checked;
  const isKnownTerminal = state.knownTerminals.includes(terminal.terminalId);
  const iatS = Math.floor(nowMs / 1000);
  if (iatS >= checked.expiresAtS) return refused({ code: 'invoice-expired' });
  const answered = answerTo(state, invoice.digest);
  if (answered !== undefined) {
    const draft = draftOf(answered, state, certificate);
    return ok({ state, value: { certificate, record: answered, draft, isKnownTerminal } });
  }
  if (certificate.currency !== terminal.currency) {
    return refused({ code: 'currency-mismatch', detail: { purseCurrency: certificate.currency } });
  }
  const link = nextLink(state, certificate, invoice.amountMinor, iatS);
  if (!link.ok) return link;
  const waiting: BoundRecord = {
    mode: 'bound',
    ...link.value,
    amountMinor: invoice.amountMinor,
    iatS,
    // copies: a view would take the whole picture along into storage
    invoiceDigest: invoice.digest.slice(),
    invoiceExpiresAtS: checked.expiresAtS,
    reference: invoice.reference,
    terminalId: terminal.terminalId,
    merchantName: terminal.displayName,
    boxKey: terminal.boxKey.slice(),
    beganAtMs: nowMs,
    pictureIds: [],
    result: { kind: 'unknown' },
  };
  const draft = draftOf(waiting, state, certificate);
  const record = { ...waiting, pictureIds: [paymentIdOfDraft(draft)] };
  const value = { certificate, record, draft, isKnownTerminal };
  return ok({ state: enterPayment(state, record), value });
}

/** The customer said yes: one payment for this invoice, durable, then sealed to the terminal. */
export async function answerInvoice(
  ports: PaymentPorts,
  purseId: PurseId,
  checked: CheckedInvoice,
): Promise<Result<Answer, AnswerRefusal>> {
  const nowMs = ports.nowMs();
  const planned = await ports.purses.change(purseId, (state) => planAnswer(state, checked, nowMs));
  return planned.ok ? sealed(ports, purseId, planned.value) : planned;
}

/** The same answer once more, from the wallet's own record, while the invoice lives. */
export async function showAnswerAgain(
  ports: PaymentPorts,
  purseId: PurseId,
  counter: number,
): Promise<Result<Answer, StoreRefusal | Refusal<'invoice-expired' | 'storage-damaged'>>> {
  const nowS = Math.floor(ports.nowMs() / 1000);
  const planned = await ports.purses.change(
    purseId,
    (state): Result<PurseChange<PlannedAnswer>, Refusal<'invoice-expired' | 'not-found'>> => {
      const record = state.payments[counter - 1];
      if (record?.mode !== 'bound') return refused({ code: 'not-found' });
      if (nowS >= record.invoiceExpiresAtS) return refused({ code: 'invoice-expired' });
      const certificate = certificateOf(state);
      const draft = draftOf(record, state, certificate);
      const isKnownTerminal = state.knownTerminals.includes(record.terminalId);
      return ok({ state, value: { certificate, record, draft, isKnownTerminal } });
    },
  );
  return planned.ok ? sealed(ports, purseId, planned.value) : planned;
}

async function sealed(
  ports: PaymentPorts,
  purseId: PurseId,
  planned: PlannedAnswer,
): Promise<Result<Answer, Refusal<'storage-damaged'>>> {
  const { certificate, record, draft, isKnownTerminal } = planned;
  const signer = await ports.signerOf(certificate.publicKey);
  if (!signer.ok) return signer;
  const code = await sealedCode(certificate, draft, signer.value, record.boxKey, ports.random);
  return ok({ purseId, record, code, isKnownTerminal });
}
