/** The shifts' tables: one open shift at most, and what was counted and moved in each. A view of the journal. */
import { invariant } from '../../../shared/assert.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import type { Connection } from './connection.ts';

/** A shift that is open. */
export interface OpenShift {
  /** 1…n, the number that its Z report will have. */
  readonly shiftId: number;
  readonly openedPosition: bigint;
  readonly openedAtMs: number;
  readonly openedBy: string;
  readonly currency: CurrencyCode;
  readonly floatMinor: bigint;
}

interface ShiftRow {
  number: bigint;
  opened_position: bigint;
  opened_at_ms: bigint;
  opened_by: string;
  currency: bigint;
  float_minor: bigint;
}

function toOpenShift(row: ShiftRow): OpenShift {
  const currency = currencyByNumeric(Number(row.currency));
  invariant(currency !== undefined, 'a shift in no currency');
  return {
    shiftId: Number(row.number),
    openedPosition: row.opened_position,
    openedAtMs: Number(row.opened_at_ms),
    openedBy: row.opened_by,
    currency: currency.code,
    floatMinor: row.float_minor,
  };
}

export class ShiftsTable {
  readonly #current;
  readonly #last;
  readonly #open;

  constructor(connection: Connection) {
    // the condition is the partial index's own: at most one row stands in it
    this.#current = connection.prepare<[], ShiftRow>('SELECT * FROM shift WHERE closed_position IS NULL');
    this.#last = connection.prepare<[], { number: bigint | null }>('SELECT max(number) AS number FROM shift');
    this.#open = connection.prepare<[bigint, bigint, bigint, string, bigint, bigint]>(
      `INSERT INTO shift (number, opened_position, opened_at_ms, opened_by, currency, float_minor)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
  }

  /** The open shift of this till; undefined where none is. */
  current(): OpenShift | undefined {
    const row = this.#current.get();
    return row === undefined ? undefined : toOpenShift(row);
  }

  /** Number of the newest shift, open or closed; 0 before the first. */
  lastNumber(): number {
    return Number(this.#last.get()?.number ?? 0n);
  }

  open(shift: OpenShift): void {
    this.#open.run(
      BigInt(shift.shiftId),
      shift.openedPosition,
      BigInt(shift.openedAtMs),
      shift.openedBy,
      BigInt(currencyOf(shift.currency).numeric),
      shift.floatMinor,
    );
  }
}
