/**
 * Runs one world: so many events of people, messages and mishaps, then calm until every queue is empty, then
 * the whole audit. One seed and one number of events give one trace, on every machine.
 */

import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { type ClearedPayment, ClearingAudit } from './audit-clearing.ts';
import { auditRefunds } from './audit-refunds.ts';
import { auditTill, readTillFile } from './audit-till.ts';
import { auditWallets } from './audit-wallet.ts';
import { Cashier } from './cashier.ts';
import { Crooks } from './crooks.ts';
import { Customers } from './customers.ts';
import type { FaultKind } from './faults.ts';
import { InvoiceSales } from './invoice-sales.ts';
import { Mishaps } from './mishaps.ts';
import { QuickSales } from './quick-sales.ts';
import { Refunds } from './refunds.ts';
import { DEPOSIT_UNITS, unitOf, World, type WorldOptions } from './world.ts';

/** From here on a run must have met every kind of fault. */
export const DEFAULT_EVENTS = 3000;
/** Events between two looks at the whole ledger. */
const LOOK_EVERY = 60;
/** How long queues may take to empty by themselves: the longest backoff, some of it twice. */
const DRAIN_WITHIN_MS = 40 * 60_000;
/** One person somewhere does something this often. */
const MEAN_PAUSE_MS = 7000;
/** A run that is this wrong is not worth going on with. */
const MAX_VIOLATIONS = 20;

export interface SimulationOptions extends WorldOptions {
  readonly events: number;
}

export interface SimulationReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly events: number;
  readonly traceHash: string;
  readonly eventsPerSecond: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly violations: readonly string[];
}

/** How often what is done, against the others. */
const ACTS = {
  quickSale: 380,
  invoiceSale: 190,
  giveBack: 60,
  fetchNews: 90,
  syncNow: 20,
  hearFetch: 40,
  replay: 40,
  replayElsewhere: 26,
  expired: 30,
  otherCurrency: 20,
  altered: 25,
  forged: 20,
  unknownIssuer: 20,
  doubleSpend: 26,
  clockTrick: 14,
  killTill: 16,
  closeTill: 8,
  cutLine: 16,
  restartClearing: 8,
  turnTillClock: 30,
  turnWalletClock: 18,
  armPowerCut: 26,
  killWallet: 8,
  backUpWallet: 14,
  restoreWallet: 8,
  revokePurse: 14,
  night: 2,
} as const;

/** The act that a kind of fault comes from; messages suffer without one. */
const BRINGS: Partial<Record<FaultKind, keyof typeof ACTS>> = {
  partition: 'cutLine',
  'clearing-restarted': 'restartClearing',
  'purse-revoked': 'revokePurse',
  'terminal-killed': 'killTill',
  'torn-write': 'killTill',
  'terminal-clock-back': 'turnTillClock',
  'terminal-clock-forward': 'turnTillClock',
  'wallet-killed-before-commit': 'armPowerCut',
  'wallet-killed-after-commit': 'armPowerCut',
  'wallet-restored': 'doubleSpend',
  'wallet-clock-off': 'turnWalletClock',
  'code-replayed': 'replay',
  'code-replayed-elsewhere': 'replayElsewhere',
  'code-expired': 'expired',
  'code-altered': 'altered',
  'code-forged': 'forged',
  'code-of-unknown-issuer': 'unknownIssuer',
  'code-of-other-currency': 'otherCurrency',
  'double-spend': 'doubleSpend',
};

class Simulation {
  readonly #world: World;
  readonly #events: number;
  readonly #audit: ClearingAudit;
  readonly #mishaps: Mishaps;
  readonly #customers: Customers;
  readonly #quickSales: QuickSales;
  readonly #invoiceSales: InvoiceSales;
  readonly #crooks: Crooks;
  readonly #refunds: Refunds;
  readonly #decidedRefunds = new Set<string>();
  #isOver = false;

