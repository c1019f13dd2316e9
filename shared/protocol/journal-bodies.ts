/** Bodies of journal entries that another program reads: what was sold, what was declined, what was asked for. */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { isRefusalCode, type Refusal } from '../refusals.ts';
import type { CborKey, CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { MAX_PICTURE_BYTES } from './picture.ts';
import {
  readAmount,
  readBytes,
  readBytesUpTo,
  readMinor,
  readNullable,
  readOneOf,
  readText,
  readTupleOf,
  readUint,
} from './shape.ts';

/**
 * Who decided in the end: the terminal, since nothing had to be asked or nobody could be; the clearing house, asked
 * and answering in time; the terminal by its offline result, asked in vain (stand-in).
 */
export const DECIDED = ['offline', 'online', 'stand-in'] as const;
export type Decided = (typeof DECIDED)[number];

/** An authorisation has under 200 bytes. */
export const MAX_AUTHORISATION_BYTES = 512;
const ORDER_ID_BYTES = 8;

/** What the decision looked at, compactly: one byte per check in the order of shared/decision/decide.ts. */
export interface DecisionRecord {
  readonly trustVersion: number;
  readonly reachable: boolean;
  /** One result per check: see CHECK_RESULTS in shared/decision/checks.ts. */
  readonly checks: Uint8Array;
  readonly decided: Decided;
  /** The signed answer of the clearing house (authorisation.ts) where it decided and the answer was kept, else null. */
  readonly authorisation: Uint8Array | null;
}

export interface SaleBody {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** The presented code (kind 0), unsealed, with the certificate or its digest as it was presented. */
  readonly code: Uint8Array;
  /** The invoice that a bound payment answers, else null: the clearing house checks the binding. */
  readonly invoice: Uint8Array | null;
  readonly decision: DecisionRecord;
  /** The order that this payment is a tender of: 8 bytes, or null for a payment by itself. */
  readonly orderId: Uint8Array | null;
}

export interface DeclineBody {
  /** The reason with its detail, as the cashier was told. */
  readonly refusal: Refusal;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** SHA-256 of what was scanned, so a complaint can be matched without keeping what was not ours. */
  readonly scanDigest: Uint8Array;
  /** The presented code when it was genuine (evidence), else null. */
  readonly code: Uint8Array | null;
  readonly decision: DecisionRecord;
}

function decisionValue(decision: DecisionRecord): CborValue {
  const decided = DECIDED.indexOf(decision.decided);
  return [
    decision.trustVersion,
    decision.reachable ? 1 : 0,
    decision.checks,
    decided,
    decision.authorisation,
  ];
}

function readDecision(value: CborValue | undefined): DecisionRecord {
  // three items: written before anything was decided online
  const [trustVersion, reachable, checks, decided = 0, authorisation = null] = readTupleOf(value, [5, 3]);
  return {
    trustVersion: readUint(trustVersion, Number.MAX_SAFE_INTEGER),
    reachable: readUint(reachable, 1) === 1,
    checks: readBytesUpTo(checks, 64),
    decided: DECIDED[readOneOf(decided, [0, 1, 2])] ?? 'offline',
    authorisation: readNullable(authorisation, (bytes) => readBytesUpTo(bytes, MAX_AUTHORISATION_BYTES)),
  };
}

function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

export function saleValue(body: SaleBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  const { amountMinor, code, invoice, decision, orderId } = body;
  return [amountMinor, numeric, code, invoice, decisionValue(decision), orderId];
}

/** @throws Malformed */
export function readSale(value: CborValue): SaleBody {
  // five items: written before there were orders
  const [amount, numeric, code, invoice, decision, orderId = null] = readTupleOf(value, [6, 5]);
  return {
    amountMinor: readAmount(amount),
    currency: readCurrency(numeric),
    code: readBytesUpTo(code, MAX_PICTURE_BYTES),
    invoice: readNullable(invoice, (bytes) => readBytesUpTo(bytes, MAX_PICTURE_BYTES)),
    decision: readDecision(decision),
    orderId: readNullable(orderId, (bytes) => readBytes(bytes, ORDER_ID_BYTES)),
  };
}

export function declineValue(body: DeclineBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  const { code, amountMinor, scanDigest, refusal } = body;
  const decision = decisionValue(body.decision);
  return [refusal.code, amountMinor, numeric, scanDigest, code, decision, detailValue(refusal)];
}

const MAX_DETAIL_FIELDS = 8;
const MAX_DETAIL_BYTES = 64;

function detailValue(refusal: Refusal): CborValue {
  return 'detail' in refusal ? new Map<CborKey, CborValue>(Object.entries(refusal.detail)) : null;
}

function readDetail(value: CborValue): Readonly<Record<string, string | number>> {
  if (!(value instanceof Map) || value.size > MAX_DETAIL_FIELDS) throw new Malformed('detail');
  const fields = [...(value as ReadonlyMap<CborKey, CborValue>)].map(([name, item]) => {
    const isName = typeof name === 'string' && /^[a-z][A-Za-z]{0,31}$/.test(name);
    if (!isName) throw new Malformed('detail');
    return [name, typeof item === 'number' ? item : readText(item, MAX_DETAIL_BYTES)] as const;
  });
  return Object.fromEntries(fields);
}

/** The reason as it was told. Its detail has the form of a detail; which one its code has is the terminal's word. */
function readRefusal(reason: CborValue | undefined, detail: CborValue | undefined): Refusal {
  const code = readText(reason, 64);
  if (!isRefusalCode(code)) throw new Malformed('reason');
  const told = readNullable(detail, readDetail);
  return (told === null ? { code } : { code, detail: told }) as Refusal;
}

/** @throws Malformed */
export function readDecline(value: CborValue): DeclineBody {
  // six items: written before the detail was kept
  const [reason, amount, numeric, scanDigest, code, decision, detail = null] = readTupleOf(value, [7, 6]);
  return {
    refusal: readRefusal(reason, detail),
    amountMinor: readMinor(amount),
    currency: readCurrency(numeric),
    scanDigest: readBytes(scanDigest, 32),
    code: readNullable(code, (bytes) => readBytesUpTo(bytes, MAX_PICTURE_BYTES)),
    decision: readDecision(decision),
  };
}
