/**
 * The clearing house as a Fastify instance, from its parts: nothing here reads the environment, opens a
 * port or a database. Order matters: limits before guards, guards before bodies.
 */
import * as crypto from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { nodeBackEnd } from '../shared/protocol/ed25519-node.ts';
import { addChores } from './chores.ts';
import type { Database } from './db/database.ts';
import { sendNews } from './db/news.ts';
import type { House, HouseConfig, HouseCore } from './house.ts';
import { addDocumentation } from './http/documentation.ts';
import { addErrorAnswers } from './http/errors.ts';
import { addEventStreams } from './http/event-stream.ts';
import { guessGuard, merchantGuard, operatorGuard, sessionGuard, staffGuard } from './http/guards.ts';
import { jsonHandlers } from './http/handlers.ts';
import { addHealth } from './http/health.ts';
import { addJsonRoutes, type JsonGuards } from './http/json-routes.ts';
import { addMethodAnswers } from './http/methods.ts';
import { RefusedRequest, sendProblem } from './http/problem.ts';
import { addRequestMetrics } from './http/request-metrics.ts';
import { sessionCookies } from './http/session-cookie.ts';
import { addSettlementFiles } from './http/settlement-files.ts';
import { addStrictJson } from './http/strict-json.ts';
import { addTerminalRoutes } from './http/terminal-routes.ts';
import { addTrustRoute } from './http/trust-route.ts';
import { addWalletEvents } from './http/wallet-events.ts';
import { addWallet, hasWallet, isWalletPage, sendWalletPage, WALLET_CSP } from './http/wallet-static.ts';
import { verifyAllWith } from './ingest/verify-all.ts';
import type { ClearingKeys } from './keys.ts';
import { ClearingMetrics } from './metrics/clearing-metrics.ts';
import type { NewsHub } from './notify/news-hub.ts';
import { foundHouse, requireTrust } from './trust/publish.ts';
import { TrustDesk } from './trust/trust-desk.ts';

export interface AppConfig extends HouseConfig {
  /** Folder of the built wallet, or null. */
  readonly walletFolder: string | null;
  /** Requests per address and minute. */
  readonly requestsPerMinute: number;
  /** The same where a guess is worth something: registering, signing in, enrolling. Over all processes. */
  readonly guessesPerMinute: number;
  /** Proxies before this server whose X-Forwarded-For is believed; 0 for none. */
  readonly trustedProxies: number;
}

export interface ClearingDeps {
  /** Migrated. */
  readonly database: Database;
  readonly keys: ClearingKeys;
  /** Fed by db/news.ts. */
  readonly hub: NewsHub;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly config: AppConfig;
  /** Milliseconds between two rounds of what nobody asks for (chores.ts); left out: none. */
  readonly choresEveryMs?: number;
  readonly logger: FastifyBaseLogger;
  /** Counts into these; without, nobody sees what is counted. */
  readonly metrics?: ClearingMetrics;
}

function listeningOrigin(app: FastifyInstance): string {
  const address = app.server.address();
  if (address === null || typeof address === 'string')
    throw new Error('no public origin: it is not set, and the server does not listen on a port');
  const host = address.address === '::' || address.address === '0.0.0.0' ? '127.0.0.1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function houseOf(deps: ClearingDeps, app: FastifyInstance, metrics: ClearingMetrics): House {
  const core: HouseCore = {
    database: deps.database,
    keys: deps.keys,
    backEnd: nodeBackEnd(crypto),
    verifyAll: verifyAllWith(crypto),
    nowMs: deps.nowMs,
    randomBytes: deps.randomBytes,
    config: deps.config,
    publicOrigin: () => deps.config.publicOrigin ?? listeningOrigin(app),
    announce: async (news) => {
      try {
        await sendNews(deps.database, news);
      } catch (error) {
        // what it is about is committed; streams find it at their next heartbeat
        deps.logger.warn({ err: error }, 'news not sent');
      }
    },
    countBatch: (batch) => metrics.batch(batch),
  };
  return { ...core, trust: new TrustDesk(core) };
}

/** Founds the house in its database if that is new, and puts everything together. */
export async function buildApp(deps: ClearingDeps): Promise<FastifyInstance> {
  const { config } = deps;
  const app = Fastify({
    loggerInstance: deps.logger,
    trustProxy: (_address, hop) => hop < config.trustedProxies,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    bodyLimit: 64 * 1024,
    // a body that dribbles in must not hold a connection for ever
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 128 },
    // a path that cannot be decoded never reaches a route
    frameworkErrors: (_error, _request, reply) => {
      sendProblem(reply, { code: 'bad-request', detail: { field: 'path' } });
    },
    genReqId: () => crypto.randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
  });
  const metrics = deps.metrics ?? new ClearingMetrics();
  const house = houseOf(deps, app, metrics);
  await foundHouse(house);
  await requireTrust(house);

  if (deps.choresEveryMs !== undefined) addChores(app, house, deps.choresEveryMs);
  const isSecure = config.publicOrigin?.startsWith('https:') ?? false;
  addErrorAnswers(app);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: WALLET_CSP },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({ req: request, res: reply, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(), geolocation=(), payment=()');
  });
  await app.register(underPressure, { maxEventLoopDelay: 2000, retryAfter: 5 });
  await app.register(rateLimit, {
    max: config.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { ttl }) =>
      new RefusedRequest({
        code: 'too-many-requests',
        detail: { waitS: Math.max(1, Math.ceil(ttl / 1000)) },
      }),
  });
  await app.register(cookie);
  addEventStreams(app);
  addRequestMetrics(app, metrics);
  const cookies = sessionCookies(isSecure);
  await addDocumentation(app, cookies);
  addHealth(app, house);
  addMethodAnswers(app);

  const guards: JsonGuards = {
    session: sessionGuard(house, cookies.customer),
    staff: staffGuard(house, cookies.staff, config.operatorToken),
    operator: operatorGuard(house, cookies.staff, config.operatorToken),
    guesses: (route) => guessGuard(house, config.guessesPerMinute, route),
    merchant: merchantGuard(house),
  };
  await app.register((v1, _options, done) => {
    // here only: set for the whole instance they break plugins that bring plain schemas
    addStrictJson(v1);
    v1.setValidatorCompiler(validatorCompiler);
    v1.setSerializerCompiler(serializerCompiler);
    addJsonRoutes(v1, jsonHandlers(house, cookies), guards, config.guessesPerMinute);
    done();
  });
  addSettlementFiles(app, house, (request) => guards.operator(request, 'look'));
  addTrustRoute(app, house);
  addWalletEvents(app, house, deps.hub, guards.session);
  await app.register((terminals, _options, done) => {
    addTerminalRoutes(terminals, house, deps.hub, (request) => guards.operator(request, 'run'));
    done();
  });

  const servesWallet = hasWallet(config.walletFolder);
  if (servesWallet && config.walletFolder !== null) await addWallet(app, config.walletFolder);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    servesWallet && isWalletPage(request) ? sendWalletPage(reply) : sendProblem(reply, { code: 'not-found' }),
  );
  return app;
}