  constructor(options: SimulationOptions) {
    this.#world = new World(options);
    this.#events = options.events;
    this.#audit = new ClearingAudit(this.#world);
    this.#mishaps = new Mishaps(this.#world);
    this.#customers = new Customers(this.#world);
    const cashier = new Cashier(this.#world, this.#mishaps.beforeShown);
    this.#quickSales = new QuickSales(this.#world, this.#customers, cashier);
    this.#invoiceSales = new InvoiceSales(this.#world, this.#customers, cashier);
    this.#refunds = new Refunds(this.#world, this.#mishaps.beforeShown);
    this.#crooks = new Crooks(this.#world, this.#customers, cashier, this.#quickSales);
  }

  async run(): Promise<SimulationReport> {
    const world = this.#world;
    const begun = performance.now();
    // what a part does in the background and nobody waits for must not fail unheard
    const unheard = (error: unknown): void => world.threw(error);
    process.on('unhandledRejection', unheard);
    try {
      await world.setUp();
      await this.#audit.open();
      this.#peopleAct();
      await this.#storm();
      if (this.#mayGoOn) {
        await this.#calm();
        await this.#finalAudit();
      }
    } catch (error) {
      world.threw(error);
    } finally {
      process.off('unhandledRejection', unheard);
      for (const till of world.tills) till.close();
      await world.house.stop();
      await this.#audit.close();
    }
    const seconds = (performance.now() - begun) / 1000;
    const { trace, faults, violations, seed } = world;
    const missing = this.#events >= DEFAULT_EVENTS ? faults.missing() : [];
    for (const kind of missing) world.violated('F1', `no ${kind} in a whole run: it proves nothing`);
    return {
      ok: violations.length === 0,
      seed,
      events: this.#events,
      traceHash: trace.digest(),
      eventsPerSecond: Math.round(trace.count / seconds),
      faults: faults.all(),
      violations,
    };
  }

  /** One act now, the next one some time later, until it is over. */
  #peopleAct(): void {
    const { timeline, random } = this.#world;
    timeline.after(random.waitMs(MEAN_PAUSE_MS), async () => {
      if (this.#isOver) return;
      this.#peopleAct();
      await this.#act(this.#next());
    });
  }

  /** By chance; in the later half of a run as often as not something that brings what did not come yet. */
  #next(): keyof typeof ACTS {
    const { random, trace, faults } = this.#world;
    const chosen = random.weighted(ACTS);
    if (trace.count < this.#events / 2 || random.chance(0.5)) return chosen;
    const [missing] = faults.missing().flatMap((kind) => BRINGS[kind] ?? []);
    return missing ?? chosen;
  }

  async #act(name: keyof typeof ACTS): Promise<void> {
    const world = this.#world;
    const { random, tills, wallets } = world;
    const till = random.pick(tills.filter(({ isRunning }) => isRunning));
    const wallet = random.pick(wallets);
    if (till === undefined || wallet === undefined) return;
    switch (name) {
      case 'quickSale':
        return this.#quickSales.begin(till);
      case 'invoiceSale':
        return this.#invoiceSales.begin(till);
      case 'giveBack':
        return world.spawn(() => this.#refunds.giveBack(till));
      case 'fetchNews':
        return this.#customers.fetchNews(wallet);
      case 'syncNow':
        return world.spawn(async () => {
          const synced = await till.call('sync.now', {});
          world.trace.event(
            'sync-now',
            till.name,
            synced.ok ? synced.value.reachability : synced.refusal.code,
          );
        });
      case 'hearFetch':
        return till.hear();
      case 'replay':
      case 'replayElsewhere':
      case 'expired':
      case 'otherCurrency':
      case 'altered':
      case 'forged':
      case 'unknownIssuer':
      case 'doubleSpend':
      case 'clockTrick':
        return this.#crooks[name]();
      case 'killTill':
        return this.#mishaps.killTill();
      default:
        return this.#mishaps[name]();
    }
  }

  /** A mistake that was planted and found needs no second finding; of others the first few tell most. */
  get #mayGoOn(): boolean {
    const { violations, planted } = this.#world;
    return violations.length < (planted === null ? MAX_VIOLATIONS : 1);
  }

