/** How much waits in tables to be done. Counting stops where a number says enough, so that asking stays cheap. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

const ENOUGH = 100_000;

export interface QueueLengths {
  /** Deliveries to merchants' programs that are still tried. */
  readonly webhooksWaiting: number;
  /** Given up, until somebody replays them. */
  readonly webhooksDead: number;
}

/** Each up to 100,000. */
export async function readQueueLengths(db: Database): Promise<QueueLengths> {
  const { rows } = await sql<{ waiting: number; dead: number }>`
    SELECT (SELECT count(*)::int FROM (SELECT FROM webhook_deliveries WHERE state = 'waiting' LIMIT ${ENOUGH}) w) AS waiting,
           (SELECT count(*)::int FROM (SELECT FROM webhook_deliveries WHERE state = 'dead' LIMIT ${ENOUGH}) d) AS dead`.execute(
    db,
  );
  return { webhooksWaiting: rows[0]?.waiting ?? 0, webhooksDead: rows[0]?.dead ?? 0 };
}
