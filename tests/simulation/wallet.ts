/**
 * A customer's wallet in the simulated world: the real core over a store that can lose its power, and a small
 * stand-in for what the browser does around it (session, keys, fetching), because that needs a browser. It
 * speaks the real contract with the real clearing house.
 */
import * as crypto from 'node:crypto';
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import {
  type ClearingRoute,
  clearingRoutes,
  type RouteAnswer,
  type RouteBody,
} from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { PurseId } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, signDraft } from '../../shared/protocol/cose.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { applyOutcome, applyStanding, lapseOldPayments } from '../../wallet/core/apply-outcome.ts';
import type { PaymentPorts } from '../../wallet/core/payment-ports.ts';
import type { Presentation } from '../../wallet/core/present.ts';
import { certificateOf, leftMinor, newPurseState, type PurseState } from '../../wallet/core/purse-state.ts';
import type { TerminalCheck, WalletTrust } from '../../wallet/core/trusted-terminal.ts';
import { ORIGIN } from './clearing-house.ts';
import { Line, type Network } from './network.ts';
import { never, type PowerCut, PurseShelf } from './purse-shelf.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

const PASSWORD = 'a long walk by the river 47';
const TIMEOUT_MS = 10_000;
const backEnd = nodeBackEnd(crypto);

export interface WalletWorld {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly rootPublicKey: Uint8Array;
  readonly signed: (purseId: PurseId, toBeSigned: Uint8Array) => void;
  readonly died: (wallet: Wallet, cut: PowerCut) => void;
  readonly isLazy: boolean;
}

interface PurseRequest {
  readonly requestId: string;
  readonly currency: CurrencyCode;
  readonly allowanceMinor: bigint;
  readonly publicKey: Uint8Array;
}

export interface Backup {
  readonly purses: ReadonlyMap<PurseId, PurseState>;
  readonly fetchedUpTo: number;
}

export class Wallet {
  readonly name: string;
  readonly line: Line;
  readonly shelf: PurseShelf;
  customerId = '';
  clockOffsetMs = 0;
  /** Asked for and not answered; durable, as its key is. */
  request: PurseRequest | null = null;
  trust: WalletTrust | null = null;
  /** What the customer holds out; gone when the app is. */
  screen: Presentation | null = null;
  #fetchedUpTo = 0;
  #cookie: string | null = null;
  #isSyncing = false;
  /** Of the app as it runs now. */
  #process = 0;
  readonly #seeds = new Map<string, Uint8Array>();
  readonly #world: WalletWorld;
  readonly #random: Random;

  constructor(world: WalletWorld, name: string, random: Random) {
    this.#world = world;
    this.#random = random;
    this.name = name;
    this.line = new Line(name, random.fork('line'));
    this.shelf = new PurseShelf((cut) => world.died(this, cut), world.isLazy);
  }

  get credentials(): { userName: string; password: string } {
    return { userName: this.name, password: PASSWORD };
  }

  get nowMs(): number {
    return this.#world.timeline.nowMs + this.clockOffsetMs;
  }

  /** For readScanned; null before the first bundle came. */
  get terminalCheck(): TerminalCheck | null {
    return this.trust === null ? null : { trust: this.trust, world: 'test', backEnd };
  }

  /** Of the core, for the app as it runs now. */
  ports(): PaymentPorts {
    return {
      nowMs: () => this.nowMs,
      random: this.#random.bytes,
      signerOf: (publicKey) => {
        const seed = this.#seeds.get(toHex(publicKey));
        if (seed === undefined) return Promise.resolve(refused({ code: 'storage-damaged' as const }));
        const signer = nodeSigner(crypto, seed);
        const sign = (message: Uint8Array): Promise<Uint8Array> => {
          const owner = this.shelf
            .all()
            .find((state) => toHex(certificateOf(state).publicKey) === toHex(publicKey));
          if (owner !== undefined) this.#world.signed(owner.purseId, message);
          return Promise.resolve(signer.sign(message));
        };
        return Promise.resolve(ok({ publicKey, sign }));
      },
      purses: this.shelf,
    };
  }

  /** Purses that may still pay something in this currency, the newest last. */
  pursesOf(currency: CurrencyCode): readonly PurseState[] {
    return this.shelf
      .all()
      .filter((state) => certificateOf(state).currency === currency && state.stop === null);
  }

  leftIn(currency: CurrencyCode): bigint {
    return this.pursesOf(currency).reduce(
      (sum, state) => sum + leftMinor(state, certificateOf(state).allowanceMinor),
      0n,
    );
  }

  /** The app is killed, or the device loses its power: what is not on disk is gone. */
  kill(): void {
    this.#process += 1;
    this.#isSyncing = false;
    this.#cookie = null;
    this.screen = null;
    this.shelf.losePower();
  }