  async #storm(): Promise<void> {
    const { trace, planted, timeline } = this.#world;
    let lookAt = LOOK_EVERY;
    while (trace.count < this.#events && this.#mayGoOn) {
      await timeline.step();
      await this.#audit.sent();
      if (trace.count < lookAt) continue;
      if (planted === 'ledger-bent' && lookAt === LOOK_EVERY) await this.#audit.bendLedger();
      await this.#audit.quick();
      lookAt = trace.count + LOOK_EVERY;
    }
    this.#isOver = true;
  }

  /** Nothing goes wrong any more, nobody buys; what is queued must come out by itself. */
  async #calm(): Promise<void> {
    const { network, wallets, timeline, trace } = this.#world;
    network.isCalm = true;
    trace.event('calm', 'world', 'begins');
    await this.#mishaps.endAll();
    const endMs = timeline.nowMs + DRAIN_WITHIN_MS;
    if (!(await timeline.goUntil(() => this.#isDrained(), endMs)))
      this.#world.violated('L1', 'a queue did not empty by itself');
    let left = wallets.length;
    for (const wallet of wallets) this.#world.spawn(() => this.#fetchAll(wallet.name, () => left--));
    if (!(await timeline.goUntil(() => left === 0, timeline.nowMs + DRAIN_WITHIN_MS)))
      this.#world.violated('L1', 'a wallet does not learn what became of its payments');
  }

  async #fetchAll(name: string, done: () => void): Promise<void> {
    const wallet = this.#world.wallets.find((one) => one.name === name);
    const code = (await wallet?.sync()) ?? 'ok';
    this.#world.trace.event('wallet-sync', name, code);
    if (code === 'ok') return done();
    // an earlier round is still under way, or its session had ended
    this.#world.timeline.after(5000, () => this.#world.spawn(() => this.#fetchAll(name, done)));
  }

  async #isDrained(): Promise<boolean> {
    await this.#lookAtRefunds();
    for (const till of this.#world.tills) {
      const state = await till.call('state.get', {});
      if (!state.ok || state.value.sync.unsentPayments > 0 || state.value.sync.exposure?.sum.minor !== '0')
        return false;
    }
    return this.#world.book.givenBack.every(({ till, epoch, journalSeq }) =>
      this.#decidedRefunds.has(`${till} ${epoch}/${journalSeq}`),
    );
  }

  /** Asks the tills what became of refunds that are not decided yet. */
  async #lookAtRefunds(): Promise<void> {
    const { book, tills } = this.#world;
    for (const { till: name, epoch, journalSeq, of } of book.givenBack) {
      const key = `${name} ${epoch}/${journalSeq}`;
      const till = tills.find((one) => one.name === name);
      if (till === undefined || this.#decidedRefunds.has(key)) continue;
      const original = { epoch: of.epoch, journalSeq: of.journalSeq };
      const rows = await till.call('refunds.list', { original });
      const row = rows.ok ? rows.value.find((one) => one.journalSeq === journalSeq) : undefined;
      if (row?.state === 'settled' || row?.state === 'rejected') this.#decidedRefunds.add(key);
    }
  }

  async #finalAudit(): Promise<void> {
    const world = this.#world;
    await this.#audit.quick();
    await this.#audit.customers(DEPOSIT_UNITS, (currency) => unitOf(currency as CurrencyCode));
    const payments = await this.#audit.payments();
    const refunds = await this.#audit.refunds();
    for (const till of world.tills) {
      await auditTill(world, till);
      till.close();
      const file = readTillFile(world, till);
      await this.#audit.reconcile(till, file, payments);
      auditRefunds(world, till, file, refunds);
    }
    this.#everyApprovalIsDecided(payments);
    auditWallets(world, payments);
  }

  /** S14: of one payment at two terminals exactly one is settled; an honest one at one terminal is settled. */
  #everyApprovalIsDecided(payments: readonly ClearedPayment[]): void {
    const world = this.#world;
    const { book, tills } = world;
    const idOf = new Map(tills.map(({ name, terminalId }) => [name, terminalId]));
    const outcomes = new Map(
      payments.map((payment) => [`${payment.terminalId} ${payment.epoch}/${payment.seq}`, payment]),
    );
    const ofPayment = Map.groupBy(payments, ({ purseId, counter }) => `${purseId}/${counter}`);
    for (const approval of book.approvals) {
      const { till, epoch, journalSeq, purseId, counter } = approval;
      const outcome = outcomes.get(`${idOf.get(till)} ${epoch}/${journalSeq}`);
      const rivals = ofPayment.get(`${purseId}/${counter}`) ?? [];
      const settled = rivals.filter(({ state }) => state !== 'rejected').length;
      const isExcused = book.rolledBack.has(purseId) || book.revoked.has(purseId);
      const isLost = settled !== 1 && !isExcused;
      if (isLost)
        world.violated('S14', `${till} ${epoch}/${journalSeq}: ${settled} of ${rivals.length} settled`);
      const isWrong =
        outcome?.state === 'rejected' && !['conflict', 'overspent', 'revoked'].includes(outcome.reason ?? '');
      if (isWrong) world.violated('S14', `${till} ${epoch}/${journalSeq} was rejected as ${outcome.reason}`);
      if (outcome?.state === 'rejected' && outcome.reason === 'conflict' && settled !== 1)
        world.violated('S14', `${till} ${epoch}/${journalSeq} conflicts with ${settled}`);
    }
  }
}

export function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}
