/** Policies: drafts, trials and published versions. All of them only grow. */
import type { Database, Tx } from './database.ts';

export interface DraftRow {
  readonly draftId: Uint8Array;
  /** CBOR. */
  readonly policy: Uint8Array;
  readonly note: string;
  readonly restores: number | null;
  readonly createdAtMs: number;
}

/** False when a draft of this id is there. */
export async function insertDraft(tx: Tx, draft: DraftRow): Promise<boolean> {
  const result = await tx
    .insertInto('policy_drafts')
    .values({
      draft_id: draft.draftId,
      policy: draft.policy,
      note: draft.note,
      restores: draft.restores === null ? null : BigInt(draft.restores),
      created_at_ms: BigInt(draft.createdAtMs),
    })
    .onConflict((conflict) => conflict.column('draft_id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findDraft(db: Database, draftId: Uint8Array): Promise<DraftRow | undefined> {
  const row = await db
    .selectFrom('policy_drafts')
    .selectAll()
    .where('draft_id', '=', draftId)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        draftId: row.draft_id,
        policy: row.policy,
        note: row.note,
        restores: row.restores === null ? null : Number(row.restores),
        createdAtMs: Number(row.created_at_ms),
      };
}

export async function insertTrial(
  db: Database,
  trial: { draftId: Uint8Array; fromMs: number; toMs: number; report: object },
): Promise<void> {
  await db
    .insertInto('policy_trials')
    .values({
      draft_id: trial.draftId,
      from_ms: BigInt(trial.fromMs),
      to_ms: BigInt(trial.toMs),
      report: JSON.stringify(trial.report),
    })
    .execute();
}

/** When the draft was tried last; undefined when it never was. */
export async function lastTrialMs(db: Database, draftId: Uint8Array): Promise<number | undefined> {
  const row = await db
    .selectFrom('policy_trials')
    .select('to_ms')
    .where('draft_id', '=', draftId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.to_ms);
}

/** The version that a draft became. */
export async function findVersionOfDraft(db: Database, draftId: Uint8Array): Promise<number | undefined> {
  const row = await db
    .selectFrom('policies')
    .select('version')
    .where('draft_id', '=', draftId)
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.version);
}

/** The caller has the trust lock. @returns its version */
export async function insertPolicy(
  tx: Tx,
  policy: { draftId: Uint8Array; policy: Uint8Array; createdAtMs: number },
): Promise<number> {
  const last = await tx
    .selectFrom('policies')
    .select('version')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  const version = (last?.version ?? 0n) + 1n;
  await tx
    .insertInto('policies')
    .values({
      version,
      policy: policy.policy,
      created_at_ms: BigInt(policy.createdAtMs),
      draft_id: policy.draftId,
    })
    .execute();
  return Number(version);
}

export async function findPolicy(db: Database, version: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('policies')
    .select('policy')
    .where('version', '=', BigInt(version))
    .executeTakeFirst();
  return row?.policy;
}

export interface PolicyVersion {
  readonly version: number;
  readonly createdAtMs: number;
  readonly note: string | null;
  readonly restores: number | null;
}

/** Newest first. */
export async function listPolicies(db: Database, limit: number): Promise<readonly PolicyVersion[]> {
  const rows = await db
    .selectFrom('policies')
    .leftJoin('policy_drafts', 'policy_drafts.draft_id', 'policies.draft_id')
    .select(['policies.version', 'policies.created_at_ms', 'note', 'restores'])
    .orderBy('policies.version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    version: Number(row.version),
    createdAtMs: Number(row.created_at_ms),
    note: row.note,
    restores: row.restores === null ? null : Number(row.restores),
  }));
}

/** A trust bundle of long ago. */
export async function findBundle(db: Database, version: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('trust_bundles')
    .select('bundle')
    .where('version', '=', BigInt(version))
    .executeTakeFirst();
  return row?.bundle;
}

export interface PastEntry {
  readonly terminalId: Uint8Array;
  readonly epoch: number;
  readonly seq: number;
  readonly entry: Uint8Array;
  /** When what follows from it was decided here; null when nothing follows. */
  readonly decidedAtMs: number | null;
}

/** Entries of one terminal that came in since then, in order, after a place. */
export async function readPastEntries(
  db: Database,
  terminalId: Uint8Array,
  sinceMs: number,
  after: { readonly epoch: number; readonly seq: number },
  limit: number,
): Promise<readonly PastEntry[]> {
  const rows = await db
    .selectFrom('journal_entries')
    .leftJoin('outcomes', (join) =>
      join
        .onRef('outcomes.terminal_id', '=', 'journal_entries.terminal_id')
        .onRef('outcomes.number', '=', 'journal_entries.outcome_number'),
    )
    .select([
      'journal_entries.epoch',
      'journal_entries.seq',
      'journal_entries.entry',
      'outcomes.decided_at_ms',
    ])
    .where('journal_entries.terminal_id', '=', terminalId)
    .where('received_at_ms', '>=', BigInt(sinceMs))
    .where(({ eb, and, or }) =>
      or([
        eb('journal_entries.epoch', '>', BigInt(after.epoch)),
        and([
          eb('journal_entries.epoch', '=', BigInt(after.epoch)),
          eb('journal_entries.seq', '>', BigInt(after.seq)),
        ]),
      ]),
    )
    .orderBy('journal_entries.epoch')
    .orderBy('journal_entries.seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    terminalId,
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    entry: row.entry,
    decidedAtMs: row.decided_at_ms === null ? null : Number(row.decided_at_ms),
  }));
}

/** Terminals that spoke with us since then. */
export async function terminalsSince(db: Database, sinceMs: number): Promise<readonly Uint8Array[]> {
  const rows = await db
    .selectFrom('terminals')
    .select('terminal_id')
    .where('last_contact_at_ms', '>=', BigInt(sinceMs))
    .orderBy('terminal_id')
    .execute();
  return rows.map((row) => row.terminal_id);
}