  /** A copy of the device's storage. The keys in it never leave the device, so they are not part of it. */
  backUp(): Backup {
    return { purses: this.shelf.backUp(), fetchedUpTo: this.#fetchedUpTo };
  }

  /** The old copy is back in place, and the app begins anew. @returns purses whose book went back */
  restore(backup: Backup): readonly PurseId[] {
    this.kill();
    this.#fetchedUpTo = backup.fetchedUpTo;
    return this.shelf.restore(backup.purses);
  }

  /** Makes a key and keeps the request; the next sync sends it. */
  wishForPurse(currency: CurrencyCode, allowanceMinor: bigint): void {
    if (this.request !== null) return;
    const seed = this.#random.bytes(32);
    const { publicKey } = nodeSigner(crypto, seed);
    this.#seeds.set(toHex(publicKey), seed);
    this.request = { requestId: toHex(this.#random.bytes(16)), currency, allowanceMinor, publicKey };
  }

  /** In step with the clearing house, as wallet/state/sync.ts does it. @returns "ok", or why not */
  async sync(): Promise<string> {
    if (this.#isSyncing) return 'busy';
    this.#isSyncing = true;
    const code = await this.#syncRound();
    this.#isSyncing = false;
    return code;
  }

  async #syncRound(): Promise<string> {
    if (this.#cookie === null) {
      const signedIn = await this.#call('signIn', { body: this.credentials });
      if (!signedIn.ok) return signedIn.refusal.code;
    }
    const me = await this.#call('me', {});
    if (!me.ok) {
      if (me.refusal.code === 'not-signed-in') this.#cookie = null;
      return me.refusal.code;
    }
    for (const { purseId, state: standing } of me.value.purses) {
      await this.#changeAll((state) => (state.purseId === purseId ? applyStanding(state, standing) : state));
    }
    await this.#fetchTrust();
    await this.#sendRequest();
    return await this.#fetchPayments();
  }

  async #fetchTrust(): Promise<void> {
    const headers: Record<string, string> = {};
    if (this.trust !== null) headers['if-none-match'] = `"${this.trust.version}"`;
    const answer = await this.#exchange('GET', clearingStreams.trustBundle.path, headers, null);
    if (answer?.status !== 200) return;
    const opened = openTrustBundle(answer.body, this.#world.rootPublicKey, 'test', backEnd);
    if (!opened.ok || opened.value.version < (this.trust?.version ?? 0)) return;
    this.trust = opened.value;
  }

  async #sendRequest(): Promise<void> {
    const { request } = this;
    if (request === null) return;
    const { requestId, currency, allowanceMinor, publicKey } = request;
    const contextDigest = sha256(fromHex(this.customerId) ?? new Uint8Array());
    const iatS = Math.floor(this.nowMs / 1000);
    const draft = draftPossession({ contextDigest, publicKey, boxKey: new Uint8Array(32), iatS }, 'test');
    const seed = this.#seeds.get(toHex(publicKey)) ?? new Uint8Array(32);
    const possession = toBase64Url(encodeSign1(signDraft(draft, nodeSigner(crypto, seed))));
    const body = { requestId, currency, allowanceMinor: allowanceMinor.toString(), possession };
    const issued = await this.#call('issuePurse', { body });
    if (!issued.ok) {
      const isFinal = issued.refusal.code === 'purse-limit' || issued.refusal.code === 'not-enough-money';
      if (isFinal) this.request = null;
      return;
    }
    const certificate = readPurseCertificate(
      decodeCbor(fromBase64Url(issued.value.certificate) ?? new Uint8Array()),
    );
    this.shelf.add(newPurseState(certificate, { customerId: this.customerId, world: 'test' }));
    this.request = null;
  }

  async #fetchPayments(): Promise<string> {
    for (;;) {
      const page = await this.#call('walletPayments', { query: `?after=${this.#fetchedUpTo}` });
      if (!page.ok) return page.refusal.code;
      const payments = page.value.payments.filter(({ number }) => number > this.#fetchedUpTo);
      await this.#changeAll((state) => payments.reduce(applyOutcome, state));
      this.#fetchedUpTo = Math.max(this.#fetchedUpTo, ...payments.map(({ number }) => number));
      if (payments.length === 0) break;
    }
    const { nowMs } = this;
    await this.#changeAll((state) => lapseOldPayments(state, nowMs));
    return 'ok';
  }

  async #changeAll(change: (state: PurseState) => PurseState): Promise<void> {
    for (const state of this.shelf.all()) {
      if (change(state) === state) continue;
      await this.shelf.change<null, never>(state.purseId, (now) => ok({ state: change(now), value: null }));
    }
  }

  async #call<R extends ClearingRoute>(
    route: R,
    { body, query = '' }: { readonly body?: RouteBody<R>; readonly query?: string },
  ): Promise<Result<RouteAnswer<R>, { code: string }>> {
    const { method, path, status, answer } = clearingRoutes[route];
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const bytes = body === undefined ? null : utf8(JSON.stringify(body));
    const heard = await this.#exchange(method === 'GET' ? 'GET' : 'POST', path + query, headers, bytes);
    if (heard === null) return refused({ code: 'clearing-unreachable' });
    const json = parseJson(heard.body);
    if (heard.status !== status) {
      const code =
        typeof json === 'object' && json !== null && 'code' in json ? String(json.code) : 'unknown';
      return refused({ code });
    }
    const read = answer.safeParse(json);
    return read.success ? ok(read.data as RouteAnswer<R>) : refused({ code: 'clearing-answer-invalid' });
  }

  /** Null when nothing came back. A killed app never hears. */
  async #exchange(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array<ArrayBuffer> | null,
  ): Promise<{ status: number; body: Uint8Array } | null> {
    const process = this.#process;
    const all = this.#cookie === null ? headers : { ...headers, cookie: this.#cookie };
    const request = { method, url: ORIGIN + path, headers: all, body, timeoutMs: TIMEOUT_MS };
    const answer = await this.#world.network.exchange(this.line, request).catch(() => null);
    if (process !== this.#process) return never();
    const cookie = answer?.header('set-cookie')?.split(';')[0];
    if (cookie !== undefined) this.#cookie = cookie;
    return answer;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
