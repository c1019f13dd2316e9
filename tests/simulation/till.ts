/**
 * A terminal of the simulated world: the real engine on real SQLite files, with the world's clock, randomness,
 * timers and network. Killing it leaves the files as the operating system has them at that moment.
 */
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';
import type { Network as EngineNetwork, EnginePorts, HttpAnswer } from '../../electron/engine/ports.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import type {
  AcceptAnswer,
  CallParams,
  CallResult,
  PaymentRow,
  TerminalCall,
  TerminalState,
} from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import type { Result } from '../../shared/result.ts';
import { Line, type Network } from './network.ts';
import type { Random } from './random.ts';
import { type Timeline, turn } from './timeline.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const PIN = '135790';
const CASHIER = 'Kim';
/** A page of SQLite and its header in the write-ahead log. */
const WAL_FRAME_BYTES = 24 + 4096;

export interface TillWorld {
  readonly timeline: Timeline;
  readonly network: Network;
  /** Where its files lie. */
  readonly folder: string;
  readonly paymentChanged: (till: Till, row: PaymentRow) => void;
  /** The engine wrote to its log, which it does for bugs only. */
  readonly complained: (till: Till, line: string) => void;
  /** A planted mistake: its queue's timers do nothing once it is open. */
  readonly isDeaf: boolean;
}

interface Stream {
  readonly fetch: () => void;
  readonly end: () => void;
}

export class Till {
  readonly name: string;
  readonly currency: CurrencyCode;
  readonly line: Line;
  /** This machine's clock less true time. */
  clockOffsetMs = 0;
  terminalId = '';
  readonly #world: TillWorld;
  readonly #random: Random;
  #engine: Engine | undefined;
  /** Of the process that runs now; what an earlier one started has no effect any more. */
  #process = 0;
  /** No engine has run in the folder of this process yet. */
  #isUnused = true;
  #stream: Stream | undefined;
  #isSyncing = false;
  /** Answers that the process waits for. */
  #awaited = 0;

  constructor(world: TillWorld, name: string, currency: CurrencyCode, random: Random) {
    this.#world = world;
    this.#random = random;
    this.name = name;
    this.currency = currency;
    this.line = new Line(name, random.fork('line'));
  }

  get isRunning(): boolean {
    return this.#engine !== undefined;
  }

