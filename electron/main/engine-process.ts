/**
 * The engine's life: started, asked, watched, started again. A call that was under way when the engine ended
 * answers `engine-stopped`; it is never sent twice, because it may have taken effect.
 */
import { type FromEngine, fromEngine, type ToEngine } from '../../shared/contract/engine-port.ts';
import { refusalFromWire } from '../../shared/contract/refusal-wire.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { EngineHost, EngineHostEvents } from './engine-host.ts';
import { logInfo, logWarning } from './log.ts';

export type EngineAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

export interface EngineProcessOptions {
  start(events: EngineHostEvents): EngineHost;
  /** The first message of each start. */
  readonly startMessage: Extract<ToEngine, { type: 'start' }>;
  onReady(): void;
  onEvent(event: string, payload: unknown): void;
  /** The engine ended by itself; it is started again. */
  onEnded(): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** An engine that lived this long was sound: its next end starts the pauses anew. */
const SOUND_AFTER_MS = 10_000;
const PING_EVERY_MS = 5_000;
/** Four in a row: a laptop that slept misses one, a disk that stalls a second misses none. */
const SILENT_AFTER_PINGS = 4;
const STOP_TIMEOUT_MS = 5_000;
/** More calls under way than a window ever has: a flood is refused, not stored. */
const MAX_CALLS = 256;

const STOPPED: EngineAnswer = { ok: false, refusal: { code: 'engine-stopped' } };

export class EngineProcess {
  readonly #options: EngineProcessOptions;
  readonly #calls = new Map<number, (answer: EngineAnswer) => void>();
  #host: EngineHost | null = null;
  #isReady = false;
  #isStopping = false;
  #lastCall = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAtMs = 0;
  #unansweredPings = 0;
  #pingTimer: NodeJS.Timeout | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #onStopped: (() => void) | undefined;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  start(): void {
    this.#startedAtMs = performance.now();
    const host: EngineHost = this.#options.start({
      onMessage: (message) => this.#receive(message),
      onExit: (reason) => this.#ended(reason),
    });
    this.#host = host;
    host.post(this.#options.startMessage);
    logInfo('engine-started', { pid: host.pid ?? null });
    this.#unansweredPings = 0;
    this.#pingTimer = setInterval(() => this.#ping(host), PING_EVERY_MS);
  }

  /** @param params were checked against the contract */
  call(name: string, params: unknown): Promise<EngineAnswer> {
    const host = this.#host;
    if (host === null || !this.#isReady || this.#calls.size >= MAX_CALLS) return Promise.resolve(STOPPED);
    const id = ++this.#lastCall;
    return new Promise((settle) => {
      this.#calls.set(id, settle);
      host.post({ type: 'call', id, call: name, params });
    });
  }

  /** Lets it close its store; kills it when it does not within five seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    const host = this.#host;
    if (host === null) return;
    await new Promise<void>((settle) => {
      const timer = setTimeout(() => {
        host.kill();
        settle();
      }, STOP_TIMEOUT_MS);
      this.#onStopped = () => {
        clearTimeout(timer);
        settle();
      };
      host.post({ type: 'stop' });
    });
  }

  #ping(host: EngineHost): void {
    if (this.#unansweredPings >= SILENT_AFTER_PINGS) {
      logWarning('engine-silent', { pings: this.#unansweredPings });
      host.kill();
      return;
    }
    this.#unansweredPings++;
    host.post({ type: 'ping' });
  }

  #receive(raw: unknown): void {
    const parsed = fromEngine.safeParse(raw);
    if (!parsed.success) {
      logWarning('engine-message-refused');
      return;
    }
    const message: FromEngine = parsed.data;
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        logInfo('engine-ready', { afterMs: Math.round(performance.now() - this.#startedAtMs) });
        this.#options.onReady();
        return;
      case 'pong':
        this.#unansweredPings = 0;
        return;
      case 'reply':
        this.#settle(message.id, { ok: true, value: message.value });
        return;
      case 'refusal':
        this.#settle(message.id, { ok: false, refusal: refusalFromWire(message.refusal) });
        return;
      case 'event':
        this.#options.onEvent(message.event, message.payload);
        return;
      case 'stopped':
        // Its store is closed. The process may take its time to end.
        this.#onStopped?.();
        return;
    }
  }

  #settle(id: number, answer: EngineAnswer): void {
    this.#calls.get(id)?.(answer);
    this.#calls.delete(id);
  }

  #ended(reason: string): void {
    clearInterval(this.#pingTimer);
    this.#host = null;
    this.#isReady = false;
    for (const settle of this.#calls.values()) settle(STOPPED);
    this.#calls.clear();
    if (this.#isStopping) {
      this.#onStopped?.();
      return;
    }
    logWarning('engine-ended', { reason });
    if (performance.now() - this.#startedAtMs >= SOUND_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#restartTimer = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    this.#options.onEnded();
  }
}
