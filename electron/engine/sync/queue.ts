/**
 * The background queue: sends what is not acknowledged, takes in outcomes and newer trust, listens for
 * "fetch now". It runs by itself; a sale only wakes it. The outbox is the journal read by position, not a
 * second truth, so nothing can be in one and not in the other.
 */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { MAX_BATCH_ENTRIES } from '../../../shared/protocol/journal-batch.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { watchClock } from '../clock/watch.ts';
import { positionOf, type StoredEntry } from '../db/journal.ts';
import type { Line } from '../line.ts';
import type { Session } from '../session.ts';
import { isOurHead } from '../views/sync.ts';
import { applyAcknowledgement } from './apply-acknowledgement.ts';
import { askTime } from './ask-time.ts';
import { backoffMs } from './backoff.ts';
import { learnHeld } from './learn-held.ts';
import { batchAfter, hasNews, signedBatch } from './next-batch.ts';
import { openForkedEpoch } from './open-forked-epoch.ts';
import { refreshTrust } from './refresh-trust.ts';
import { sendProofs } from './send-proofs.ts';
import { DONE, type Step, stopped } from './step.ts';
import { Transport } from './transport.ts';

/** While nothing happens, so that "online" stays a fact and not a memory. */
const IDLE_POLL_MS = 60_000;
/** While nothing answers: how often to look whether a connection opens again, which sends nothing. */
const LINE_LOOK_MS = 5000;
/** Terminals that see the line come back at one moment do not all ask at that moment. */
const LINE_BACK_SPREAD_MS = 5000;
/** A bundle is asked for at least this often, and whenever the clearing house says so. */
const TRUST_POLL_MS = 15 * 60_000;

export interface QueueState {
  readonly reachability: 'unknown' | 'online' | 'offline';
  readonly isRunning: boolean;
  readonly nextTryAtMs: number | null;
  readonly tries: number;
  readonly lastProblem: Refusal | null;
}

export interface QueueListener {
  readonly onState: () => void;
  readonly onPayment: (row: PaymentRow) => void;
  /** The store failed: nothing more may be taken. */
  readonly onStorageFailure: (refusal: Refusal) => void;
  /** A bug: the queue has stopped, and the terminal must. */
  readonly onBug: (error: unknown) => void;
}

export class SyncQueue implements Line {
  readonly #session: Session;
  readonly #transport: Transport;
  readonly #listener: QueueListener;
  #state: QueueState;
  #running: Promise<void> | undefined;
  #wanted = false;
  #cancelTimer: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #closeStream: (() => void) | undefined;
  #lastTrustMs = Number.NEGATIVE_INFINITY;
  #batchEntries = MAX_BATCH_ENTRIES;
  #isClosed = false;
  /** One new epoch a round is enough; a second one would chase something else. */
  #hasForked = false;

