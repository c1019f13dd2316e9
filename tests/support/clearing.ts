/**
 * A real clearing house over real HTTP on a database of the run's PostgreSQL, with customers and terminals
 * that speak to it as programs do. The clock is the test's; keys and ids are random.
 */
import * as crypto from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type AppConfig, buildApp } from '../../clearing/app.ts';
import { type Database, openDatabase } from '../../clearing/db/database.ts';
import { migrate } from '../../clearing/db/migrate.ts';
import { listenForNews } from '../../clearing/db/news.ts';
import { type ClearingKeys, keysFromSeeds } from '../../clearing/keys.ts';
import { openLog } from '../../clearing/log.ts';
import { NewsHub } from '../../clearing/notify/news-hub.ts';
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import {
  CBOR_TYPE,
  type ClearingRoute,
  clearingRoutes,
  clearingStreams,
  type RouteAnswer,
} from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import { sha256 } from '../../shared/hash.ts';
import type { TerminalId } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { type Acknowledgement, openAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { decodeCbor, type encodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { type Invoice, signInvoice } from '../../shared/protocol/invoice.ts';
import { encodeJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { saleValue } from '../../shared/protocol/journal-bodies.ts';
import {
  encodeJournalEntry,
  type JournalKind,
  journalHash,
  NO_HASH,
} from '../../shared/protocol/journal-entry.ts';
import {
  draftPayment,
  type Payment,
  type PaymentFields,
  readPayment,
} from '../../shared/protocol/payment.ts';
import { encodePicture, shortOf } from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { type PurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
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
  const database = openDatabase({ url: options.databaseUrl, onIdleError: () => undefined });
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

export const PASSWORD = 'a long enough pass phrase';

/** A signed-in customer. */
export class TestCustomer {
  readonly clearing: TestClearing;
  readonly userName: string;
  readonly customerId: string;
  readonly cookie: string;

  constructor(clearing: TestClearing, userName: string, customerId: string, cookie: string) {
    this.clearing = clearing;
    this.userName = userName;
    this.customerId = customerId;
    this.cookie = cookie;
  }

  static async register(clearing: TestClearing, userName = `u${toHex(random(6))}`): Promise<TestCustomer> {
    const made = await clearing.call('registerCustomer', {
      body: { userName, password: PASSWORD, language: 'en' },
    });
    if (made.status !== 201) throw new Error(made.body.code);
    const signed = await clearing.call('signIn', { body: { userName, password: PASSWORD } });
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return new TestCustomer(clearing, userName, made.body.customerId, cookie);
  }

  async deposit(amountMinor: bigint, currency: CurrencyCode = 'EUR'): Promise<void> {
    const body = {
      transferId: toHex(random(16)),
      userName: this.userName,
      amountMinor: `${amountMinor}`,
      currency,
    };
    const answer = await this.clearing.call('deposit', { body, operator: true });
    if (answer.status !== 201) throw new Error(answer.body.code);
  }

  possession(key: Signer, change: { iatS?: number; context?: Uint8Array; world?: World } = {}): string {
    const draft = draftPossession(
      {
        contextDigest: sha256(change.context ?? fromHex(this.customerId) ?? new Uint8Array()),
        publicKey: key.publicKey,
        boxKey: new Uint8Array(32),
        iatS: change.iatS ?? Math.floor(this.clearing.clock.nowMs / 1000),
      },
      change.world ?? WORLD,
    );
    return toBase64Url(encodeSign1(signDraft(draft, key)));
  }

  requestPurse(options: {
    key: Signer;
    allowanceMinor: bigint;
    currency?: CurrencyCode;
    requestId?: string;
    possession?: string;
  }): Promise<Answer<RouteAnswer<'issuePurse'>>> {
    return this.clearing.call('issuePurse', {
      cookie: this.cookie,
      body: {
        requestId: options.requestId ?? toHex(random(16)),
        currency: options.currency ?? 'EUR',
        allowanceMinor: `${options.allowanceMinor}`,
        possession: options.possession ?? this.possession(options.key),
      },
    });
  }

  /** Deposits the allowance and gets a purse of it. */
  async purse(allowanceMinor = 10_000n, currency: CurrencyCode = 'EUR'): Promise<TestPurse> {
    await this.deposit(allowanceMinor, currency);
    const key = nodeSigner(crypto, random(32));
    const answer = await this.requestPurse({ key, allowanceMinor, currency });
    if (answer.status !== 201) throw new Error(answer.body.code);
    const bytes = fromBase64Url(answer.body.certificate) ?? new Uint8Array();
    return new TestPurse(this, key, readPurseCertificate(decodeCbor(bytes)));
  }
}

export class TestPurse {
  readonly customer: TestCustomer;
  readonly key: Signer;
  readonly certificate: PurseCertificate;

  constructor(customer: TestCustomer, key: Signer, certificate: PurseCertificate) {
    this.customer = customer;
    this.key = key;
    this.certificate = certificate;
  }

  sign(fields: PaymentFields, key = this.key): Payment {
    return readPayment(sign1Value(signDraft(draftPayment(fields, WORLD, this.certificate.digest), key)));
  }

  quick(counter: number, change: Partial<Extract<PaymentFields, { mode: 'quick' }>> = {}): Payment {
    return this.sign({
      mode: 'quick',
      counter,
      spentMinor: 0n,
      previous: sha256(Uint8Array.of(counter)).subarray(0, 8),
      capMinor: 5000n,
      iatS: Math.floor(this.customer.clearing.clock.nowMs / 1000),
      ttlS: 30,
      nonce: sha256(Uint8Array.of(counter, 1)).subarray(0, 8),
      ...change,
    });
  }

  bound(counter: number, invoice: Invoice, amountMinor = invoice.amountMinor): Payment {
    return this.sign({
      mode: 'bound',
      counter,
      spentMinor: 0n,
      previous: sha256(Uint8Array.of(counter)).subarray(0, 8),
      amountMinor,
      iatS: Math.floor(this.customer.clearing.clock.nowMs / 1000),
      invoiceDigest: invoice.digest,
    });
  }
}

/** An enrolled terminal with a journal of its own, and nothing of an engine. */
export class TestTill {
  readonly clearing: TestClearing;
  readonly merchantId: string;
  readonly signer: Signer;
  readonly certificate: TerminalCertificate;
  readonly entries: Uint8Array[] = [];
  epoch = 1;

  constructor(clearing: TestClearing, merchantId: string, signer: Signer, certificate: TerminalCertificate) {
    this.clearing = clearing;
    this.merchantId = merchantId;
    this.signer = signer;
    this.certificate = certificate;
  }

  static async enrol(
    clearing: TestClearing,
    options: { displayName?: string; currency?: CurrencyCode; merchantId?: string } = {},
  ): Promise<TestTill> {
    const { displayName = 'Corner shop', currency = 'EUR' } = options;
    const merchantId =
      options.merchantId ??
      (await clearing.call('createMerchant', { body: { displayName, currency }, operator: true })).body
        .merchantId;
    const code = await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true });
    const parsed = parseEnrolmentCode(code.body.code);
    if (!parsed.ok) throw new Error(parsed.refusal.code);
    const signer = nodeSigner(crypto, random(32));
    const { secret } = parsed.value;
    const answer = await clearing.call('enrolTerminal', {
      body: { secret: toBase64Url(secret), possession: terminalPossession(clearing, signer, secret) },
    });
    if (answer.status !== 201) throw new Error(answer.body.code);
    const bytes = fromBase64Url(answer.body.certificate) ?? new Uint8Array();
    return new TestTill(clearing, merchantId, signer, readTerminalCertificate(decodeCbor(bytes)));
  }

  get terminalId(): TerminalId {
    return this.certificate.terminalId;
  }

  /** Appends raw bytes as the next entry. */
  append(bytes: Uint8Array): number {
    this.entries.push(bytes);
    return this.entries.length;
  }

  previousHash(): Uint8Array {
    const last = this.entries.at(-1);
    return last === undefined ? NO_HASH : journalHash(last);
  }

  write(kind: JournalKind, body: Parameters<typeof encodeCbor>[0], atMs = this.clearing.clock.nowMs): number {
    return this.append(
      encodeJournalEntry({
        epoch: this.epoch,
        seq: this.entries.length + 1,
        previousHash: this.previousHash(),
        kind,
        atMs,
        actor: 'cashier',
        body,
      }),
    );
  }

  invoice(amountMinor: bigint): Invoice {
    const iatS = Math.floor(this.clearing.clock.nowMs / 1000);
    const fields = { nonce: random(8), amountMinor, iatS, ttlS: 300, reference: '' };
    return signInvoice(fields, WORLD, this.certificate.digest, this.signer);
  }

  /** @returns the entry's seq */
  sale(
    purse: TestPurse,
    payment: Payment,
    amountMinor: bigint,
    change: {
      form?: 'full' | 'short';
      invoice?: Invoice | null;
      currency?: CurrencyCode;
      atMs?: number;
      trustVersion?: number;
    } = {},
  ): number {
    const certificate = change.form === 'short' ? shortOf(purse.certificate) : purse.certificate;
    const body = saleValue({
      amountMinor,
      currency: change.currency ?? this.certificate.currency,
      code: encodePicture({ kind: 'presented', certificate, payment }),
      invoice: change.invoice?.bytes ?? null,
      decision: { trustVersion: change.trustVersion ?? 1, reachable: false, checks: new Uint8Array(16) },
    });
    return this.write('sale', body, change.atMs);
  }

  /** A batch of the entries from…to, under a signed head. */
  batch(fromSeq = 1, toSeq = this.entries.length): Uint8Array<ArrayBuffer> {
    const entries = this.entries.slice(fromSeq - 1, toSeq);
    const headHash = journalHash(entries.at(-1) ?? new Uint8Array());
    const head = { terminalId: this.terminalId, epoch: this.epoch, seq: toSeq, headHash };
    return encodeJournalBatch({ head, entries }, WORLD, this.signer);
  }

  url(stream: 'journal' | 'outcomes' | 'terminalEvents', query = ''): URL {
    const path = clearingStreams[stream].path.replace(':terminalId', this.terminalId);
    return new URL(path + query, this.clearing.origin);
  }

  headers(
    method: string,
    url: URL,
    body: { bytes: Uint8Array; contentEncoding?: string } | null,
  ): Record<string, string> {
    return signRequest(
      {
        method,
        url,
        body: body === null ? null : { ...body, contentType: CBOR_TYPE },
        keyId: this.terminalId,
        createdS: Math.floor(this.clearing.clock.nowMs / 1000),
        nonce: random(16),
      },
      this.signer,
    );
  }

  async post(bytes: Uint8Array<ArrayBuffer>, contentEncoding?: string): Promise<TillAnswer> {
    const url = this.url('journal');
    const body = { bytes, ...(contentEncoding === undefined ? {} : { contentEncoding }) };
    return await this.#answer(
      await fetch(url, { method: 'POST', headers: this.headers('POST', url, body), body: bytes }),
    );
  }

  async send(fromSeq = 1, toSeq = this.entries.length): Promise<TillAnswer> {
    return await this.post(this.batch(fromSeq, toSeq));
  }

  async outcomes(after = 0): Promise<TillAnswer> {
    const url = this.url('outcomes', `?after=${after}`);
    return await this.#answer(await fetch(url, { headers: this.headers('GET', url, null) }));
  }

  async #answer(answer: Response): Promise<TillAnswer> {
    const bytes = await answer.bytes();
    if (answer.status !== 200) {
      const problem = JSON.parse(new TextDecoder().decode(bytes));
      return { status: answer.status, code: problem.code, detail: problem.detail, ack: undefined, bytes };
    }
    const opened = openAcknowledgement(bytes, await this.clearing.trust(), WORLD, backEnd);
    if (!opened.ok) throw new Error(opened.refusal.code);
    return { status: 200, code: undefined, detail: undefined, ack: opened.value, bytes };
  }
}

export interface TillAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: Record<string, string | number> | undefined;
  readonly ack: Acknowledgement | undefined;
  readonly bytes: Uint8Array;
}

/** "1:settled 2:rejected/conflict": outcomes by their entries' seq. */
export function outcomesText(answer: TillAnswer): string {
  const outcomes = answer.ack?.outcomes ?? [];
  return outcomes
    .map(({ seq, state, reason }) => `${seq}:${state}${reason === null ? '' : `/${reason}`}`)
    .join(' ');
}

export function terminalPossession(
  clearing: TestClearing,
  signer: Signer,
  secret: Uint8Array,
  iatS = Math.floor(clearing.clock.nowMs / 1000),
): string {
  const draft = draftPossession(
    { contextDigest: sha256(secret), publicKey: signer.publicKey, boxKey: random(32), iatS },
    WORLD,
  );
  return toBase64Url(encodeSign1(signDraft(draft, signer)));
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
