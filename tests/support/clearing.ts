/**
 * A real clearing house over real HTTP on a database of the run's PostgreSQL. The clock is the test's; keys
 * and ids are random. Customers and terminals that speak to it are in clearing-customer.ts and
 * clearing-till.ts.
 */
import * as crypto from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { type AppConfig, buildApp } from '../../clearing/app.ts';
import { type Database, openDatabase } from '../../clearing/db/database.ts';
import { migrate } from '../../clearing/db/migrate.ts';
import { listenForNews } from '../../clearing/db/news.ts';
import { type ClearingKeys, keysFromSeeds } from '../../clearing/keys.ts';
import { openLog } from '../../clearing/log.ts';
import { NewsHub } from '../../clearing/notify/news-hub.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { type ClearingRoute, clearingRoutes, type RouteAnswer } from '../../shared/contract/clearing.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { openTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { World } from '../../shared/protocol/world.ts';

export const WORLD: World = 'test';
export const OPERATOR_TOKEN = 'an operator token for tests'.replaceAll(' ', '-');
const backEnd = nodeBackEnd(crypto);

export const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(crypto.randomBytes(length));

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T & { readonly code?: string; readonly detail?: Record<string, string | number> };
  readonly headers: Headers;
}

export interface TestClearing {
  readonly app: FastifyInstance;
  readonly origin: string;
  readonly database: Database;
  readonly keys: ClearingKeys;
  /** Move it as the test needs. */
  readonly clock: { nowMs: number };
  /** By contract route. @param options.path instead of the contract's, for its parameters and query */
  readonly call: <R extends ClearingRoute>(
    route: R,
    options?: { body?: unknown; path?: string; cookie?: string; operator?: boolean },
  ) => Promise<Answer<RouteAnswer<R>>>;
  readonly trust: () => Promise<TrustBundle>;
  readonly stop: () => Promise<void>;
}

/** @param options.databaseUrl of an empty database, or of another test clearing house's, with its `keys` */
export async function startTestClearing(options: {
  readonly databaseUrl: string;
  readonly keys?: ClearingKeys;
  readonly clock?: { nowMs: number };
  readonly config?: Partial<AppConfig>;
}): Promise<TestClearing> {
  await migrate(options.databaseUrl);
  const logger = openLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  // few, so that an operation that holds one connection and waits for another is found out
  const database = openDatabase({
    url: options.databaseUrl,
    maxConnections: 3,
    onIdleError: () => undefined,
  });
  const hub = new NewsHub();
  const listener = await listenForNews(options.databaseUrl, {
    onNews: (news) => hub.hear(news),
    onGap: () => hub.hearAll(),
    onError: () => undefined,
  });
  const keys = options.keys ?? keysFromSeeds({ root: random(32), issuers: [random(32)], box: random(32) });
  const clock = options.clock ?? { nowMs: Date.now() };
  const app = await buildApp({
    database,
    keys,
    hub,
    nowMs: () => clock.nowMs,
    randomBytes: random,
    logger,
    config: {
      world: WORLD,
      publicOrigin: null,
      operatorToken: OPERATOR_TOKEN,
      allowsPrivateWebhooks: true,
      // the least that argon2id takes: tests sign in often
      passwordCost: { memoryKiB: 8, passes: 1 },
      walletFolder: null,
      requestsPerMinute: 1_000_000,
      guessesPerMinute: 1_000_000,
      trustedProxies: 0,
      ...options.config,
    },
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    app,
    origin,
    database,
    keys,
    clock,
    call: async (route, { body, path, cookie, operator } = {}) => {
      const { method, path: own } = clearingRoutes[route];
      const headers: Record<string, string> = {};
      if (body !== undefined) headers['content-type'] = 'application/json';
      if (cookie !== undefined) headers.cookie = cookie;
      if (operator === true) headers.authorization = `Bearer ${OPERATOR_TOKEN}`;
      const answer = await fetch(origin + (path ?? own), {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json(), headers: answer.headers } as never;
    },
    trust: async () => {
      const answer = await fetch(origin + clearingStreams.trustBundle.path);
      const opened = openTrustBundle(await answer.bytes(), keys.root.publicKey, WORLD, backEnd);
      if (!opened.ok) throw new Error(opened.refusal.code);
      return opened.value;
    },
    stop: async () => {
      await app.close();
      await listener.close();
      await database.destroy();
    },
  };
}

export function newSigner(): Signer {
  return nodeSigner(crypto, random(32));
}

/** Balances of all accounts, and that each currency sums to zero, as the operator sees them. */
export async function balances(clearing: TestClearing): Promise<Map<string, bigint>> {
  const { body } = await clearing.call('ledger', { operator: true });
  for (const { currency, sumMinor } of body.sums)
    if (sumMinor !== '0') throw new Error(`${currency} sums to ${sumMinor}`);
  const sums = new Map<string, bigint>();
  for (const { currency, balanceMinor } of body.accounts)
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(balanceMinor));
  for (const [currency, sum] of sums) if (sum !== 0n) throw new Error(`${currency} accounts sum to ${sum}`);
  return new Map(
    body.accounts.map(({ kind, owner, currency, balanceMinor }) => [
      `${kind}/${owner}/${currency}`,
      BigInt(balanceMinor),
    ]),
  );
}

/** Counts of all that requests can write: the same before and after when nothing was written. */
export async function written(clearing: TestClearing): Promise<string> {
  const { rows } = await sql<{ counts: string }>`
    SELECT concat_ws('/',
      (SELECT count(*) FROM journal_entries), (SELECT count(*) FROM outcomes),
      (SELECT count(*) FROM transfers), (SELECT count(*) FROM entries), (SELECT count(*) FROM accounts),
      (SELECT sum(last_payment_number) FROM customers), (SELECT sum(last_outcome_number) FROM terminals),
      (SELECT sum(seq) FROM journal_heads), (SELECT count(*) FROM customers), (SELECT count(*) FROM purses),
      (SELECT count(*) FROM terminals), (SELECT count(*) FROM merchants),
      (SELECT count(*) FROM enrolment_codes), (SELECT count(*) FROM sessions),
      (SELECT count(*) FROM branches), (SELECT count(*) FROM staff), (SELECT count(*) FROM staff_sessions),
      (SELECT count(*) FROM staff WHERE removed_at_ms IS NOT NULL), (SELECT max(password_hash) FROM staff),
      (SELECT count(*) FROM terminals WHERE revoked_at_ms IS NOT NULL),
      (SELECT count(*) FROM purses WHERE state <> 'open'), (SELECT count(*) FROM trust_bundles), (SELECT count(*) FROM authorisations)) AS counts`.execute(
    clearing.database,
  );
  return rows[0]?.counts ?? '';
}