  constructor(session: Session, listener: QueueListener) {
    this.#session = session;
    this.#transport = new Transport(session);
    this.#listener = listener;
    this.#state = {
      reachability: 'unknown',
      isRunning: false,
      nextTryAtMs: null,
      // tries survive a restart: a terminal that comes back does not begin to hammer
      tries: Number(session.store.settings.integer('sync-tries', 0n)),
      lastProblem: null,
    };
  }

  get state(): QueueState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state.reachability === 'online' && !this.#isClosed;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A payment waited in vain. Whether the line is dead, a round finds out; payments wait for it no more. */
  readonly lost = (): void => {
    if (!this.isUp) return;
    this.#set({ reachability: 'offline', lastProblem: { code: 'clearing-unreachable' } });
    this.wake();
  };

  /** From the first second on, by itself. */
  start(): void {
    this.wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelLook?.();
    this.#closeStream?.();
    this.#state = { ...this.#state, isRunning: false, nextTryAtMs: null };
  }

  /** Something new to send. While a wait after a failure runs, it is left to run. */
  wake(): void {
    if (this.#state.nextTryAtMs !== null && this.#state.tries > 0) return;
    void this.#run();
  }

  /** By a person's wish: at once, and with a fresh backoff. */
  async now(): Promise<void> {
    this.#setTries(0);
    this.#lastTrustMs = Number.NEGATIVE_INFINITY;
    await this.#run();
  }

  #set(change: Partial<QueueState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener.onState();
  }

  #setTries(tries: number): void {
    if (tries === this.#state.tries) return;
    this.#state = { ...this.#state, tries };
    const written = this.#session.store.write(() =>
      this.#session.store.settings.setInteger('sync-tries', BigInt(tries)),
    );
    if (!written.ok) this.#listener.onStorageFailure(written.refusal);
  }

  async #run(): Promise<void> {
    if (this.#isClosed) return;
    this.#wanted = true;
    this.#running ??= this.#rounds()
      .catch((error: unknown) => {
        this.close();
        this.#listener.onBug(error);
      })
      .finally(() => {
        this.#running = undefined;
      });
    await this.#running;
  }

  async #rounds(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelLook?.();
    this.#set({ isRunning: true, nextTryAtMs: null });
    let step: Step = DONE;
    while (this.#wanted && step.ok && !this.#isClosed) {
      this.#wanted = false;
      step = await this.#round();
    }
    if (this.#isClosed) return;
    this.#finish(step);
  }

  #finish(step: Step): void {
    const { clock, timers } = this.#session.ports;
    if (step.ok) {
      this.#setTries(0);
      this.#wait(IDLE_POLL_MS, { reachability: 'online', lastProblem: null });
      this.#listen();
      return;
    }
    const tries = this.#state.tries + 1;
    this.#setTries(tries);
    const delayMs = Math.max(step.retryAfterMs ?? 0, backoffMs(tries, timers.jitter()));
    const reachability = step.refusal.code === 'clearing-unreachable' ? 'offline' : this.#state.reachability;
    this.#wait(delayMs, {
      reachability: reachability === 'online' ? 'offline' : reachability,
      lastProblem: step.refusal,
      nextTryAtMs: clock.nowMs() + delayMs,
    });
    if (step.refusal.code === 'clearing-unreachable') this.#lookForLine();
  }

  /** The wait may be minutes; a line that is back is worth one prompt try. */
  #lookForLine(): void {
    const { timers, network } = this.#session.ports;
    this.#cancelLook = timers.after(LINE_LOOK_MS, () => {
      void network.canConnect(this.#session.enrolment.clearingOrigin).then((isBack) => {
        if (this.#isClosed || this.#state.isRunning || this.#state.nextTryAtMs === null) return;
        if (!isBack) return this.#lookForLine();
        this.#cancelLook = timers.after(timers.jitter() * LINE_BACK_SPREAD_MS, () => void this.#run());
      });
    });
  }

  #wait(delayMs: number, change: Partial<QueueState>): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#session.ports.timers.after(delayMs, () => void this.#run());
    this.#set({ isRunning: false, ...change });
  }

  /** Trust first, for all else is believed by it; then the time, then proofs, which are urgent; then the journal. */
  async #round(): Promise<Step> {
    this.#hasForked = false;
    const session = this.#session;
    const isClosed = (): boolean => this.#isClosed;
    const watched = watchClock(session);
    if (!watched.ok) return this.#storage(stopped(watched.refusal));
    const steps: readonly (() => Promise<Step>)[] = [
      () => this.#refreshTrust(),
      () => askTime(session, this.#transport, isClosed),
      () => sendProofs(session, this.#transport, isClosed),
      () => this.#sendAll(),
      // before outcomes: those of payments that are learnt here come among them
      () => this.#learn(isClosed),
      () => this.#fetchOutcomes(),
    ];
    for (const step of steps) {
      const done = await step();
      if (this.#isClosed) return DONE;
      if (!done.ok) return this.#doubting(this.#storage(done));
    }
    return DONE;
  }

  #storage(step: Step): Step {
    if (!step.ok && step.refusal.code.startsWith('storage')) this.#listener.onStorageFailure(step.refusal);
    return step;
  }

  /** What a refusal makes doubtful is asked for anew in the next round. */
  #doubting(step: Step): Step {
    if (step.ok) return step;
    if (step.refusal.code === 'clock-off-from-server') this.#session.timekeeper.doubt();
    // by a key that we do not know yet, perhaps: a new one is in a new bundle
    if (step.refusal.code === 'clearing-answer-invalid') this.#lastTrustMs = Number.NEGATIVE_INFINITY;
    return step;
  }

  async #learn(isClosed: () => boolean): Promise<Step> {
    const learnt = await learnHeld(this.#session, this.#transport, isClosed);
    return learnt.ok ? DONE : stopped(learnt.refusal.refusal, learnt.refusal.retryAfterMs);
  }

  async #refreshTrust(): Promise<Step> {
    const session = this.#session;
    const monotonicMs = session.ports.clock.monotonicMs();
    if (session.trust !== undefined && monotonicMs - this.#lastTrustMs < TRUST_POLL_MS) return DONE;
    const before = session.trust;
    const step = await refreshTrust(session, this.#transport, () => this.#isClosed);
    if (step.ok && !this.#isClosed) this.#lastTrustMs = monotonicMs;
    if (session.trust !== before) this.#listener.onState();
    return step;
  }

  #nextBatch(): readonly StoredEntry[] {
    const { store } = this.#session;
    return batchAfter(store, store.settings.integer('acknowledged-position', 0n), this.#batchEntries);
  }

  async #sendAll(): Promise<Step> {
    const { store, ports } = this.#session;
    for (let batch = this.#nextBatch(); hasNews(store, batch); batch = this.#nextBatch()) {
      const last = batch.at(-1);
      if (last === undefined || this.#isClosed) return DONE;
      const { bytes, head } = signedBatch(this.#session, batch);
      const answer = await this.#transport.sendJournal(bytes);
      if (this.#isClosed) return DONE;
      if (!answer.ok) {
        const { refusal } = answer.refusal;
        if (refusal.code === 'journal-forked') {
          const step = await this.#resolveFork(refusal.detail.lastSeq);
          if (!step.ok || this.#isClosed) return step;
          continue;
        }
        const step = this.#refusedBatch(answer.refusal.refusal, answer.refusal.retryAfterMs, head.epoch);
        if (!step.ok) return step;
        continue;
      }
      const applied = applyAcknowledgement(store, answer.value.ack, answer.value.bytes, ports.clock.nowMs());
      const step = this.#applied(applied);
      if (!step.ok) return step;
      if (store.settings.integer('acknowledged-position', 0n) < last.position) {
        return stopped({ code: 'clearing-answer-invalid' }); // it answered, and holds less than we sent
      }
      this.#batchEntries = Math.min(MAX_BATCH_ENTRIES, this.#batchEntries * 2);
    }
    return DONE;
  }

  /** What a refused batch leads to: DONE to go on at once with another, else the step that ends the round. */
  #refusedBatch(refusal: Refusal, retryAfterMs: number | null, epoch: number): Step {
    const { store } = this.#session;
    if (refusal.code === 'too-large' && this.#batchEntries > 1) {
      this.#batchEntries = Math.max(1, Math.floor(this.#batchEntries / 2));
      return DONE;
    }
    if (refusal.code === 'journal-gap') {
      // the clearing house asks for entries before these; it cannot ask for ones that it never had
      const from = positionOf(epoch, refusal.detail.expectedSeq - 1);
      const acknowledged = store.settings.integer('acknowledged-position', 0n);
      if (refusal.detail.expectedSeq >= 1 && from < acknowledged) {
        const written = store.write(() => store.settings.setInteger('acknowledged-position', from));
        return written.ok ? DONE : stopped(written.refusal);
      }
    }
    return stopped(refusal, retryAfterMs);
  }

  /** An unsigned word is no reason to leave an epoch: only a signed head that is not ours proves the fork. */
  async #resolveFork(lastCommonSeq: number): Promise<Step> {
    const { store } = this.#session;
    const answer = await this.#transport.fetchOutcomes(store.progress.read().outcomeNumber);
    if (this.#isClosed) return DONE;
    if (!answer.ok) return stopped(answer.refusal.refusal, answer.refusal.retryAfterMs);
    const { ack } = answer.value;
    if (this.#hasForked || isOurHead(store, ack)) {
      return stopped({ code: 'journal-forked', detail: { lastSeq: lastCommonSeq } });
    }
    return this.#leaveFork(ack.epoch, lastCommonSeq);
  }

  #leaveFork(heldEpoch: number, lastCommonSeq: number): Step {
    this.#hasForked = true;
    const opened = openForkedEpoch(this.#session, heldEpoch, lastCommonSeq);
    if (opened.ok) return DONE;
    this.#listener.onStorageFailure(opened.refusal);
    return stopped(opened.refusal);
  }

  #applied(applied: ReturnType<typeof applyAcknowledgement>): Step {
    if (!applied.ok) {
      if (applied.refusal.code.startsWith('storage')) this.#listener.onStorageFailure(applied.refusal);
      return stopped(applied.refusal);
    }
    for (const row of applied.value.changed) this.#listener.onPayment(row);
    return DONE;
  }

  /** Also the proof that the clearing house is there: its answer is signed even when there is nothing new. */
  async #fetchOutcomes(): Promise<Step> {
    const { store, ports } = this.#session;
    for (;;) {
      const after = store.progress.read().outcomeNumber;
      const answer = await this.#transport.fetchOutcomes(after);
      if (this.#isClosed) return DONE;
      if (!answer.ok) return stopped(answer.refusal.refusal, answer.refusal.retryAfterMs);
      const { ack, bytes } = answer.value;
      const applied = applyAcknowledgement(store, ack, bytes, ports.clock.nowMs());
      if (!applied.ok && applied.refusal.code === 'journal-forked' && !this.#hasForked) {
        // nothing of ours was refused yet, but whatever we write next would be
        this.#wanted = true;
        return this.#leaveFork(ack.epoch, applied.refusal.detail.lastSeq);
      }
      const step = this.#applied(applied);
      if (!step.ok) return step;
      if (store.progress.read().outcomeNumber === after) return DONE;
    }
  }

  #listen(): void {
    if (this.#closeStream !== undefined || this.#isClosed) return;
    const onFetch = (): void => {
      this.#lastTrustMs = Number.NEGATIVE_INFINITY;
      void this.#run();
    };
    const onEnd = (): void => {
      this.#closeStream = undefined;
      // the line broke: look at once whether the clearing house is still there
      if (!this.#isClosed && this.#state.tries === 0) void this.#run();
    };
    this.#closeStream = this.#transport.listen(onFetch, onEnd);
  }
}
