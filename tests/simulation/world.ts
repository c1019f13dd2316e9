/**
 * One simulated world: a clearing house, terminals, wallets, a network and a clock, all from one seed. Setting
 * it up is undisturbed; after that, people and mishaps move it (customers.ts, crooks.ts, mishaps.ts).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { Book } from './book.ts';
import { ClearingHouse } from './clearing-house.ts';
import { FaultCount, type PlantedBug } from './faults.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';
import { Till } from './till.ts';
import { Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import { Wallet } from './wallet.ts';

/** 2026-03-02T07:00:00Z: when the shops open. */
const BEGIN_MS = 1_772_434_800_000;

/** About one euro's worth, minor units: currencies with 2, 0 and 3 decimals. */
export const UNIT_MINOR: Readonly<Partial<Record<CurrencyCode, bigint>>> = {
  EUR: 100n,
  JPY: 150n,
  KWD: 350n,
};
/** Two terminals of one currency at least: a payment can be taken to the other one. */
const TILLS: readonly (readonly [name: string, currency: CurrencyCode])[] = [
  ['bakery', 'EUR'],
  ['market', 'EUR'],
  ['ramen', 'JPY'],
  ['souk', 'KWD'],
];
const CURRENCIES: readonly CurrencyCode[] = ['EUR', 'JPY', 'KWD'];
const WALLETS = ['ana', 'ben', 'chi', 'dag', 'eva', 'fei'];
export const DEPOSIT_UNITS = 3000n;
export const ALLOWANCE_UNITS = 180n;

export interface WorldOptions {
  readonly seed: number;
  /** Of an empty database of its own. */
  readonly databaseUrl: string;
  /** An empty folder, for the terminals' files. */
  readonly folder: string;
  readonly planted: PlantedBug | null;
  readonly tell: ((line: string) => void) | null;
}

export class World {
  readonly seed: number;
  readonly planted: PlantedBug | null;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly random: Random;
  readonly timeline = new Timeline(BEGIN_MS, () => this.tills.some(({ isComputing }) => isComputing));
  readonly trace: Trace;
  readonly faults = new FaultCount();
  readonly violations: string[] = [];
  readonly book: Book;
  readonly house: ClearingHouse;
  readonly network: Network;
  readonly tills: readonly Till[];
  readonly wallets: readonly Wallet[];

  constructor(options: WorldOptions) {
    const { seed, databaseUrl, folder, planted, tell } = options;
    this.seed = seed;
    this.planted = planted;
    this.databaseUrl = databaseUrl;
    this.folder = folder;
    this.random = new Random(`seed ${seed}`);
    this.trace = new Trace(tell, () => this.timeline.nowMs);
    const { timeline, trace, faults } = this;
    this.book = new Book(
      (invariant, what) => this.violated(invariant, what),
      () => faults.happened('double-spend'),
    );
    this.house = new ClearingHouse(databaseUrl, timeline, this.random.fork('clearing house'));
    const lies = this.random.fork('lies');
    this.network = new Network({
      timeline,
      trace,
      faults,
      deliver: this.house.deliver,
      isUp: () => this.house.isRunning,
      answerFalsely: ({ url, body }) =>
        planted === 'acknowledged-before-held' &&
        url.endsWith('/journal') &&
        body !== null &&
        lies.chance(0.2)
          ? this.house.falseAcknowledgement(body)
          : undefined,
    });
    const { network } = this;
    const tillWorld = {
      timeline,
      network,
      folder: join(folder, 'tills'),
      isDeaf: planted === 'queue-sleeps',
      paymentChanged: (till: Till, row: Parameters<Book['stated']>[1]) => this.book.stated(till.name, row),
      complained: (till: Till, line: string) => this.violated('E1', `${till.name}: ${line}`),
    };
    mkdirSync(tillWorld.folder, { recursive: true });
    this.tills = TILLS.map(
      ([name, currency]) => new Till(tillWorld, name, currency, this.random.fork(`till ${name}`)),
    );
    const walletWorld = {
      timeline,
      network,
      rootPublicKey: this.house.keys.root.publicKey,
      isLazy: planted === 'wallet-forgets',
      signed: (purseId: string, message: Uint8Array) => this.book.signed(purseId, message),
      died: (wallet: Wallet, cut: 'before-commit' | 'after-commit') => {
        faults.happened(`wallet-killed-${cut}`);
        trace.event('wallet-killed', wallet.name, cut);
        wallet.kill();
      },
    };
    this.wallets = WALLETS.map((name) => new Wallet(walletWorld, name, this.random.fork(`wallet ${name}`)));
  }

  /** Seed and event name the way to it again. */
  violated(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what} (seed ${this.seed}, event ${this.trace.count})`);
  }

  /** Lets something run that the world need not wait for. What it throws is a bug of somebody. */
  spawn(act: () => Promise<void>): void {
    act().catch((error: unknown) => this.threw(error));
  }

  threw(error: unknown): void {
    this.violated('E1', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  /** Everybody is there, nobody is disturbed: terminals enrolled, customers with money and purses. */
  async setUp(): Promise<void> {
    const { house, network, timeline } = this;
    await house.start();
    network.isCalm = true;
    for (const till of this.tills) {
      const { currency } = till;
      const { merchantId } = await house.operate('createMerchant', { displayName: till.name, currency });
      const { code } = await house.operate('createEnrolmentCode', { merchantId });
      await till.open();
      await till.enrol(code);
      await till.signIn();
    }
    for (const [i, wallet] of this.wallets.entries()) {
      const { credentials } = wallet;
      const registered = await house.operate('registerCustomer', { ...credentials, language: 'en' });
      wallet.customerId = registered.customerId;
      for (const [n, currency] of CURRENCIES.entries()) {
        const transferId = (i * CURRENCIES.length + n).toString(16).padStart(32, '0');
        const amountMinor = (DEPOSIT_UNITS * unitOf(currency)).toString();
        await house.operate('deposit', { transferId, userName: credentials.userName, amountMinor, currency });
      }
    }
    for (const currency of CURRENCIES) {
      let left = this.wallets.length;
      for (const wallet of this.wallets) {
        wallet.wishForPurse(currency, ALLOWANCE_UNITS * unitOf(currency));
        this.spawn(async () => {
          const code = await wallet.sync();
          if (code !== 'ok') throw new Error(`${wallet.name} got no purse: ${code}`);
          left -= 1;
        });
      }
      await timeline.goUntil(() => left === 0 || this.violations.length > 0);
    }
    network.isCalm = false;
  }
}

export function unitOf(currency: CurrencyCode): bigint {
  return UNIT_MINOR[currency] ?? 100n;
}
