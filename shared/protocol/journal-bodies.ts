/** Bodies of journal entries that another program reads: what was sold, what was declined, what was asked for. */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { isRefusalCode, type RefusalCode } from '../refusals.ts';
import type { CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { MAX_PICTURE_BYTES } from './picture.ts';
import {
  readAmount,
  readBytes,
  readBytesUpTo,
  readMinor,
  readNullable,
  readText,
  readTuple,
  readUint,
} from './shape.ts';

/** What the decision looked at, compactly: one byte per check in the order of shared/decision/decide.ts. */
export interface DecisionRecord {
  readonly trustVersion: number;
  readonly reachable: boolean;
  /** One result per check: see CHECK_RESULTS in shared/decision/checks.ts. */
  readonly checks: Uint8Array;
}

export interface SaleBody {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** The presented code (kind 0), unsealed, with the certificate or its digest as it was presented. */
  readonly code: Uint8Array;
  /** The invoice that a bound payment answers, else null: the clearing house checks the binding. */
  readonly invoice: Uint8Array | null;
  readonly decision: DecisionRecord;
}

export interface DeclineBody {
  readonly reason: RefusalCode;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** SHA-256 of what was scanned, so a complaint can be matched without keeping what was not ours. */
  readonly scanDigest: Uint8Array;
  /** The presented code when it was genuine (evidence), else null. */
  readonly code: Uint8Array | null;
  readonly decision: DecisionRecord;
}

function decisionValue(decision: DecisionRecord): CborValue {
  return [decision.trustVersion, decision.reachable ? 1 : 0, decision.checks];
}

function readDecision(value: CborValue | undefined): DecisionRecord {
  const [trustVersion, reachable, checks] = readTuple(value, 3);
  return {
    trustVersion: readUint(trustVersion, Number.MAX_SAFE_INTEGER),
    reachable: readUint(reachable, 1) === 1,
    checks: readBytesUpTo(checks, 64),
  };
}

function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

export function saleValue(body: SaleBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  return [body.amountMinor, numeric, body.code, body.invoice, decisionValue(body.decision)];
}

/** @throws Malformed */
export function readSale(value: CborValue): SaleBody {
  const [amount, numeric, code, invoice, decision] = readTuple(value, 5);
  return {
    amountMinor: readAmount(amount),
    currency: readCurrency(numeric),
    code: readBytesUpTo(code, MAX_PICTURE_BYTES),
    invoice: readNullable(invoice, (bytes) => readBytesUpTo(bytes, MAX_PICTURE_BYTES)),
    decision: readDecision(decision),
  };
}

export function declineValue(body: DeclineBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  return [body.reason, body.amountMinor, numeric, body.scanDigest, body.code, decisionValue(body.decision)];
}

/** @throws Malformed */
export function readDecline(value: CborValue): DeclineBody {
  const [reason, amount, numeric, scanDigest, code, decision] = readTuple(value, 6);
  const text = readText(reason, 64);
  if (!isRefusalCode(text)) throw new Malformed('reason');
  return {
    reason: text,
    amountMinor: readMinor(amount),
    currency: readCurrency(numeric),
    scanDigest: readBytes(scanDigest, 32),
    code: readNullable(code, (bytes) => readBytesUpTo(bytes, MAX_PICTURE_BYTES)),
    decision: readDecision(decision),
  };
}
