/**
 * What an engine is at this moment: its store, its open session, who is signed in, why it stopped. Rooms
 * (payments, people, shifts …) work with it and tell it what changed; it knows none of them.
 */
import type {
  EventPayload,
  PaymentRow,
  SyncState,
  TerminalEvent,
  TerminalState,
} from '../../shared/contract/terminal.ts';
import { currencyOf } from '../../shared/iso-4217.ts';
import { money, toWire } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { type Person, personWire } from './db/people.ts';
import type { Store } from './db/store.ts';
import type { TerminalKeys } from './keys.ts';
import type { EnginePorts, Sealing } from './ports.ts';
import { diskSpace } from './safe-keeping/disk-space.ts';
import { BackupKeeper, backupState } from './safe-keeping/keep-backups.ts';
import { openSession, readTime, type Session, terminalClock } from './session.ts';
import { SyncQueue } from './sync/queue.ts';
import { shopBundle } from './trust/shop-bundle.ts';
import { readEnrolment, readTrust } from './trust/trust.ts';

export interface EngineOptions {
  readonly dataFolder: string;
  readonly migrationsFolder: string;
  readonly sealing: Sealing;
  readonly ports: EnginePorts;
  readonly onEvent: <E extends TerminalEvent>(event: E, payload: EventPayload<E>) => void;
}

function clockState(session: Session): TerminalState['clock'] {
  const { fault, differenceS, nowMs } = readTime(session);
  return { state: fault ?? 'ok', differenceS, nowMs };
}

export class EngineCore {
  readonly options: EngineOptions;
  #store: Store | undefined;
  #session: Session | undefined;
  /** While somebody practises: stands in the real session's place, except for the line. */
  #practice: Session | undefined;
  readonly #closers: (() => void)[] = [];
  #queue: SyncQueue | undefined;
  #backups: BackupKeeper | undefined;
  #person: Person | undefined;
  #stopped: Refusal | undefined;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  get store(): Store | undefined {
    return this.#store;
  }

  /** What rooms work in: the practice shop's while somebody practises, else the real one. */
  get session(): Session | undefined {
    return this.#practice ?? this.#session;
  }

  get isTraining(): boolean {
    return this.#practice !== undefined;
  }

  /** @param practice undefined: back to the real shop */
  practise(practice: Session | undefined): void {
    this.#practice = practice;
  }

  /** What else is open for as long as this engine is. */
  closeAlso(close: () => void): void {
    this.#closers.push(close);
  }

  get queue(): SyncQueue | undefined {
    return this.#queue;
  }

  /** Makes and keeps backups; undefined before the terminal works. */
  get backups(): BackupKeeper | undefined {
    return this.#backups;
  }

  get person(): Person | undefined {
    return this.#person;
  }

  get stopped(): Refusal | undefined {
    return this.#stopped;
  }

  /** Who is signed in from now on; undefined for nobody. */
  setPerson(person: Person | undefined): void {
    this.#person = person;
  }

  holdStore(store: Store): void {
    this.#store = store;
  }

  close(): void {
    this.#queue?.close();
    for (const close of this.#closers.splice(0)) close();
    this.#backups?.close();
    this.#store?.close();
    this.#store = undefined;
  }

  /** Takes nothing more from now on, and says why. The journal stays as it is. */
  stop(refusal: Refusal): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = refusal;
    this.#queue?.close();
    this.#backups?.close();
    this.stateChanged();
  }

  /** A bug, wherever it shows: the terminal takes nothing more and keeps its journal as it is. */
  bug(where: string, error: unknown): void {
    const told = error instanceof Error ? (error.stack ?? error.name) : 'unknown error';
    this.options.ports.log(`${where}: ${told}`);
    this.stop({ code: 'engine-stopped' });
  }

  /** The keys are open: an enrolled terminal begins to work. */
  begin(keys: TerminalKeys): void {
    const store = this.#store;
    const enrolment = store === undefined ? undefined : readEnrolment(store);
    if (store === undefined || enrolment === undefined) return;
    const trust = readTrust(store, enrolment);
    if (!trust.ok) {
      this.#stopped = trust.refusal;
      return;
    }
    this.run(openSession({ store, ports: this.options.ports, keys, enrolment, trust: trust.value }));
  }

  run(session: Session): void {
    this.#session = session;
    this.#queue = new SyncQueue(session, {
      onState: () => this.stateChanged(),
      onPayment: (row) => {
        if (!this.isTraining) this.options.onEvent('payments.changed', row);
      },
      onStorageFailure: (refusal) => this.stop(refusal),
      onBug: (error) => this.bug('sync', error),
    });
    session.line = this.#queue;
    this.#queue.start();
    this.#backups = new BackupKeeper(session, this.options, () => this.stateChanged());
    this.#backups.start();
  }

  stateChanged(): void {
    this.options.onEvent('state.changed', this.state());
  }

  /** After the answer, because nobody waits at the till for what others are told: events, then the queue. */
  tellLater(row?: PaymentRow): void {
    this.options.ports.timers.after(0, () => {
      if (this.#store === undefined) return;
      if (row !== undefined) this.options.onEvent('payments.changed', row);
      this.stateChanged();
      this.#queue?.wake();
    });
  }

  phase(): TerminalState['phase'] {
    if (this.#stopped !== undefined) return 'stopped';
    if (this.#session !== undefined) return this.#person === undefined ? 'signed-out' : 'ready';
    return this.#store !== undefined && readEnrolment(this.#store) !== undefined ? 'locked' : 'not-enrolled';
  }

  state(): TerminalState {
    const { session } = this;
    const enrolment =
      session?.enrolment ?? (this.#store === undefined ? undefined : readEnrolment(this.#store));
    const trust = session?.trust?.bundle;
    return {
      phase: this.phase(),
      keyProtection: this.options.sealing.kind,
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
      cashier: this.#person === undefined ? null : personWire(this.#person),
      isTraining: this.isTraining,
      trust:
        session === undefined || trust === undefined
          ? null
          : {
              version: trust.version,
              iatMs: trust.iatS * 1000,
              ageH: Math.max(0, Math.floor((terminalClock(session).effectiveMs / 1000 - trust.iatS) / 3600)),
              isTerminalRevoked: trust.revokedTerminals.includes(session.enrolment.certificate.terminalId),
            },
      clock: session === undefined ? null : clockState(session),
      sync: this.syncState(),
      disk: diskSpace(this.options.ports, this.options.dataFolder),
      backup: this.#store === undefined ? { lastAtMs: null, secondCopy: 'none' } : backupState(this.#store),
      stopped: this.#stopped ?? null,
    };
  }

  syncState(): SyncState {
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
    const policy = session.trust && shopBundle(session, session.trust).policy;
    const limit = policy?.currencies.find((limits) => limits.currency === currency);
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
}
