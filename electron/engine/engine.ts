/**
 * The terminal's engine: takes the contract's calls, keeps the state, tells what changed. The same object
 * serves the window's process, the headless terminal, tests and the simulation. A bug or a failing disk
 * stops it: it then takes no payment and keeps the journal as it is.
 */
import { InvariantViolation } from '../../shared/assert.ts';
import {
  type CallParams,
  type CallResult,
  type EventPayload,
  isTerminalCall,
  type PaymentRow,
  type SyncState,
  type TerminalCall,
  type TerminalEvent,
  type TerminalState,
  terminalCalls,
} from '../../shared/contract/terminal.ts';
import { currencyOf } from '../../shared/iso-4217.ts';
import { fromWire, money, toWire } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { acceptPayment } from './accept-payment.ts';
import { signIn } from './cashiers.ts';
import type { Cashier } from './db/cashiers.ts';
import { epochOf, positionOf, seqOf } from './db/journal.ts';
import { openStore, type Store } from './db/store.ts';
import { enrol } from './enrol.ts';
import { cancelInvoice, issueInvoice } from './issue-invoice.ts';
import { issueReceipt } from './issue-receipt.ts';
import { openKeys, type TerminalKeys } from './keys.ts';
import type { EnginePorts, Sealing } from './ports.ts';
import { type Session, terminalClock } from './session.ts';
import { SyncQueue } from './sync/queue.ts';
import { readEnrolment, readTrust } from './trust.ts';

export interface EngineOptions {
  readonly dataFolder: string;
  readonly migrationsFolder: string;
  readonly sealing: Sealing;
  readonly ports: EnginePorts;
  readonly onEvent: <E extends TerminalEvent>(event: E, payload: EventPayload<E>) => void;
}

type Handlers = {
  readonly [C in TerminalCall]: (
    params: CallParams<C>,
  ) => Result<CallResult<C>> | Promise<Result<CallResult<C>>>;
};

/** Larger than any position: the newest rows. */
const NEWEST = 2n ** 62n;

