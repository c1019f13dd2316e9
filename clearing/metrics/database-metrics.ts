/** The database as a scrape sees it: connections of this process, clock, archive, and what waits in tables. */
import { type Database, poolCounts } from '../db/database.ts';
import { readQueueLengths } from '../db/queue-lengths.ts';
import { readCondition } from '../db/readiness.ts';
import type { MetricsRegistry } from './registry.ts';

export function addDatabaseMetrics(registry: MetricsRegistry, db: Database, nowMs: () => number): void {
  registry.gauges(
    'fieldtill_db_connections',
    'Connections of this process by use; waiting: operations that have none.',
    'state',
    () => {
      const { total, idle, waiting } = poolCounts(db);
      return { used: total - idle, idle, waiting };
    },
  );
  registry.gauges(
    'fieldtill_queue_length',
    'What waits to be done, up to 100000 each.',
    'queue',
    async () => {
      const { webhooksWaiting, webhooksDead } = await readQueueLengths(db);
      return { webhooks: webhooksWaiting, webhooks_dead: webhooksDead };
    },
  );
  registry.gauges('fieldtill_db_condition', 'The database as it is now.', 'figure', async () => {
    const condition = await readCondition(db, nowMs);
    return condition === undefined
      ? { reachable: 0 }
      : {
          reachable: 1,
          writable: condition.isWritable ? 1 : 0,
          clock_off_seconds: condition.clockOffMs / 1000,
          archive_failing: condition.isArchiveFailing ? 1 : 0,
          replication_lag_bytes: condition.replicationLagBytes,
          size_bytes: condition.sizeBytes,
        };
  });
}