  /** Where the running process has its files. */
  get folder(): string {
    return join(this.#world.folder, `${this.name}-${this.#process}`);
  }

  /** Its queue is at work and waits for no answer: it computes (a batch is compressed on another thread). */
  get isComputing(): boolean {
    return this.#engine !== undefined && this.#isSyncing && this.#awaited === 0;
  }

  get nowMs(): number {
    return this.#world.timeline.nowMs + this.clockOffsetMs;
  }

  #ports(process: number): EnginePorts {
    const { timeline, network } = this.#world;
    const isAlive = (): boolean => process === this.#process;
    const random = this.#random.fork(`process ${process}`);
    const exchange = (request: Parameters<EngineNetwork['exchange']>[0]): Promise<HttpAnswer> =>
      new Promise((resolve, reject) => {
        // a payment that is asked for is not the queue's
        const weight = request.url.endsWith(clearingStreams.authorisations.path) ? 0 : 1;
        this.#awaited += weight;
        const heard = (hear: () => void): void => {
          if (!isAlive()) return;
          this.#awaited -= weight;
          hear();
        };
        network.exchange(this.line, request).then(
          (answer) => heard(() => resolve(answer)),
          (error: Error) => heard(() => reject(error)),
        );
      });
    return {
      clock: { nowMs: () => this.nowMs, monotonicMs: () => timeline.nowMs },
      randomBytes: random.bytes,
      timers: {
        after: (delayMs, callback) =>
          timeline.after(delayMs, () => {
            if (isAlive() && !(this.#world.isDeaf && delayMs > 0)) callback();
          }),
        jitter: () => random.next(),
      },
      network: {
        exchange,
        canConnect: async () => (await network.canConnect(this.line)) && isAlive(),
        events: (_request, onEvent, onEnd) => {
          const stream = { fetch: () => onEvent('fetch'), end: onEnd };
          this.#stream = stream;
          return () => {
            if (this.#stream === stream) this.#stream = undefined;
          };
        },
      },
      disk: { freeBytes: () => undefined },
      log: (line) => this.#world.complained(this, line),
    };
  }

  /** A process on the files that the last one left; the first time on none. */
  async open(): Promise<void> {
    if (!this.#isUnused) this.#takeOver();
    this.#isUnused = false;
    this.#isSyncing = false;
    this.#awaited = 0;
    this.#engine = await Engine.open({
      dataFolder: this.folder,
      migrationsFolder: MIGRATIONS,
      sealing: { kind: 'keychain', key: new Uint8Array(32).fill(7) },
      ports: this.#ports(this.#process),
      onEvent: (event, payload) => {
        if (event === 'payments.changed') this.#world.paymentChanged(this, payload as PaymentRow);
        else this.#noteState(payload as TerminalState);
      },
    });
  }

  #noteState({ phase, sync }: TerminalState): void {
    this.#isSyncing = sync.isRunning && phase !== 'stopped';
  }

  async enrol(code: string): Promise<void> {
    const params = { code, passphrase: null, cashierName: CASHIER, cashierPin: PIN };
    const enrolled = await this.call('enrolment.enrol', params);
    if (!enrolled.ok) throw new Error(`${this.name} was not enrolled: ${enrolled.refusal.code}`);
    const state = await this.call('state.get', {});
    this.terminalId = state.ok ? (state.value.terminal?.terminalId ?? '') : '';
  }

  async signIn(): Promise<void> {
    const cashiers = await this.call('people.list', {});
    const personId = cashiers.ok ? (cashiers.value[0]?.personId ?? '') : '';
    const signedIn = await this.call('people.signIn', { personId, pin: PIN });
    if (!signedIn.ok) throw new Error(`nobody signed in at ${this.name}: ${signedIn.refusal.code}`);
  }

  async call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<Result<CallResult<C>>> {
    if (this.#engine === undefined) return { ok: false, refusal: { code: 'engine-stopped' } };
    return (await this.#engine.call(name, params)) as Result<CallResult<C>>;
  }

  /** Undefined when the process was killed meanwhile: then nobody answers. */
  accept(amountMinor: bigint, scan: string): Promise<Result<AcceptAnswer> | undefined> {
    const process = this.#process;
    const answered = this.call('payments.accept', {
      amount: { minor: amountMinor.toString(), currency: this.currency },
      scan,
    });
    return this.#world.timeline.during(answered, () => this.#process !== process);
  }

  /** All rows, the newest first. */
  async rows(): Promise<readonly PaymentRow[]> {
    const rows: PaymentRow[] = [];
    for (;;) {
      const last = rows.at(-1);
      const before = last === undefined ? null : { epoch: last.epoch, journalSeq: last.journalSeq };
      const page = await this.call('payments.list', { before, limit: 200 });
      if (!page.ok) throw new Error(`${this.name} lists no payments: ${page.refusal.code}`);
      rows.push(...page.value.rows);
      if (!page.value.hasMore) return rows;
    }
  }

  /** Where the chain breaks, or null. */
  brokenAt(): string | null {
    const checked = this.#engine?.verifyJournal();
    return checked?.ok === true ? checked.value.brokenAt : 'unknown';
  }

  /** The clearing house says that there is something to fetch. */
  hear(): void {
    this.#stream?.fetch();
  }

  /** The line of the event stream breaks. */
  loseStream(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.end();
  }

  /** In order, as at the end of a day. What is on its way still comes back to it. */
  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
  }

  /**
   * SIGKILL or the plug: nothing of the process runs on, its files are what was written.
   *
   * @param torn whether half a page of a transaction that never ended is on disk too
   * @param instead files of an earlier moment (a planted mistake)
   * @returns whether there was a page to tear
   */
  async kill(torn: boolean, instead: string | null = null): Promise<boolean> {
    const left = this.folder;
    const old = this.#engine;
    this.#process += 1;
    this.#isUnused = true;
    this.#engine = undefined;
    this.#stream = undefined;
    mkdirSync(this.folder, { recursive: true });
    copyFiles(instead ?? left, this.folder);
    const isTorn = torn && tear(join(this.folder, 'terminal.db-wal'), this.#random);
    old?.close();
    await turn();
    rmSync(left, { recursive: true, force: true });
    return isTorn;
  }

  /** A folder of its own for each process, so that what an ended one still holds open is not in the way. */
  #takeOver(): void {
    const left = this.folder;
    this.#process += 1;
    cpSync(left, this.folder, { recursive: true });
    rmSync(left, { recursive: true, force: true });
  }
}

/** The database's files, beside each other as they are. */
export function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (!name.endsWith('-shm')) cpSync(join(from, name), join(to, name));
}

/** A frame that was being written: its header is there, its page is not whole. */
function tear(log: string, random: Random): boolean {
  if (!existsSync(log)) return false;
  const bytes = readFileSync(log);
  if (bytes.length < WAL_FRAME_BYTES) return false;
  const frame = Buffer.from(bytes.subarray(bytes.length - WAL_FRAME_BYTES));
  appendFileSync(log, frame.subarray(0, random.integer(1, WAL_FRAME_BYTES - 1)));
  return true;
}
