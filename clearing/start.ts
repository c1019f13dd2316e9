/** A clearing house from its settings: database brought up to date, keys, listener, server on its port. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { Settings } from './config.ts';
import { openDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { listenForNews } from './db/news.ts';
import { serveMetrics } from './http/metrics-server.ts';
import { createKeys } from './keys.ts';
import { openLog } from './log.ts';
import { ClearingMetrics } from './metrics/clearing-metrics.ts';
import { addDatabaseMetrics } from './metrics/database-metrics.ts';
import { addProcessMetrics } from './metrics/process-metrics.ts';
import { NewsHub } from './notify/news-hub.ts';
import { postWith } from './webhooks/post.ts';
import { startWebhookWorker } from './webhooks/worker.ts';

export interface RunningClearing {
  readonly app: FastifyInstance;
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly origin: string;
  readonly port: number;
  /** Of /metrics; null when it is off. */
  readonly metricsPort: number | null;
  /** Root public key, 32 bytes. */
  readonly rootPublicKey: Uint8Array;
  /** Takes no new request, ends those that run, closes everything. */
  stop(): Promise<void>;
}

/** For one try of a webhook. */
const WEBHOOK_TIMEOUT_MS = 15_000;
const CHORES_EVERY_MS = 10 * 60_000;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/**
 * @throws MigrationRefused, KeyStoreRefused, HouseRefused or the database's own error
 */
export async function startClearing(settings: Settings): Promise<RunningClearing> {
  const log = openLog(settings.logLevel);
  const keys = createKeys(settings.keysFolder, random, settings.offlineRoot);
  if (keys.rootSigner === null) log.info('the root is offline: trust bundles wait for a ceremony');
  else log.warn('the root is in the key folder: for development and tests; set ROOT_PUBLIC_KEY in earnest');
  const applied = await migrate(settings.databaseUrl);
  if (applied.length > 0) log.info({ applied }, 'database brought up to date');
  const database = openDatabase({
    url: settings.databaseUrl,
    maxConnections: settings.databaseConnections,
    onIdleError: (error) => log.warn({ err: error }, 'database connection broke'),
  });
  const metrics = new ClearingMetrics();
  const stopProcessMetrics = addProcessMetrics(metrics.registry);
  addDatabaseMetrics(metrics.registry, database, Date.now);
  const hub = new NewsHub();
  const listener = await listenForNews(settings.databaseUrl, {
    onNews: (news) => hub.hear(news),
    onGap: () => hub.hearAll(),
    onError: (error) => log.warn({ err: error }, 'news connection broke'),
  });
  try {
    const app = await buildApp({
      database,
      keys,
      hub,
      nowMs: Date.now,
      randomBytes: random,
      config: settings.app,
      choresEveryMs: CHORES_EVERY_MS,
      logger: log,
      metrics,
    });
    const { metricsPort, metricsHost } = settings;
    const metricsServer =
      metricsPort === null
        ? null
        : await serveMetrics(metrics.registry, { host: metricsHost, port: metricsPort });
    const origin = await app.listen({ host: settings.host, port: settings.port });
    const webhooks = startWebhookWorker(
      {
        database,
        keys,
        nowMs: Date.now,
        fraction: Math.random,
        post: postWith({
          allowsPrivate: settings.app.allowsPrivateWebhooks,
          timeoutMs: WEBHOOK_TIMEOUT_MS,
        }),
      },
      (error) => log.warn({ err: error }, 'webhooks not sent'),
    );
    const address = app.server.address();
    return {
      app,
      origin,
      metricsPort: metricsServer?.port ?? null,
      port: typeof address === 'object' && address !== null ? address.port : settings.port,
      rootPublicKey: keys.root.publicKey,
      stop: async () => {
        await app.close();
        await metricsServer?.close();
        stopProcessMetrics();
        await webhooks.stop();
        await listener.close();
        await database.destroy();
      },
    };
  } catch (error) {
    await listener.close();
    await database.destroy();
    throw error;
  }
}
