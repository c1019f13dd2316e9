/**
 * A real engine against the test clearing house: enrolled by a code, on files of its own, with clocks that the test
 * moves. It syncs when it is told to and not by itself; the line can be cut, watched, and lied on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import type { EnginePorts, HttpAnswer, HttpRequest } from '../../electron/engine/ports.ts';
import type { CallParams, CallResult, TerminalCall, TerminalState } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import type { TestClearing } from './clearing.ts';
import { MIGRATIONS, PIN, SEALING } from './enrolled-terminal.ts';

/** What the line does with a request: undefined lets it through. */
export type Liar = (request: HttpRequest, ask: () => Promise<HttpAnswer>) => Promise<HttpAnswer> | undefined;

async function newMerchant(clearing: TestClearing): Promise<string> {
  const body = { displayName: 'Corner shop', currency: 'EUR' };
  return (await clearing.call('createMerchant', { body, operator: true })).body.merchantId;
}

export class SyncedTerminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'fieldtill-synced-'));
  readonly clock: { nowMs: number; monotonicMs: number };
  /** Method and path with query of each request that went out, in order. */
  readonly requests: string[] = [];
  merchantId = '';
  isCut = false;
  liar: Liar = () => undefined;
  #engine: Engine | undefined;

  private constructor(nowMs: number) {
    this.clock = { nowMs, monotonicMs: 0 };
  }

  /** @param shop another terminal of it; without one, a new shop's */
  static async enrol(clearing: TestClearing, shop?: SyncedTerminal): Promise<SyncedTerminal> {
    const terminal = new SyncedTerminal(clearing.clock.nowMs);
    await terminal.open();
    terminal.merchantId = shop?.merchantId ?? (await newMerchant(clearing));
    const { merchantId } = terminal;
    const made = await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true });
    const { code } = made.body;
    const enrolled = await terminal.call('enrolment.enrol', {
      code,
      passphrase: null,
      cashierName: 'Desk',
      cashierPin: PIN,
    });
    if (!enrolled.ok) throw new Error(enrolled.refusal.code);
    await terminal.signIn();
    return terminal;
  }

  #ports(): EnginePorts {
    const real = nodePorts(() => undefined);
    const exchange = (request: HttpRequest): Promise<HttpAnswer> => {
      const url = new URL(request.url);
      this.requests.push(`${request.method} ${url.pathname}${url.search}`);
      if (this.isCut) return Promise.reject(new Error('no network'));
      const ask = () => real.network.exchange(request);
      return this.liar(request, ask) ?? ask();
    };
    return {
      ...real,
      clock: { nowMs: () => this.clock.nowMs, monotonicMs: () => this.clock.monotonicMs },
      timers: { after: () => () => undefined, jitter: () => 0 },
      network: {
        exchange,
        canConnect: () => Promise.resolve(!this.isCut),
        events: () => () => undefined,
      },
    };
  }

  async open(): Promise<void> {
    this.#engine = await Engine.open({
      dataFolder: this.folder,
      migrationsFolder: MIGRATIONS,
      sealing: SEALING,
      ports: this.#ports(),
      onEvent: () => undefined,
    });
  }

  /**
   * Closes and opens the same folder in a new process, whose monotonic clock begins anew.
   *
   * @param meanwhile what happens to the folder while nobody works in it
   */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    this.#engine?.close();
    meanwhile();
    this.clock.monotonicMs = 0;
    await this.open();
    await this.signIn();
  }

  async signIn(): Promise<void> {
    const people = await this.call('people.list', {});
    const personId = people.ok ? (people.value[0]?.personId ?? '') : '';
    const signedIn = await this.call('people.signIn', { personId, pin: PIN });
    if (!signedIn.ok) throw new Error(signedIn.refusal.code);
  }

  async call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<Result<CallResult<C>>> {
    if (this.#engine === undefined) throw new Error('closed');
    return (await this.#engine.call(name, params)) as Result<CallResult<C>>;
  }

  async state(): Promise<TerminalState> {
    const state = await this.call('state.get', {});
    if (!state.ok) throw new Error(state.refusal.code);
    return state.value;
  }

  /** Syncs now. @returns the refusal that ended it, or "online" */
  async sync(): Promise<string> {
    const synced = await this.call('sync.now', {});
    if (!synced.ok) throw new Error(synced.refusal.code);
    return synced.value.lastProblem?.code ?? synced.value.reachability;
  }

  /** Tables that are not what their journal says, and whether its chain is whole. */
  async faults(): Promise<readonly string[]> {
    const rebuilt = await this.#engine?.rebuildViews(false);
    const verified = this.#engine?.verifyJournal();
    if (rebuilt?.ok !== true || verified?.ok !== true) return ['not looked at'];
    const differing = rebuilt.value.tables.flatMap((one) => (one.differing > 0 ? [one.table] : []));
    return verified.value.brokenAt === null ? differing : [...differing, verified.value.brokenAt];
  }

  async accept(scan: string, minor = '100'): Promise<string> {
    const answer = await this.call('payments.accept', { amount: { minor, currency: 'EUR' }, scan });
    if (!answer.ok) return answer.refusal.code;
    return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
  }

  /** Moves both clocks. */
  pass(ms: number): void {
    this.clock.nowMs += ms;
    this.clock.monotonicMs += ms;
  }

  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
