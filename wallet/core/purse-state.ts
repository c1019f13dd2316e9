/**
 * All that a wallet knows of one purse, and the sums that follow from it. The payments in here are chained
 * (protocol §3): what a later payment says must never contradict an earlier one, whatever was lost between
 * them. So a payment enters this state before anybody may see it, and never leaves it.
 */
import type { PaymentId, PurseId, TerminalId } from '../../shared/ids.ts';
import type { RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { type PurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { World } from '../../shared/protocol/world.ts';

/** What the wallet knows of a payment's end. `unknown` weighs all that it could have cost. */
export type PaymentResult =
  | { readonly kind: 'unknown' }
  /** The terminal signed what it charged; the clearing house has not spoken yet. */
  | {
      readonly kind: 'receipt';
      readonly chargedMinor: bigint;
      readonly merchantName: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'settled';
      readonly amountMinor: bigint;
      readonly merchantName: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason | null;
      readonly merchantName: string;
      readonly atMs: number;
    }
  /** The settlement window passed, and the clearing house knows of no such payment. */
  | { readonly kind: 'lapsed'; readonly atMs: number };

interface PaymentRecordBase {
  readonly counter: number;
  /** The purse's running total before it, as signed. */
  readonly spentMinor: bigint;
  /** As signed: first 8 bytes of the payment id before it. */
  readonly previous: Uint8Array;
  readonly beganAtMs: number;
  /** Ids of all its pictures, the first one first: a receipt names the one that was charged. */
  readonly pictureIds: readonly PaymentId[];
  readonly result: PaymentResult;
}

export interface QuickRecord extends PaymentRecordBase {
  readonly mode: 'quick';
  readonly capMinor: bigint;
  readonly nonce: Uint8Array;
  readonly ttlS: number;
}

export interface BoundRecord extends PaymentRecordBase {
  readonly mode: 'bound';
  readonly amountMinor: bigint;
  readonly iatS: number;
  readonly invoiceDigest: Uint8Array;
  readonly invoiceExpiresAtS: number;
  readonly reference: string;
  readonly terminalId: TerminalId;
  /** From the terminal certificate, which was checked. */
  readonly merchantName: string;
  /** X25519: the answer is sealed to it. */
  readonly boxKey: Uint8Array;
}

export type PaymentRecord = QuickRecord | BoundRecord;

/** What stops a purse for good; `null` when it may pay. */
export type PurseStop = 'frozen' | 'closed' | 'rolled-back';

export interface PurseState {
  readonly purseId: PurseId;
  readonly customerId: string;
  readonly world: World;
  /** The purse certificate's one encoding. */
  readonly certificate: Uint8Array;
  /** Of the last payment; 0 when there was none. */
  readonly counter: number;
  /** Counter of the presentation that is being shown, else null. */
  readonly presenting: number | null;
  /** Highest `spent` + certain amount that was ever signed: no later `spent` may be lower. */
  readonly floorMinor: bigint;
  /** First 8 bytes of the last payment's id; zeros at first. */
  readonly previous: Uint8Array;
  /** By rising counter, without a gap. */
  readonly payments: readonly PaymentRecord[];
  /** Terminals that took this purse before: they hold its certificate, a short code is enough for them. */
  readonly knownTerminals: readonly TerminalId[];
  readonly stop: PurseStop | null;
}

/** Remembered shops; the oldest is forgotten first. */
const MAX_KNOWN_TERMINALS = 200;

export function newPurseState(
  certificate: PurseCertificate,
  owner: { readonly customerId: string; readonly world: World },
): PurseState {
  return {
    purseId: certificate.purseId,
    customerId: owner.customerId,
    world: owner.world,
    certificate: Uint8Array.from(certificate.bytes),
    counter: 0,
    presenting: null,
    floorMinor: 0n,
    previous: new Uint8Array(8),
    payments: [],
    knownTerminals: [],
    stop: null,
  };
}

/** What was read once; a screen that counts seconds asks for it again and again. */
const readCertificates = new WeakMap<Uint8Array, PurseCertificate>();

/** The certificate in a state; its bytes were checked when it came in. */
export function certificateOf(state: Pick<PurseState, 'certificate'>): PurseCertificate {
  const known = readCertificates.get(state.certificate);
  if (known !== undefined) return known;
  const certificate = readPurseCertificate(decodeCbor(state.certificate));
  readCertificates.set(state.certificate, certificate);
  return certificate;
}

/** What a payment may have cost, as far as the wallet knows. */
export function weightOf(record: PaymentRecord): bigint {
  switch (record.result.kind) {
    case 'unknown':
      return record.mode === 'quick' ? record.capMinor : record.amountMinor;
    case 'receipt':
      return record.result.chargedMinor;
    case 'settled':
      return record.result.amountMinor;
    case 'rejected':
    case 'lapsed':
      return 0n;
  }
}

/** Paid for sure: a receipt or an outcome says so. */
export function paidMinor(state: PurseState): bigint {
  let sum = 0n;
  for (const record of state.payments) if (record.result.kind !== 'unknown') sum += weightOf(record);
  return sum;
}

/**
 * The running total that the next payment signs. All that may have been spent; and never below what an
 * earlier payment makes certain, else the two would prove a double spend that nobody made.
 */
export function spentMinor(state: PurseState): bigint {
  let sum = 0n;
  for (const record of state.payments) sum += weightOf(record);
  return sum > state.floorMinor ? sum : state.floorMinor;
}

export function leftMinor(state: PurseState, allowanceMinor: bigint): bigint {
  const left = allowanceMinor - spentMinor(state);
  return left > 0n ? left : 0n;
}

/** Set aside for payments whose result is not known. */
export function reservedMinor(state: PurseState): bigint {
  let sum = 0n;
  for (const record of state.payments) if (record.result.kind === 'unknown') sum += weightOf(record);
  return sum;
}

/**
 * Neither left, nor paid, nor reserved: a later payment had counted on it already, so this purse can no longer
 * spend it. Allowance = left + paid + reserved + held; it goes back to the account when the purse ends.
 */
export function heldMinor(state: PurseState): bigint {
  return spentMinor(state) - paidMinor(state) - reservedMinor(state);
}

export function paymentOf(state: PurseState, counter: number): PaymentRecord | undefined {
  return state.payments[counter - 1];
}

/** The state with one payment's record changed. */
export function withPayment(state: PurseState, record: PaymentRecord): PurseState {
  return {
    ...state,
    payments: state.payments.map((old) => (old.counter === record.counter ? record : old)),
  };
}

export function withKnownTerminal(state: PurseState, terminalId: TerminalId): PurseState {
  const others = state.knownTerminals.filter((known) => known !== terminalId);
  return { ...state, knownTerminals: [...others, terminalId].slice(-MAX_KNOWN_TERMINALS) };
}
