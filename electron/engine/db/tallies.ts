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
    const row = this.#get.get(name, BigInt(currencyOf(currency).numeric));
    return { sumMinor: row?.sum ?? 0n, count: Number(row?.count ?? 0n) };
  }

  add(name: TallyName, amount: Money): void {
    this.#add.run(name, BigInt(currencyOf(amount.currency).numeric), amount.minor, 1n);
  }

  /** Takes one payment away; the database itself refuses to go below zero. */
  subtract(name: TallyName, amount: Money): void {
    this.#subtract.run(amount.minor, name, BigInt(currencyOf(amount.currency).numeric));
  }
}
