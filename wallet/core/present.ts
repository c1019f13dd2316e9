/**
 * The quick code (protocol §3). A presentation begins when the customer asks for a code and ends when they
 * leave it. Its record is durable before its first picture can be seen; its later pictures have a new iat and
 * are otherwise the same payment. Nothing here may show a code whose counter is not on disk.
 */
import { invariant } from '../../shared/assert.ts';
import type { PaymentId, PurseId } from '../../shared/ids.ts';
import type { Draft } from '../../shared/protocol/cose.ts';
import { draftPayment } from '../../shared/protocol/payment.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type ChainRefusal, enterPayment, nextLink, paymentIdOfDraft } from './chain.ts';
import { type Code, signedCode } from './code.ts';
import type { PaymentPorts, PurseChange, StoreRefusal } from './payment-ports.ts';
import {
  certificateOf,
  type PaymentRecord,
  type PurseState,
  paymentOf,
  type QuickRecord,
  withPayment,
} from './purse-state.ts';

/** Life of one picture, seconds. */
export const QUICK_TTL_S = 30;
/** A picture is renewed when this much of its life is left, so none is scanned at its very end. */
const RENEW_BEFORE_S = 10;
/** A presentation that nobody leaves ends by itself: 30 pictures, ten minutes. */
export const MAX_PICTURES = 30;

/** What the screen shows: one picture of a presentation. */
export interface Presentation {
  readonly purseId: PurseId;
  readonly counter: number;
  readonly capMinor: bigint;
  readonly code: Code;
  /** Of this picture. */
  readonly paymentId: PaymentId;
  /** When to ask for the next picture, milliseconds since 1970. */
  readonly renewAtMs: number;
}

interface PlannedPicture {
  readonly certificate: PurseCertificate;
  readonly record: QuickRecord;
  readonly draft: Draft;
  readonly iatS: number;
}

export type PresentRefusal = ChainRefusal | StoreRefusal | Refusal<'storage-damaged'>;
export type RenewRefusal = StoreRefusal | Refusal<'storage-damaged' | 'expired' | 'revoked'>;

function draftOf(record: QuickRecord, iatS: number, world: World, certificate: PurseCertificate): Draft {
  const { counter, spentMinor, previous, capMinor, ttlS, nonce } = record;
  const fields = { mode: 'quick', counter, spentMinor, previous, capMinor, iatS, ttlS, nonce } as const;
  return draftPayment(fields, world, certificate.digest);
}

/** The state with a new presentation in it, and its first picture unsigned. */
export function planPresentation(
  state: PurseState,
  capMinor: bigint,
  nonce: Uint8Array,
  nowMs: number,
): Result<PurseChange<PlannedPicture>, ChainRefusal> {
  const certificate = certificateOf(state);
  const iatS = Math.floor(nowMs / 1000);
  const link = nextLink(state, certificate, capMinor, iatS);
  if (!link.ok) return link;
  const waiting: QuickRecord = {
    mode: 'quick',
    ...link.value,
    capMinor,
    nonce,
    ttlS: QUICK_TTL_S,
    beganAtMs: nowMs,
    pictureIds: [],
    result: { kind: 'unknown' },
  };
  const draft = draftOf(waiting, iatS, state.world, certificate);
  const record = { ...waiting, pictureIds: [paymentIdOfDraft(draft)] };
  return ok({ state: enterPayment(state, record), value: { certificate, record, draft, iatS } });
}

/** The state with one more picture of the presentation in it; `expired` when the presentation has ended. */
export function planRenewal(
  state: PurseState,
  counter: number,
  nowMs: number,
): Result<PurseChange<PlannedPicture>, Refusal<'expired' | 'revoked'>> {
  const record: PaymentRecord | undefined = paymentOf(state, counter);
  invariant(record?.mode === 'quick', 'only a quick payment is renewed');
  if (state.stop !== null) return refused({ code: 'revoked' });
  const iatS = Math.floor(nowMs / 1000);
  const isOver = state.presenting !== counter || record.pictureIds.length >= MAX_PICTURES;
  if (isOver || record.result.kind !== 'unknown') {
    return refused({ code: 'expired', detail: { ageS: iatS - Math.floor(record.beganAtMs / 1000) } });
  }
  const certificate = certificateOf(state);
  const draft = draftOf(record, iatS, state.world, certificate);
  const id = paymentIdOfDraft(draft);
  // two pictures within one second are one picture
  const pictureIds = record.pictureIds.includes(id) ? record.pictureIds : [...record.pictureIds, id];
  const renewed = { ...record, pictureIds };
  return ok({ state: withPayment(state, renewed), value: { certificate, record: renewed, draft, iatS } });
}

async function pictured(
  ports: PaymentPorts,
  purseId: PurseId,
  planned: PlannedPicture,
): Promise<Result<Presentation, Refusal<'storage-damaged'>>> {
  const { certificate, record, draft, iatS } = planned;
  const signer = await ports.signerOf(certificate.publicKey);
  if (!signer.ok) return signer;
  return ok({
    purseId,
    counter: record.counter,
    capMinor: record.capMinor,
    code: await signedCode(certificate, draft, signer.value),
    paymentId: paymentIdOfDraft(draft),
    renewAtMs: (iatS + record.ttlS - RENEW_BEFORE_S) * 1000,
  });
}

/** Asks for a code that a shop may charge up to `capMinor` with. */
export async function beginPresentation(
  ports: PaymentPorts,
  purseId: PurseId,
  capMinor: bigint,
): Promise<Result<Presentation, PresentRefusal>> {
  const nonce = ports.random(8);
  const nowMs = ports.nowMs();
  const planned = await ports.purses.change(purseId, (state) =>
    planPresentation(state, capMinor, nonce, nowMs),
  );
  return planned.ok ? pictured(ports, purseId, planned.value) : planned;
}

/** The next picture of the same payment. */
export async function renewPresentation(
  ports: PaymentPorts,
  presentation: Pick<Presentation, 'purseId' | 'counter'>,
): Promise<Result<Presentation, RenewRefusal>> {
  const { purseId, counter } = presentation;
  const nowMs = ports.nowMs();
  const planned = await ports.purses.change(purseId, (state) => planRenewal(state, counter, nowMs));
  return planned.ok ? pictured(ports, purseId, planned.value) : planned;
}

/** The customer left the code. It weighs its cap from here until its result is known. */
export async function endPresentation(
  ports: Pick<PaymentPorts, 'purses'>,
  presentation: Pick<Presentation, 'purseId' | 'counter'>,
): Promise<Result<null, StoreRefusal>> {
  return ports.purses.change<null, never>(presentation.purseId, (state) =>
    ok({
      state: state.presenting === presentation.counter ? { ...state, presenting: null } : state,
      value: null,
    }),
  );
}
