/** People who sign in at this till, their PIN's hash and their failed tries, which outlive a restart. */
import type { Connection } from './connection.ts';

export interface Cashier {
  readonly cashierId: string;
  readonly name: string;
  readonly pinHash: string;
  readonly failedTries: number;
  readonly lockedUntilMs: number;
}

interface Row {
  cashier_id: string;
  name: string;
  pin_hash: string;
  failed_tries: bigint;
  locked_until_ms: bigint;
}

function toCashier(row: Row): Cashier {
  return {
    cashierId: row.cashier_id,
    name: row.name,
    pinHash: row.pin_hash,
    failedTries: Number(row.failed_tries),
    lockedUntilMs: Number(row.locked_until_ms),
  };
}

export class CashiersTable {
  readonly #insert;
  readonly #get;
  readonly #list;
  readonly #setTries;

  constructor(connection: Connection) {
    this.#insert = connection.prepare<[string, string, string]>(
      'INSERT INTO cashier (cashier_id, name, pin_hash) VALUES (?, ?, ?)',
    );
    this.#get = connection.prepare<[string], Row>('SELECT * FROM cashier WHERE cashier_id = ?');
    this.#list = connection.prepare<[], Row>('SELECT * FROM cashier ORDER BY name, cashier_id');
    this.#setTries = connection.prepare<[bigint, bigint, string]>(
      'UPDATE cashier SET failed_tries = ?, locked_until_ms = ? WHERE cashier_id = ?',
    );
  }

  insert(cashierId: string, name: string, pinHash: string): void {
    this.#insert.run(cashierId, name, pinHash);
  }

  byId(cashierId: string): Cashier | undefined {
    const row = this.#get.get(cashierId);
    return row === undefined ? undefined : toCashier(row);
  }

  list(): readonly Cashier[] {
    return this.#list.all().map(toCashier);
  }

  setTries(cashierId: string, failedTries: number, lockedUntilMs: number): void {
    this.#setTries.run(BigInt(failedTries), BigInt(lockedUntilMs), cashierId);
  }
}
