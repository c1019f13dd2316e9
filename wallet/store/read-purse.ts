/**
 * Reads a purse's record as it comes from the browser's storage, strictly: what is not whole is not a purse,
 * for a counter that is guessed could be one that was used. By hand, so that the start needs no schema library.
 */
import {
  type PaymentId,
  type PurseId,
  parsePaymentId,
  parsePurseId,
  parseTerminalId,
  type TerminalId,
} from '../../shared/ids.ts';
import { REJECT_REASONS } from '../../shared/protocol/acknowledgement.ts';
import type { PaymentRecord, PaymentResult, PurseState, PurseStop } from '../core/purse-state.ts';

/** The record is not whole. Never leaves this file. */
class Damaged extends Error {
  override readonly name = 'Damaged';
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new Damaged('object');
  return value as Fields;
}

function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Damaged(name);
  return value;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return need(typeof value === 'string' ? value : undefined, name);
}

function whole(fields: Fields, name: string): number {
  const value = fields[name];
  return need(
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
    name,
  );
}

function moment(fields: Fields, name: string): number {
  const value = fields[name];
  return need(typeof value === 'number' && Number.isFinite(value) ? value : undefined, name);
}

function minor(fields: Fields, name: string): bigint {
  const value = fields[name];
  return need(typeof value === 'bigint' && value >= 0n ? value : undefined, name);
}

/** @param length null for any */
function bytes(fields: Fields, name: string, length: number | null): Uint8Array {
  const value = fields[name];
  const fits = value instanceof Uint8Array && (length === null || value.length === length);
  return need(fits ? value : undefined, name);
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return need(Array.isArray(value) ? value : undefined, name);
}

function oneOf<const T>(fields: Fields, name: string, allowed: readonly T[]): T {
  return need(
    allowed.find((item) => item === fields[name]),
    name,
  );
}

function id<T>(value: unknown, parse: (text: string) => T | undefined): T {
  return need(typeof value === 'string' ? parse(value) : undefined, 'id');
}

function readResult(value: unknown): PaymentResult {
  const fields = fieldsOf(value);
  const kind = oneOf(fields, 'kind', ['unknown', 'receipt', 'settled', 'rejected', 'lapsed']);
  if (kind === 'unknown') return { kind };
  const atMs = moment(fields, 'atMs');
  if (kind === 'lapsed') return { kind, atMs };
  const merchantName = text(fields, 'merchantName');
  if (kind === 'receipt') return { kind, merchantName, atMs, chargedMinor: minor(fields, 'chargedMinor') };
  if (kind === 'settled') return { kind, merchantName, atMs, amountMinor: minor(fields, 'amountMinor') };
  return { kind, merchantName, atMs, reason: oneOf(fields, 'reason', [...REJECT_REASONS, null]) };
}

function readPayment(value: unknown, at: number): PaymentRecord {
  const fields = fieldsOf(value);
  const pictureIds = list(fields, 'pictureIds').map((each): PaymentId => id(each, parsePaymentId));
  const counter = whole(fields, 'counter');
  // the list is the chain: a gap in it would be a payment that is forgotten
  if (counter !== at + 1 || pictureIds.length === 0) throw new Damaged('counter');
  const chained = {
    counter,
    spentMinor: minor(fields, 'spentMinor'),
    previous: bytes(fields, 'previous', 8),
    beganAtMs: moment(fields, 'beganAtMs'),
    pictureIds,
    result: readResult(fields.result),
  };
  if (oneOf(fields, 'mode', ['quick', 'bound']) === 'quick') {
    return {
      mode: 'quick',
      ...chained,
      capMinor: minor(fields, 'capMinor'),
      nonce: bytes(fields, 'nonce', 8),
      ttlS: whole(fields, 'ttlS'),
    };
  }
  return {
    mode: 'bound',
    ...chained,
    amountMinor: minor(fields, 'amountMinor'),
    iatS: whole(fields, 'iatS'),
    invoiceDigest: bytes(fields, 'invoiceDigest', 16),
    invoiceExpiresAtS: whole(fields, 'invoiceExpiresAtS'),
    reference: text(fields, 'reference'),
    terminalId: id(fields.terminalId, parseTerminalId),
    merchantName: text(fields, 'merchantName'),
    boxKey: bytes(fields, 'boxKey', 32),
  };
}

const STOPS: readonly (PurseStop | null)[] = ['frozen', 'closed', 'rolled-back', null];

function readState(value: unknown): PurseState {
  const fields = fieldsOf(value);
  const payments = list(fields, 'payments').map(readPayment);
  const counter = whole(fields, 'counter');
  if (payments.length !== counter) throw new Damaged('counter');
  return {
    purseId: id(fields.purseId, parsePurseId) satisfies PurseId,
    customerId: text(fields, 'customerId'),
    world: oneOf(fields, 'world', ['live', 'test']),
    certificate: bytes(fields, 'certificate', null),
    counter,
    presenting: fields.presenting === null ? null : whole(fields, 'presenting'),
    floorMinor: minor(fields, 'floorMinor'),
    previous: bytes(fields, 'previous', 8),
    payments,
    knownTerminals: list(fields, 'knownTerminals').map((each): TerminalId => id(each, parseTerminalId)),
    stop: oneOf(fields, 'stop', STOPS),
  };
}

/** The purse in a stored value; undefined when it is not whole. */
export function readPurse(value: unknown): PurseState | undefined {
  try {
    return readState(value);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}
