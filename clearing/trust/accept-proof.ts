/**
 * A terminal brings a proof of double spending: it is checked anew, whoever brings it, kept with who did, and the
 * purse is revoked in the next trust bundle. Bringing it again changes nothing and is answered the same. A proof
 * that proves nothing is answered too, so that it never stands in the way of what comes behind it.
 */
import { hash } from 'node:crypto';
import { terminalIdFrom } from '../../shared/ids.ts';
import { openDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import { signProofAnswer } from '../../shared/protocol/proof-answer.ts';
import { inTransaction } from '../db/database.ts';
import type { TerminalRow } from '../db/merchants.ts';
import { findProof, insertProof } from '../db/proofs.ts';
import type { House } from '../house.ts';
import type { PurseRegister } from '../ingest/purse-register.ts';
import { freezeAndPublish } from '../purses/freeze-purse.ts';

/** The first bundle that revokes the purse; null when the proof is none. */
async function judge(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  proof: Uint8Array,
  proofDigest: Uint8Array,
): Promise<number | null> {
  const { backEnd, config, database } = house;
  const { bundle } = await house.trust.recent();
  const check = { world: config.world, backEnd, trust: bundle, isKnownCertificate: () => false };
  const opened = openDoubleSpendProof(proof, check);
  if (!opened.ok) return null;
  const held = await findProof(database, proofDigest);
  if (held !== undefined) return held.trustVersion;
  const [purse] = await register.find([opened.value.certificate]);
  if (purse === undefined) return null;
  const { purseId } = purse;
  const frozen = await inTransaction(database, async (tx) => {
    const done = await freezeAndPublish(tx, house, purseId, 'spent double');
    if (done === undefined) return undefined;
    const { trustVersion } = done;
    const receivedAtMs = house.nowMs();
    const { terminalId } = terminal;
    await insertProof(tx, { proofDigest, purseId, proof, terminalId, receivedAtMs, trustVersion });
    return done;
  });
  if (frozen === undefined) return null;
  if (frozen.isNew) await house.announce({ terminals: 'all' });
  return frozen.trustVersion;
}

/**
 * @param proof shared/protocol/double-spend.ts
 * @returns the signed answer's bytes
 */
export async function acceptProof(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  proof: Uint8Array,
): Promise<Uint8Array> {
  const proofDigest = hash('sha256', proof, 'buffer');
  const trustVersion = await judge(house, register, terminal, proof, proofDigest);
  const { kid, signer } = await house.trust.issuer();
  const answer = {
    terminalId: terminalIdFrom(terminal.terminalId),
    proofDigest,
    isProven: trustVersion !== null,
    trustVersion,
    serverTimeMs: house.nowMs(),
  };
  return signProofAnswer(answer, house.config.world, kid, signer);
}
