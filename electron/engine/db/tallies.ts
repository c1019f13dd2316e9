/** Running sums per currency: `unsent` (approved, not acknowledged) and `exposure` (approved, not settled). */
import { type CurrencyCode, currencyOf } from '../../../shared/iso-4217.ts';
import type { Money } from '../../../shared/money.ts';
import type { Connection } from './connection.ts';

export type TallyName = 'unsent' | 'exposure';

export interface Tally {
  readonly sumMinor: bigint;
  readonly count: number;
}

export class TalliesTable {
  readonly #get;
  readonly #add;
  readonly #subtract;
  /** As in the table: this process alone writes it, and a failed write stops the engine. */
  readonly #known = new Map<string, Tally>();

  constructor(connection: Connection) {
    this.#get = connection.prepare<[string, bigint], { sum: bigint; count: bigint }>(
      'SELECT sum_minor AS sum, count FROM tally WHERE name = ? AND currency = ?',
    );
    this.#add = connection.prepare<[string, bigint, bigint, bigint]>(
      `INSERT INTO tally (name, currency, sum_minor, count) VALUES (?, ?, ?, ?)
       ON CONFLICT (name, currency) DO UPDATE SET sum_minor = sum_minor + excluded.sum_minor, count = count + excluded.count`,
    );
    this.#subtract = connection.prepare<[bigint, string, bigint]>(
      'UPDATE tally SET sum_minor = sum_minor - ?, count = count - 1 WHERE name = ? AND currency = ?',
    );
  }

  read(name: TallyName, currency: CurrencyCode): Tally {
    const key = `${name} ${currency}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.#get.get(name, BigInt(currencyOf(currency).numeric));
    const tally = { sumMinor: row?.sum ?? 0n, count: Number(row?.count ?? 0n) };
    this.#known.set(key, tally);
    return tally;
  }

  add(name: TallyName, amount: Money): void {
    const { sumMinor, count } = this.read(name, amount.currency);
    this.#add.run(name, BigInt(currencyOf(amount.currency).numeric), amount.minor, 1n);
    this.#known.set(`${name} ${amount.currency}`, { sumMinor: sumMinor + amount.minor, count: count + 1 });
  }

  /** Takes one payment away; the database itself refuses to go below zero. */
  subtract(name: TallyName, amount: Money): void {
    const { sumMinor, count } = this.read(name, amount.currency);
    this.#subtract.run(amount.minor, name, BigInt(currencyOf(amount.currency).numeric));
    this.#known.set(`${name} ${amount.currency}`, { sumMinor: sumMinor - amount.minor, count: count - 1 });
  }
}
