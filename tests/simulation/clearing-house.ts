/**
 * The real clearing house in this process, over a real PostgreSQL: its clock, its randomness and its keys are
 * the world's, and requests come by Fastify's own inject instead of a socket. Two things of it are beyond the
 * seed: random salts of passwords (never in an answer), and a database that is slow for more than seconds,
 * which would answer 503 where it answered 200 before.
 */
import { zstdDecompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../clearing/app.ts';
import { type Database, openDatabase } from '../../clearing/db/database.ts';
import { migrate } from '../../clearing/db/migrate.ts';
import { type ClearingKeys, keysFromSeeds } from '../../clearing/keys.ts';
import { openLog } from '../../clearing/log.ts';
import { NewsHub } from '../../clearing/notify/news-hub.ts';
import type { HttpRequest } from '../../electron/engine/ports.ts';
import {
  type ClearingRoute,
  clearingRoutes,
  type RouteAnswer,
  type RouteBody,
} from '../../shared/contract/clearing.ts';
import { terminalIdFrom } from '../../shared/ids.ts';
import { signAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { readSign1 } from '../../shared/protocol/cose.ts';
import { readBytes, readTuple, readUint } from '../../shared/protocol/shape.ts';
import type { Answer } from './network.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export const ORIGIN = 'https://clearing.simulation';
const OPERATOR_TOKEN = 'operator-of-a-simulated-world';
/** No request of a simulation comes too often: how often is counted by real time. */
const NO_LIMIT = 1_000_000_000;

export class ClearingHouse {
  readonly keys: ClearingKeys;
  readonly #databaseUrl: string;
  readonly #timeline: Timeline;
  readonly #random: Random;
  #running: { readonly app: FastifyInstance; readonly database: Database } | undefined;

  constructor(databaseUrl: string, timeline: Timeline, random: Random) {
    this.#databaseUrl = databaseUrl;
    this.#timeline = timeline;
    this.#random = random;
    this.keys = keysFromSeeds({
      root: random.bytes(32),
      issuers: [random.bytes(32)],
      box: random.bytes(32),
    });
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  async start(): Promise<void> {
    await migrate(this.#databaseUrl);
    const broken: Error[] = [];
    const database = openDatabase({
      url: this.#databaseUrl,
      maxConnections: 2,
      onIdleError: (error) => broken.push(error),
    });
    const app = await buildApp({
      database,
      keys: this.keys,
      hub: new NewsHub(),
      nowMs: () => this.#timeline.nowMs,
      randomBytes: this.#random.bytes,
      config: {
        world: 'test',
        publicOrigin: ORIGIN,
        operatorToken: OPERATOR_TOKEN,
        // what a password costs is not what is simulated
        allowsPrivateWebhooks: false,
        passwordCost: { memoryKiB: 64, passes: 1 },
        walletFolder: null,
        requestsPerMinute: NO_LIMIT,
        guessesPerMinute: NO_LIMIT,
        trustedProxies: 0,
      },
      logger: openLog('silent'),
    });
    this.#running = { app, database };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.app.close();
    await running?.database.destroy();
  }

  /** Undefined when it does not run. */
  readonly deliver = async (request: HttpRequest): Promise<Answer | undefined> => {
    if (this.#running === undefined) return undefined;
    const { pathname, search, host } = new URL(request.url);
    const answer = await this.#running.app.inject({
      method: request.method,
      url: pathname + search,
      headers: { ...request.headers, host },
      ...(request.body === null ? {} : { payload: Buffer.from(request.body) }),
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : String(value);
    }
    return { status: answer.statusCode, headers, body: new Uint8Array(answer.rawPayload) };
  };

  /** What the operator does: over the real route, without a network between. */
  async operate<R extends ClearingRoute>(
    name: R,
    body: RouteBody<R>,
    params: Readonly<Record<string, string>> = {},
  ): Promise<RouteAnswer<R>> {
    const route = clearingRoutes[name];
    const path = route.path.replace(/:([a-zA-Z]+)/g, (_, param: string) => params[param] ?? '');
    const answer = await this.#running?.app.inject({
      method: route.method,
      url: path,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    if (answer?.statusCode !== route.status)
      throw new Error(`${name}: ${answer?.statusCode} ${answer?.payload}`);
    return route.answer.parse(answer.json()) as RouteAnswer<R>;
  }

  /** A planted mistake: "all is held", under the issuer's key, about a batch that nobody has looked at. */
  falseAcknowledgement(body: Uint8Array): Answer {
    const [issuer] = this.keys.issuers;
    if (issuer === undefined) throw new Error('a house without an issuer');
    const { kid, signer } = issuer;
    const [headValue] = readTuple(decodeCbor(zstdDecompressSync(body)), 2);
    const [id, epoch, seq, headHash] = readTuple(decodeCbor(readSign1(headValue, 'without-kid').payload), 4);
    const ack = {
      terminalId: terminalIdFrom(readBytes(id, 8)),
      epoch: readUint(epoch, 0xffff_ffff),
      seq: readUint(seq, Number.MAX_SAFE_INTEGER),
      headHash: readBytes(headHash, 32),
      outcomes: [],
      serverTimeMs: this.#timeline.nowMs,
    };
    return { status: 200, headers: {}, body: signAcknowledgement(ack, 'test', kid, signer) };
  }
}
