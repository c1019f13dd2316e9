/**
 * Asks for newer trust: with the version that is held, for deltas are small; for the whole bundle where there is
 * none, where many deltas have gathered, and whenever deltas did not fit.
 */
import type { Session } from '../session.ts';
import { hasRoomForDeltas, keepUpdate, type Trust } from '../trust/trust.ts';
import { DONE, type Step, stopped } from './step.ts';
import type { Transport } from './transport.ts';

type Refreshed = { readonly step: Step; readonly trust: Trust | null };

async function ask(session: Session, transport: Transport, from: number | null): Promise<Refreshed> {
  const fetched = await transport.fetchTrust(from);
  if (!fetched.ok)
    return { step: stopped(fetched.refusal.refusal, fetched.refusal.retryAfterMs), trust: null };
  if (fetched.value === null) return { step: DONE, trust: null };
  const kept = keepUpdate(session, fetched.value, session.ports.clock.nowMs());
  if (kept.ok) return { step: DONE, trust: kept.value };
  if (kept.refusal.code.startsWith('storage')) return { step: stopped(kept.refusal), trust: null };
  // by name where it is ours to say; what the root has not signed is just no answer
  const isBase = kept.refusal.code === 'trust-delta-base';
  return { step: stopped(isBase ? kept.refusal : { code: 'clearing-answer-invalid' }), trust: null };
}

/** @param isClosed asked after each wait: the store may be closed by then */
export async function refreshTrust(
  session: Session,
  transport: Transport,
  isClosed: () => boolean,
): Promise<Step> {
  const { trust } = session;
  const from = trust !== undefined && hasRoomForDeltas(session.store) ? trust.bundle.version : null;
  let refreshed = await ask(session, transport, from);
  if (isClosed()) return DONE;
  const isOurs =
    !refreshed.step.ok && /^(trust-delta-base|clearing-answer-invalid)$/.test(refreshed.step.refusal.code);
  if (isOurs && from !== null) refreshed = await ask(session, transport, null);
  if (refreshed.trust !== null && !isClosed()) session.trust = refreshed.trust;
  return refreshed.step;
}
