/** Proofs of double spending that terminals brought. A proof is never changed and never goes away. */
import type { Database, Tx } from './database.ts';

export interface ProofRow {
  /** SHA-256 of the proof. */
  readonly proofDigest: Uint8Array;
  readonly purseId: Uint8Array;
  readonly proof: Uint8Array;
  /** Who brought it first. */
  readonly terminalId: Uint8Array;
  readonly receivedAtMs: number;
  /** The first trust bundle that revokes the purse. */
  readonly trustVersion: number;
}

export async function findProof(
  db: Database,
  proofDigest: Uint8Array,
): Promise<{ readonly trustVersion: number } | undefined> {
  const row = await db
    .selectFrom('double_spend_proofs')
    .select('trust_version')
    .where('proof_digest', '=', proofDigest)
    .executeTakeFirst();
  return row === undefined ? undefined : { trustVersion: Number(row.trust_version) };
}

/** Does nothing when the proof is held already. */
export async function insertProof(tx: Tx, row: ProofRow): Promise<void> {
  await tx
    .insertInto('double_spend_proofs')
    .values({
      proof_digest: row.proofDigest,
      purse_id: row.purseId,
      proof: row.proof,
      terminal_id: row.terminalId,
      received_at_ms: BigInt(row.receivedAtMs),
      trust_version: BigInt(row.trustVersion),
    })
    .onConflict((conflict) => conflict.column('proof_digest').doNothing())
    .execute();
}