export class Engine {
  readonly #options: EngineOptions;
  #store: Store | undefined;
  #session: Session | undefined;
  #queue: SyncQueue | undefined;
  #cashier: Cashier | undefined;
  #stopped: Refusal | undefined;
  readonly #handlers: Handlers;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#handlers = this.#makeHandlers();
  }

  /** Opens the folder. A folder that cannot be used gives an engine that is stopped and says why. */
  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const store = await openStore(options.dataFolder, options.migrationsFolder);
    if (!store.ok) {
      engine.#stopped = store.refusal;
      return engine;
    }
    engine.#store = store.value;
    if (readEnrolment(store.value) !== undefined && options.sealing.kind === 'keychain') {
      const keys = await openKeys(store.value, options.sealing, null);
      if (keys.ok) engine.#begin(keys.value);
      else engine.#stopped = keys.refusal;
    }
    return engine;
  }

  close(): void {
    this.#queue?.close();
    this.#store?.close();
    this.#store = undefined;
  }

  /** Recomputes the whole chain: how many entries, and where it first breaks ("epoch/seq"), if it does. */
  verifyJournal(): Result<{ entries: number; brokenAt: string | null }> {
    if (this.#store === undefined) return refused(this.#stopped ?? { code: 'engine-stopped' });
    const { journal } = this.#store;
    const brokenAt = journal.firstBreak();
    return ok({
      entries: journal.count(),
      brokenAt: brokenAt === undefined ? null : `${epochOf(brokenAt)}/${seqOf(brokenAt)}`,
    });
  }

  /** One call of the contract: name and parameters as they came, checked here. Never throws for an input. */
  async call(name: unknown, params: unknown): Promise<Result<unknown>> {
    if (!isTerminalCall(name)) return refused({ code: 'bad-request', detail: { field: 'call' } });
    const read = terminalCalls[name].params.safeParse(params);
    if (!read.success) {
      return refused({ code: 'bad-request', detail: { field: read.error.issues[0]?.path.join('.') ?? '' } });
    }
    if (this.#stopped !== undefined && name !== 'state.get') return refused(this.#stopped);
    try {
      const handler = this.#handlers[name] as (params: unknown) => Promise<Result<unknown>>;
      const result = await handler(read.data);
      if (!result.ok && isStorageFailure(result.refusal)) this.#stop(result.refusal);
      return result;
    } catch (error) {
      this.#bug(name, error);
      if (error instanceof InvariantViolation) return refused({ code: 'engine-stopped' });
      throw error;
    }
  }

  /** A bug, wherever it shows: the terminal takes nothing more and keeps its journal as it is. */
  #bug(where: string, error: unknown): void {
    const told = error instanceof Error ? (error.stack ?? error.name) : 'unknown error';
    this.#options.ports.log(`${where}: ${told}`);
    this.#stop({ code: 'engine-stopped' });
  }

  #stop(refusal: Refusal): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = refusal;
    this.#queue?.close();
    this.#stateChanged();
  }

  #begin(keys: TerminalKeys): void {
    const { ports } = this.#options;
    const store = this.#store;
    const enrolment = store === undefined ? undefined : readEnrolment(store);
    if (store === undefined || enrolment === undefined) return;
    const trust = readTrust(store, enrolment);
    if (!trust.ok) {
      this.#stopped = trust.refusal;
      return;
    }
    this.#run({ store, ports, keys, enrolment, trust: trust.value });
  }

  #run(session: Session): void {
    this.#session = session;
    this.#queue = new SyncQueue(session, {
      onState: () => this.#stateChanged(),
      onPayment: (row) => this.#options.onEvent('payments.changed', row),
      onStorageFailure: (refusal) => this.#stop(refusal),
      onBug: (error) => this.#bug('sync', error),
    });
    this.#queue.start();
  }

  #stateChanged(): void {
    this.#options.onEvent('state.changed', this.#state());
  }

  #phase(): TerminalState['phase'] {
    if (this.#stopped !== undefined) return 'stopped';
    if (this.#session !== undefined) return this.#cashier === undefined ? 'signed-out' : 'ready';
    return this.#store !== undefined && readEnrolment(this.#store) !== undefined ? 'locked' : 'not-enrolled';
  }

  #state(): TerminalState {
    const session = this.#session;
    const enrolment =
      session?.enrolment ?? (this.#store === undefined ? undefined : readEnrolment(this.#store));
    const trust = session?.trust?.bundle;
    return {
      phase: this.#phase(),
      keyProtection: this.#options.sealing.kind,
      terminal:
        enrolment === undefined
          ? null
          : {
              terminalId: enrolment.certificate.terminalId,
              displayName: enrolment.certificate.displayName,
              currency: enrolment.certificate.currency,
              minorUnits: currencyOf(enrolment.certificate.currency).minorUnits,
              world: enrolment.world,
            },
      cashier:
        this.#cashier === undefined ? null : { cashierId: this.#cashier.cashierId, name: this.#cashier.name },
      trust:
        session === undefined || trust === undefined
          ? null
          : {
              version: trust.version,
              iatMs: trust.iatS * 1000,
              ageH: Math.max(0, Math.floor((terminalClock(session).effectiveMs / 1000 - trust.iatS) / 3600)),
            },
      sync: this.#syncState(),
      stopped: this.#stopped ?? null,
    };
  }

  #syncState(): SyncState {
    const queue = this.#queue?.state;
    const session = this.#session;
    const base = {
      reachability: queue?.reachability ?? 'unknown',
      isRunning: queue?.isRunning ?? false,
      nextTryAtMs: queue?.nextTryAtMs ?? null,
      tries: queue?.tries ?? 0,
      lastProblem: queue?.lastProblem ?? null,
    } as const;
    if (session === undefined) {
      return { ...base, unsentPayments: 0, unsentSum: null, exposure: null, lastContactAtMs: null };
    }
    const { currency } = session.enrolment.certificate;
    const unsent = session.store.tallies.read('unsent', currency);
    const exposure = session.store.tallies.read('exposure', currency);
    const limit = session.trust?.bundle.policy.currencies.find((limits) => limits.currency === currency);
    const lastContactMs = session.store.settings.integer('last-contact-ms', 0n);
    return {
      ...base,
      unsentPayments: unsent.count,
      unsentSum: toWire(money(unsent.sumMinor, currency)),
      exposure: {
        sum: toWire(money(exposure.sumMinor, currency)),
        limit: toWire(money(limit?.exposureAmount.upper ?? 0n, currency)),
      },
      lastContactAtMs: lastContactMs === 0n ? null : Number(lastContactMs),
    };
  }

  /** A session with somebody signed in, or why not. */
  #attended(): Result<{ session: Session; cashier: Cashier }> {
    if (this.#session === undefined) {
      return refused({ code: this.#phase() === 'locked' ? 'passphrase-needed' : 'not-enrolled' });
    }
    if (this.#cashier === undefined) return refused({ code: 'not-signed-in' });
    return ok({ session: this.#session, cashier: this.#cashier });
  }

  #wake(row?: PaymentRow): void {
    // after the answer: nobody waits at the till for what others are told
    this.#options.ports.timers.after(0, () => {
      if (this.#store === undefined) return;
      if (row !== undefined) this.#options.onEvent('payments.changed', row);
      this.#stateChanged();
      this.#queue?.wake();
    });
  }

  #makeHandlers(): Handlers {
    return {
      'state.get': () => ok(this.#state()),

      'keys.unlock': async ({ passphrase }) => {
        const { sealing } = this.#options;
        if (this.#phase() !== 'locked' || this.#store === undefined) return refused({ code: 'not-found' });
        const keys = await openKeys(this.#store, sealing, passphrase);
        if (!keys.ok) return keys;
        if (this.#session === undefined) this.#begin(keys.value);
        this.#stateChanged();
        return ok({});
      },

      'enrolment.enrol': async (request) => {
        const { ports, sealing } = this.#options;
        if (this.#store === undefined || this.#phase() !== 'not-enrolled')
          return refused({ code: 'already-enrolled' });
        const session = await enrol(this.#store, ports, sealing, request);
        if (!session.ok) return session;
        this.#run(session.value);
        this.#stateChanged();
        return ok({});
      },

      'cashiers.list': () =>
        ok((this.#store?.cashiers.list() ?? []).map(({ cashierId, name }) => ({ cashierId, name }))),

      'cashiers.signIn': async ({ cashierId, pin }) => {
        if (this.#session === undefined) return refused({ code: 'not-enrolled' });
        const signed = await signIn(this.#session.store, this.#options.ports, cashierId, pin);
        if (!signed.ok) return signed;
        this.#cashier = signed.value;
        this.#wake();
        return ok({});
      },

      'cashiers.signOut': () => {
        const attended = this.#attended();
        if (!attended.ok) return attended;
        const { session, cashier } = attended.value;
        const atMs = this.#options.ports.clock.nowMs();
        const written = session.store.write(() =>
          session.store.journal.append({
            kind: 'signed-out',
            atMs,
            actor: cashier.name,
            body: cashier.cashierId,
          }),
        );
        if (!written.ok) return written;
        this.#cashier = undefined;
        this.#wake();
        return ok({});
      },

      'payments.accept': ({ amount, scan }) => {
        const attended = this.#attended();
        if (!attended.ok) return attended;
        const read = fromWire(amount);
        if (read === undefined) return refused({ code: 'amount-invalid' });
        const { session, cashier } = attended.value;
        const answer = acceptPayment(session, cashier.name, read, scan);
        if (answer.ok) this.#wake(answer.value.payment);
        return answer;
      },

      'payments.receipt': ({ epoch, journalSeq }) => {
        if (this.#session === undefined) return refused({ code: 'not-enrolled' });
        return issueReceipt(this.#session, epoch, journalSeq);
      },

      'payments.list': ({ before, limit }) => {
        if (this.#session === undefined) return refused({ code: 'not-enrolled' });
        const from = before === null ? NEWEST : positionOf(before.epoch, before.journalSeq);
        const rows = this.#session.store.payments.list(from, limit + 1);
        return ok({ rows: rows.slice(0, limit), hasMore: rows.length > limit });
      },

      'invoices.issue': ({ amount, reference }) => {
        const attended = this.#attended();
        if (!attended.ok) return attended;
        const read = fromWire(amount);
        if (read === undefined) return refused({ code: 'amount-invalid' });
        const issued = issueInvoice(attended.value.session, attended.value.cashier.name, read, reference);
        if (issued.ok) this.#queue?.wake();
        return issued;
      },

      'invoices.cancel': ({ invoiceId }) => {
        const attended = this.#attended();
        if (!attended.ok) return attended;
        const cancelled = cancelInvoice(attended.value.session, attended.value.cashier.name, invoiceId);
        return cancelled.ok ? ok({}) : cancelled;
      },

      'sync.now': async () => {
        if (this.#session === undefined || this.#queue === undefined)
          return refused({ code: 'not-enrolled' });
        await this.#queue.now();
        return ok(this.#syncState());
      },
    };
  }
}

function isStorageFailure(refusal: Refusal): boolean {
  return (
    refusal.code === 'storage-failed' ||
    refusal.code === 'storage-damaged' ||
    refusal.code === 'storage-in-use'
  );
}
