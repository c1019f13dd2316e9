/**
 * The shifts' tables: one open shift at most, what it adds up to, what was counted and moved in it. A view of the
 * journal: only views/shifts.ts writes here.
 */
import { invariant } from '../../../shared/assert.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import type { CountedCash, Pieces } from '../../../shared/protocol/bodies/shift.ts';
import { type FateTally, PAYMENT_FATES } from '../../../shared/protocol/z-report.ts';
import type { GrandTotal, Heading, Tally, TallyRow } from '../../../shared/shift/takings.ts';
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

/** A shift that has its Z report. */
export interface ClosedShift extends OpenShift {
  readonly closedPosition: bigint;
  readonly closedAtMs: number;
  readonly closedBy: string;
  readonly zDigest: Uint8Array;
  readonly copies: number;
}

/** Where an act belongs: the open shift, or the time before the next one. */
export interface Bucket {
  readonly shiftId: number;
  readonly isOutside: boolean;
}

/** For ever: positions are in databases. */
const SHIFT_ACTS = ['in', 'out', 'drawer'] as const;

/** Cash moved by hand, or a drawer opened without a sale. */
export interface ShiftAct {
  readonly position: bigint;
  readonly atMs: number;
  readonly actor: string;
  /** Person id. */
  readonly approvedBy: string | null;
  readonly what: (typeof SHIFT_ACTS)[number];
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly reason: string;
}

export interface DrawerCount extends CountedCash {
  readonly position: bigint;
  readonly atMs: number;
  readonly actor: string;
}

interface ShiftRow {
  number: bigint;
  opened_position: bigint;
  opened_at_ms: bigint;
  opened_by: string;
  currency: bigint;
  float_minor: bigint;
  closed_position: bigint | null;
  closed_at_ms: bigint | null;
  closed_by: string | null;
  z_digest: Uint8Array | null;
  copies: bigint;
}

interface SumRow {
  is_outside: bigint;
  heading: string;
  key: string;
  currency: bigint;
  count: bigint;
  sum_minor: bigint;
}

interface ActRow {
  position: bigint;
  at_ms: bigint;
  actor: string;
  approved_by: string | null;
  what: bigint;
  amount_minor: bigint;
  currency: bigint;
  reason: string;
}

interface CountRow {
  position: bigint;
  at_ms: bigint;
  actor: string;
  total_minor: bigint;
  pieces: string | null;
}

/** Shift 0 of the sums: what is never reset. */
const GRAND = 0n;

const numeric = (currency: CurrencyCode): bigint => BigInt(currencyOf(currency).numeric);

function codeOf(currency: bigint): CurrencyCode {
  const found = currencyByNumeric(Number(currency));
  invariant(found !== undefined, 'a shift in no currency');
  return found.code;
}

function toOpenShift(row: ShiftRow): OpenShift {
  return {
    shiftId: Number(row.number),
    openedPosition: row.opened_position,
    openedAtMs: Number(row.opened_at_ms),
    openedBy: row.opened_by,
    currency: codeOf(row.currency),
    floatMinor: row.float_minor,
  };
}

function toClosedShift(row: ShiftRow): ClosedShift {
  const { closed_position, closed_at_ms, closed_by, z_digest } = row;
  invariant(
    closed_position !== null && closed_by !== null && z_digest !== null,
    'a shift that is not closed',
  );
  return {
    ...toOpenShift(row),
    closedPosition: closed_position,
    closedAtMs: Number(closed_at_ms),
    closedBy: closed_by,
    zDigest: new Uint8Array(z_digest),
    copies: Number(row.copies),
  };
}

function toCount(row: CountRow): DrawerCount {
  const pieces = row.pieces === null ? null : (JSON.parse(row.pieces) as [string, number][]);
  return {
    position: row.position,
    atMs: Number(row.at_ms),
    actor: row.actor,
    totalMinor: row.total_minor,
    pieces: pieces?.map(([value, count]): Pieces => ({ valueMinor: BigInt(value), pieces: count })) ?? null,
  };
}

function toAct(row: ActRow): ShiftAct {
  return {
    position: row.position,
    atMs: Number(row.at_ms),
    actor: row.actor,
    approvedBy: row.approved_by,
    what: SHIFT_ACTS[Number(row.what)] ?? 'drawer',
    amountMinor: row.amount_minor,
    currency: codeOf(row.currency),
    reason: row.reason,
  };
}

