/** Whether PostgreSQL answers, and in what condition it is. Asking must never wait long. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

const TIMEOUT_MS = 2000;

export interface DatabaseCondition {
  /** Not a standby, and not set to read only. */
  readonly isWritable: boolean;
  /** This process's clock minus the database's, half of the question's way taken off. */
  readonly clockOffMs: number;
  /** The last try to put a piece of the log into the archive failed. */
  readonly isArchiveFailing: boolean;
  /** What the slowest standby has not written yet; 0 without one. */
  readonly replicationLagBytes: number;
  readonly sizeBytes: number;
}

/** Undefined when it does not answer in time. */
async function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((settle) => {
    timer = setTimeout(() => settle(undefined), TIMEOUT_MS);
  });
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  clearTimeout(timer);
  return answer;
}

export interface Readiness {
  readonly isWritable: boolean;
  readonly clockOffMs: number;
}

/** @param nowMs of this process's clock; undefined when the database cannot be asked */
export async function readReadiness(db: Database, nowMs: () => number): Promise<Readiness | undefined> {
  const askedMs = nowMs();
  const asked = sql<{ is_writable: boolean; now_ms: string }>`
    SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off' AS is_writable,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now_ms`.execute(db);
  const row = (await inTime(asked))?.rows[0];
  if (row === undefined) return undefined;
  return { isWritable: row.is_writable, clockOffMs: (askedMs + nowMs()) / 2 - Number(row.now_ms) };
}

/** More than readiness asks, for metrics: it looks into files and views that a health check leaves alone. */
export async function readCondition(
  db: Database,
  nowMs: () => number,
): Promise<DatabaseCondition | undefined> {
  const ready = await readReadiness(db, nowMs);
  if (ready === undefined) return undefined;
  const asked = sql<{ failing: boolean; lag: string; size: string }>`
    SELECT coalesce(archiver.last_failed_time > coalesce(archiver.last_archived_time, '-infinity'), false) AS failing,
           (SELECT coalesce(max(pg_current_wal_lsn() - flush_lsn), 0)::text FROM pg_stat_replication
             WHERE NOT pg_is_in_recovery()) AS lag,
           pg_database_size(current_database())::text AS size
      FROM pg_stat_archiver archiver`.execute(db);
  const row = (await inTime(asked))?.rows[0];
  if (row === undefined) return undefined;
  return {
    ...ready,
    isArchiveFailing: row.failing,
    replicationLagBytes: Number(row.lag),
    sizeBytes: Number(row.size),
  };
}
