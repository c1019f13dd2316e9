/**
 * What the clearing house says of entries that it holds durably, signed by an issuer key (protocol §6).
 * Only this marks an entry as sent; an HTTP status never does.
 */
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import { MAX_PROOF_BYTES } from './double-spend.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import {
  readArray,
  readBytes,
  readBytesUpTo,
  reading,
  readNullable,
  readOrdinal,
  readTimeMs,
  readTuple,
  readUint,
} from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

/** For ever: positions are on the wire. */
export const OUTCOME_STATES = ['settled', 'settled-guaranteed', 'rejected'] as const;
export type OutcomeState = (typeof OUTCOME_STATES)[number];

export const REJECT_REASONS = [
  'malformed',
  'bad-signature',
  'unknown-issuer',
  'unknown-purse',
  'expired',
  'revoked',
  'currency-mismatch',
  'over-cap',
  'invoice-mismatch',
  'conflict',
  'overspent',
  // of a refund
  'unknown-payment',
  'payment-rejected',
  'over-refunded',
  'not-covered',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Who bears the loss of a rejected or guaranteed payment. */
export const LOSS_BEARERS = ['nobody', 'merchant', 'issuer'] as const;
export type LossBearer = (typeof LOSS_BEARERS)[number];

export interface Outcome {
  /** 1…n per terminal, in the order in which they became known. */
  readonly number: number;
  readonly epoch: number;
  /** Of the journal entry that it is about. */
  readonly seq: number;
  readonly state: OutcomeState;
  /** Set exactly when rejected. */
  readonly reason: RejectReason | null;
  readonly lossBearer: LossBearer;
  /** A double-spend proof where that is the reason, else null. */
  readonly proof: Uint8Array | null;
}

export interface Acknowledgement {
  readonly terminalId: TerminalId;
  readonly epoch: number;
  /** All entries up to and with this one are held durably, without a gap; 0 and NO_HASH when none is. */
  readonly seq: number;
  readonly headHash: Uint8Array;
  readonly outcomes: readonly Outcome[];
  readonly serverTimeMs: number;
}

/** One batch makes at most one outcome an entry; the rest is asked for by number. */
export const MAX_OUTCOMES = 2000;

export function signAcknowledgement(
  ack: Acknowledgement,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const payload: CborValue = [
    idBytes(ack.terminalId),
    ack.epoch,
    ack.seq,
    ack.headHash,
    ack.outcomes.map((outcome) => [
      outcome.number,
      outcome.epoch,
      outcome.seq,
      OUTCOME_STATES.indexOf(outcome.state),
      outcome.reason === null ? null : REJECT_REASONS.indexOf(outcome.reason),
      LOSS_BEARERS.indexOf(outcome.lossBearer),
      outcome.proof,
    ]),
    ack.serverTimeMs,
  ];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'ack'), payload), issuer));
}

function readNamed<T>(value: CborValue | undefined, names: readonly T[]): T {
  const name = names[readUint(value, names.length - 1)];
  if (name === undefined) throw new Malformed('name');
  return name;
}

function readOutcome(value: CborValue): Outcome {
  const [number, epoch, seq, state, reason, bearer, proof] = readTuple(value, 7);
  const outcome = {
    number: readOrdinal(number, Number.MAX_SAFE_INTEGER),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
    state: readNamed(state, OUTCOME_STATES),
    reason: readNullable(reason, (position) => readNamed(position, REJECT_REASONS)),
    lossBearer: readNamed(bearer, LOSS_BEARERS),
    proof: readNullable(proof, (bytes) => readBytesUpTo(bytes, MAX_PROOF_BYTES)),
  };
  if ((outcome.state === 'rejected') !== (outcome.reason !== null)) throw new Malformed('reason');
  return outcome;
}

/** Shape only: of one that was checked before it was kept. @throws Malformed */
export function readAcknowledgement(bytes: Uint8Array): Acknowledgement {
  return readPayload(decodeSign1(bytes, 'with-kid').payload);
}

function readPayload(payload: Uint8Array): Acknowledgement {
  const [id, epoch, seq, headHash, outcomes, serverTime] = readTuple(decodeCbor(payload), 6);
  return {
    terminalId: terminalIdFrom(readBytes(id, 8)),
    epoch: readUint(epoch, 0xffff_ffff),
    seq: readUint(seq, Number.MAX_SAFE_INTEGER),
    headHash: readBytes(headHash, 32),
    outcomes: readArray(outcomes, MAX_OUTCOMES).map(readOutcome),
    serverTimeMs: readTimeMs(serverTime),
  };
}

/** An acknowledgement under an issuer key of the bundle that is valid at its own time. */
export function openAcknowledgement(
  bytes: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<Acknowledgement, Refusal<'malformed' | 'untrusted' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'ack')))
    return refused({ code: 'forged' });
  const read = reading(() => readPayload(sign1.value.payload));
  if (!read.ok) return read;
  const atS = Math.floor(read.value.serverTimeMs / 1000);
  if (atS < issuer.notBeforeS || atS >= issuer.notAfterS) return refused({ code: 'untrusted' });
  return read;
}