export class ShiftsTable {
  readonly #current;
  readonly #last;
  readonly #byNumber;
  readonly #list;
  readonly #open;
  readonly #close;
  readonly #setCopies;
  readonly #add;
  readonly #sums;
  readonly #insertAct;
  readonly #acts;
  readonly #insertCount;
  readonly #counts;
  readonly #fates;

  constructor(connection: Connection) {
    // the condition is the partial index's own: at most one row stands in it
    this.#current = connection.prepare<[], ShiftRow>('SELECT * FROM shift WHERE closed_position IS NULL');
    this.#last = connection.prepare<[], bigint>('SELECT coalesce(max(number), 0) FROM shift').pluck();
    this.#byNumber = connection.prepare<[bigint], ShiftRow>(
      'SELECT * FROM shift WHERE number = ? AND closed_position IS NOT NULL',
    );
    this.#list = connection.prepare<[bigint, bigint], ShiftRow>(
      'SELECT * FROM shift WHERE number < ? AND closed_position IS NOT NULL ORDER BY number DESC LIMIT ?',
    );
    this.#open = connection.prepare<[bigint, bigint, bigint, string, bigint, bigint]>(
      `INSERT INTO shift (number, opened_position, opened_at_ms, opened_by, currency, float_minor)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#close = connection.prepare<[bigint, bigint, string, Uint8Array, bigint]>(
      `UPDATE shift SET closed_position = ?, closed_at_ms = ?, closed_by = ?, z_digest = ?
       WHERE number = ? AND closed_position IS NULL`,
    );
    this.#setCopies = connection.prepare<[bigint, bigint]>(
      'UPDATE shift SET copies = ? WHERE closed_position = ?',
    );
    this.#add = connection.prepare<[bigint, bigint, string, string, bigint, bigint, bigint]>(
      `INSERT INTO shift_tally (shift, is_outside, heading, key, currency, count, sum_minor)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (shift, heading, key, currency, is_outside)
       DO UPDATE SET count = count + excluded.count, sum_minor = sum_minor + excluded.sum_minor`,
    );
    this.#sums = connection.prepare<[bigint], SumRow>(
      'SELECT * FROM shift_tally WHERE shift = ? ORDER BY heading, key, currency, is_outside',
    );
    this.#insertAct = connection.prepare(
      `INSERT INTO shift_act (position, shift, is_outside, at_ms, actor, approved_by, what, amount_minor, currency,
         reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#acts = connection.prepare<[bigint, bigint], ActRow>(
      'SELECT * FROM shift_act WHERE shift = ? ORDER BY position LIMIT ?',
    );
    this.#insertCount = connection.prepare<[bigint, bigint, bigint, string, bigint, string | null]>(
      'INSERT INTO shift_count (position, shift, at_ms, actor, total_minor, pieces) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#counts = connection.prepare<[bigint], CountRow>(
      'SELECT * FROM shift_count WHERE shift = ? ORDER BY position',
    );
    this.#fates = connection.prepare<
      [bigint],
      { state: bigint; currency: bigint; count: bigint; sum: bigint }
    >(
      `SELECT state, currency, count(*) AS count, sum(amount_minor) AS sum FROM payment
       WHERE position > ? AND state <= 4 GROUP BY state, currency ORDER BY state, currency`,
    );
  }

  /** The open shift of this till; undefined where none is. */
  current(): OpenShift | undefined {
    const row = this.#current.get();
    return row === undefined ? undefined : toOpenShift(row);
  }

  /** Number of the newest shift, open or closed; 0 before the first. */
  lastNumber(): number {
    return Number(this.#last.get() ?? 0n);
  }

  closed(number: number): ClosedShift | undefined {
    const row = this.#byNumber.get(BigInt(number));
    return row === undefined ? undefined : toClosedShift(row);
  }

  /** Closed shifts with numbers below `before`, the newest first. */
  list(before: number, limit: number): readonly ClosedShift[] {
    return this.#list.all(BigInt(before), BigInt(limit)).map(toClosedShift);
  }

  open(shift: OpenShift): void {
    this.#open.run(
      BigInt(shift.shiftId),
      shift.openedPosition,
      BigInt(shift.openedAtMs),
      shift.openedBy,
      numeric(shift.currency),
      shift.floatMinor,
    );
  }

  close(
    number: number,
    closing: Pick<ClosedShift, 'closedPosition' | 'closedAtMs' | 'closedBy' | 'zDigest'>,
  ) {
    const { closedPosition, closedAtMs, closedBy, zDigest } = closing;
    const done = this.#close.run(closedPosition, BigInt(closedAtMs), closedBy, zDigest, BigInt(number));
    invariant(done.changes === 1, 'a Z report of a shift that is not open');
  }

  setCopies(closedPosition: bigint, copies: number): void {
    this.#setCopies.run(BigInt(copies), closedPosition);
  }

  /** Where an entry that comes now belongs. */
  bucket(): Bucket {
    const open = this.current();
    return open === undefined
      ? { shiftId: this.lastNumber() + 1, isOutside: true }
      : { shiftId: open.shiftId, isOutside: false };
  }

  add(
    { shiftId, isOutside }: Bucket,
    heading: Heading,
    key: string,
    currency: CurrencyCode,
    tally: Tally,
  ): void {
    const count = BigInt(tally.count);
    const outside = isOutside ? 1n : 0n;
    this.#add.run(BigInt(shiftId), outside, heading, key, numeric(currency), count, tally.sumMinor);
  }

  addGrand(total: 'sales' | 'refunds', currency: CurrencyCode, { count, sumMinor }: Tally): void {
    this.#add.run(GRAND, 0n, total, '', numeric(currency), BigInt(count), sumMinor);
  }

  /** All sums of a shift, and of the time before it. */
  rows(number: number): readonly TallyRow[] {
    return this.#sums.all(BigInt(number)).map((row) => ({
      heading: row.heading as Heading,
      key: row.key,
      currency: codeOf(row.currency),
      isOutside: row.is_outside === 1n,
      count: Number(row.count),
      sumMinor: row.sum_minor,
    }));
  }

  grandTotals(): readonly GrandTotal[] {
    const rows = this.#sums.all(GRAND);
    const one = (heading: string, currency: bigint): Tally => {
      const row = rows.find((found) => found.heading === heading && found.currency === currency);
      return { count: Number(row?.count ?? 0n), sumMinor: row?.sum_minor ?? 0n };
    };
    return [...new Set(rows.map(({ currency }) => currency))]
      .map((currency) => ({
        currency: codeOf(currency),
        sales: one('sales', currency),
        refunds: one('refunds', currency),
      }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1));
  }

  insertAct({ shiftId, isOutside }: Bucket, act: ShiftAct): void {
    this.#insertAct.run(
      act.position,
      BigInt(shiftId),
      isOutside ? 1n : 0n,
      BigInt(act.atMs),
      act.actor,
      act.approvedBy,
      BigInt(SHIFT_ACTS.indexOf(act.what)),
      act.amountMinor,
      numeric(act.currency),
      act.reason,
    );
  }

  acts(number: number, limit: number): readonly ShiftAct[] {
    return this.#acts.all(BigInt(number), BigInt(limit)).map(toAct);
  }

  insertCount(number: number, count: DrawerCount): void {
    const pieces =
      count.pieces === null
        ? null
        : JSON.stringify(count.pieces.map(({ valueMinor, pieces: many }) => [valueMinor.toString(), many]));
    const { position, atMs, actor, totalMinor } = count;
    this.#insertCount.run(position, BigInt(number), BigInt(atMs), actor, totalMinor, pieces);
  }

  /** Every count of a shift, the oldest first. */
  counts(number: number): readonly DrawerCount[] {
    return this.#counts.all(BigInt(number)).map(toCount);
  }

  /** What became of the payments that stand after a position, as far as it is known. */
  fates(after: bigint): readonly FateTally[] {
    return this.#fates.all(after).map(({ state, currency, count, sum }) => {
      const fate = PAYMENT_FATES[Number(state)];
      invariant(fate !== undefined, 'a payment in no state');
      return { fate, currency: codeOf(currency), count: Number(count), sumMinor: sum };
    });
  }
}
