/**
 * Proofs of double spending go out before everything else: each minute that a purse is not revoked it may be spent
 * once more elsewhere. Sent again until the clearing house has signed its word about it, whatever that word is.
 */
import { equalBytes } from '../../../shared/bytes.ts';
import { sha256 } from '../../../shared/hash.ts';
import type { Session } from '../session.ts';
import { DONE, type Step, stopped } from './step.ts';
import type { Transport } from './transport.ts';

/** @param isClosed asked after each wait: the store may be closed by then */
export async function sendProofs(
  session: Session,
  transport: Transport,
  isClosed: () => boolean,
): Promise<Step> {
  const { store } = session;
  for (;;) {
    const next = store.doubleSpends.after(store.settings.integer('proof-position', -1n));
    if (next === undefined) return DONE;
    const answer = await transport.sendProof(next.proof);
    if (isClosed()) return DONE;
    if (!answer.ok) return stopped(answer.refusal.refusal, answer.refusal.retryAfterMs);
    if (!equalBytes(answer.value.proofDigest, sha256(next.proof)))
      return stopped({ code: 'clearing-answer-invalid' });
    const written = store.write(() => store.settings.setInteger('proof-position', next.position));
    if (!written.ok) return stopped(written.refusal);
  }
}
