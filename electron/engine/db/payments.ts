/** The payments' table: a view of the journal's sales and declines, with what became of them since. */
import { invariant } from '../../../shared/assert.ts';
import { toHex } from '../../../shared/bytes.ts';
import type { PaymentRow, PaymentState } from '../../../shared/contract/terminal.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import type { Money } from '../../../shared/money.ts';
import type { Outcome } from '../../../shared/protocol/acknowledgement.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import type { Connection } from './connection.ts';
import { epochOf, seqOf } from './journal.ts';

/** For ever: positions are in databases. */
const STATES: readonly PaymentState[] = [
  'approved-offline',
  'sent',
  'settled',
  'settled-guaranteed',
  'rejected',
  'declined',
];
export function paymentStateNumber(state: PaymentState): number {
  return STATES.indexOf(state);
}

const MODES = ['quick', 'bound', 'unknown'] as const;

export interface PaymentRecord {
  readonly position: bigint;
  readonly atMs: number;
  readonly state: 'approved-offline' | 'sent' | 'declined';
  readonly mode: (typeof MODES)[number];
  readonly amount: Money;
  readonly cashier: string;
  /** Null when what was scanned was no genuine code. */
  readonly purse: {
    readonly purseId: Uint8Array;
    readonly counter: number;
    readonly paymentId: Uint8Array;
    readonly spentMinor: bigint;
    readonly previous: Uint8Array;
  } | null;
  readonly refusal: Refusal | null;
  /** Charged by another terminal, and brought back from its receipt. */
  readonly isFromPaper?: boolean;
}

/** A row as it is read: `SELECT ${PAYMENT_COLUMNS} FROM payment`. */
export interface PaymentColumns {
  position: bigint;
  at_ms: bigint;
  state: bigint;
  mode: bigint;
  amount_minor: bigint;
  currency: bigint;
  cashier: string;
  purse_id: Uint8Array | null;
  counter: bigint | null;
  payment_id: Uint8Array | null;
  spent_minor: bigint | null;
  previous: Uint8Array | null;
  refusal: string | null;
  reject_reason: string | null;
  loss_bearer: string | null;
  refunded_minor: bigint;
  is_voided: bigint;
  is_from_paper: bigint;
  order_id: Uint8Array | null;
}

/** The table's own, and the order that it was taken for. */
export const PAYMENT_COLUMNS =
  'payment.*, (SELECT order_id FROM order_payment WHERE sale = payment.position) AS order_id';

/** The same, where SQLite knows no name of the table. */
const RETURNED = '*, (SELECT order_id FROM order_payment WHERE sale = position) AS order_id';

/** A payment of a purse that this terminal has charged. */
export interface ChargedPayment {
  readonly position: bigint;
  readonly atMs: number;
  readonly mode: 'quick' | 'bound';
  readonly amountMinor: bigint;
  readonly counter: number;
  readonly spentMinor: bigint;
  readonly previous: Uint8Array;
}

function currencyOfRow(row: PaymentColumns): CurrencyCode {
  const currency = currencyByNumeric(Number(row.currency));
  invariant(currency !== undefined, 'a payment in no currency');
  return currency.code;
}

export function toPaymentRow(row: PaymentColumns): PaymentRow {
  return {
    epoch: epochOf(row.position),
    journalSeq: seqOf(row.position),
    atMs: Number(row.at_ms),
    state: STATES[Number(row.state)] ?? 'declined',
    amount: { minor: row.amount_minor.toString(), currency: currencyOfRow(row) },
    mode: MODES[Number(row.mode)] ?? 'unknown',
    paymentId: row.payment_id === null ? null : toHex(row.payment_id),
    purseTail: row.purse_id === null ? null : toHex(row.purse_id).slice(-4),
    cashier: row.cashier,
    refusal: row.refusal === null ? null : (JSON.parse(row.refusal) as PaymentRow['refusal']),
    rejectReason: row.reject_reason as PaymentRow['rejectReason'],
    lossBearer: row.loss_bearer as PaymentRow['lossBearer'],
    refunded: { minor: row.refunded_minor.toString(), currency: currencyOfRow(row) },
    isVoided: row.is_voided === 1n,
    isFromPaper: row.is_from_paper === 1n,
    orderId: row.order_id === null ? null : toHex(row.order_id),
  };
}

/** Approved, and by its own entry known to the clearing house as far as the last parameter; a carried one waits for its carrier. */
const IS_HELD = `state = 0 AND NOT EXISTS
  (SELECT 1 FROM payment_place WHERE payment_place.position = payment.position AND known_as > ?)`;

/** One text for one refusal, whatever order its detail's fields came in. */
function refusalText(refusal: Refusal): string {
  if (!('detail' in refusal)) return JSON.stringify({ code: refusal.code });
  const fields = Object.entries(refusal.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ code: refusal.code, detail: Object.fromEntries(fields) });
}

/** What a decision needs of an earlier charge, and no column more. */
type ChargeColumns = Pick<
  PaymentColumns,
  'position' | 'at_ms' | 'mode' | 'amount_minor' | 'counter' | 'spent_minor' | 'previous'
>;

export class PaymentsTable {
  readonly #insert;
  readonly #ofPurse;
  readonly #list;
  readonly #one;
  readonly #unsent;
  readonly #waiting;
  readonly #markSent;
  readonly #markCarried;
  readonly #carried;
  readonly #place;
  readonly #otherPlace;
  readonly #setPlace;
  readonly #setOutcome;

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      `INSERT INTO payment (position, at_ms, state, mode, amount_minor, currency, cashier, purse_id, counter,
         payment_id, spent_minor, previous, refusal, is_from_paper)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // the `state <> 5` is the partial index's own condition: without it the index is not used
    this.#ofPurse = connection.prepare<[Uint8Array], ChargeColumns>(
      `SELECT position, at_ms, mode, amount_minor, counter, spent_minor, previous
         FROM payment WHERE purse_id = ? AND state <> 5 ORDER BY counter`,
    );
    this.#list = connection.prepare<[bigint, bigint], PaymentColumns>(
      `SELECT ${PAYMENT_COLUMNS} FROM payment WHERE position < ? ORDER BY position DESC LIMIT ?`,
    );
    this.#one = connection.prepare<[bigint], PaymentColumns>(
      `SELECT ${PAYMENT_COLUMNS} FROM payment WHERE position = ?`,
    );
    this.#unsent = connection
      .prepare<[bigint, bigint, bigint], bigint>(
        `SELECT position FROM payment WHERE position > ? AND position <= ? AND ${IS_HELD}`,
      )
      .pluck();
    this.#waiting = connection
      .prepare<[bigint, bigint, bigint], bigint>(
        'SELECT position FROM payment WHERE position > ? AND position <= ? AND state = 0 ORDER BY position LIMIT ?',
      )
      .pluck();
    this.#markSent = connection.prepare<[bigint, bigint, bigint], PaymentColumns>(
      `UPDATE payment SET state = 1 WHERE position > ? AND position <= ? AND ${IS_HELD} RETURNING ${RETURNED}`,
    );
    this.#markCarried = connection.prepare<[bigint, bigint], PaymentColumns>(
      `UPDATE payment SET state = 1 WHERE state = 0
         AND position IN (SELECT position FROM payment_place WHERE known_as > ? AND known_as <= ?) RETURNING ${RETURNED}`,
    );
    this.#carried = connection
      .prepare<[bigint, bigint], bigint>(
        'SELECT position FROM payment_place WHERE known_as > ? AND known_as <= ?',
      )
      .pluck();
    this.#place = connection
      .prepare<[bigint], bigint>('SELECT position FROM payment_place WHERE known_as = ?')
      .pluck();
    this.#otherPlace = connection
      .prepare<[bigint], bigint>('SELECT known_as FROM payment_place WHERE position = ?')
      .pluck();
    this.#setPlace = connection.prepare<[bigint, bigint]>(
      `INSERT INTO payment_place (known_as, position) VALUES (?, ?)
       ON CONFLICT (position) DO UPDATE SET known_as = excluded.known_as`,
    );
    this.#setOutcome = connection.prepare<[bigint, string | null, string, bigint], PaymentColumns>(
      `UPDATE payment SET state = ?, reject_reason = ?, loss_bearer = ? WHERE position = ? RETURNING ${RETURNED}`,
    );
  }

  insert(record: PaymentRecord): void {
    const { purse } = record;
    this.#insert.run(
      record.position,
      BigInt(record.atMs),
      BigInt(STATES.indexOf(record.state)),
      BigInt(MODES.indexOf(record.mode)),
      record.amount.minor,
      BigInt(currencyOf(record.amount.currency).numeric),
      record.cashier,
      purse?.purseId ?? null,
      purse === null ? null : BigInt(purse.counter),
      purse?.paymentId ?? null,
      purse?.spentMinor ?? null,
      purse?.previous ?? null,
      record.refusal === null ? null : refusalText(record.refusal),
      record.isFromPaper === true ? 1n : 0n,
    );
  }

  /** What this terminal has charged a purse; no more rows than its payment count cap. */
  chargedTo(purseId: Uint8Array): readonly ChargedPayment[] {
    return this.#ofPurse.all(purseId).map((row) => {
      invariant(
        row.counter !== null && row.spent_minor !== null && row.previous !== null,
        'a charge without a purse',
      );
      return {
        position: row.position,
        atMs: Number(row.at_ms),
        mode: row.mode === 1n ? 'bound' : 'quick',
        amountMinor: row.amount_minor,
        counter: Number(row.counter),
        spentMinor: row.spent_minor,
        previous: row.previous,
      };
    });
  }

  list(before: bigint, limit: number): readonly PaymentRow[] {
    return this.#list.all(before, BigInt(limit)).map(toPaymentRow);
  }

  find(position: bigint): PaymentRow | undefined {
    const row = this.#one.get(position);
    return row === undefined ? undefined : toPaymentRow(row);
  }

  row(position: bigint): PaymentRow {
    const row = this.find(position);
    invariant(row !== undefined, 'a payment that was just written');
    return row;
  }

  /** Positions of approved payments that were not acknowledged, after one position and up to another. */
  unsentBetween(after: bigint, upTo: bigint): readonly bigint[] {
    return [...this.#unsent.all(after, upTo, upTo), ...this.#carried.all(after, upTo)];
  }

  /** Positions of payments that the clearing house does not hold, after one place and up to another, in order. */
  waitingBetween(after: bigint, upTo: bigint, limit: number): readonly bigint[] {
    return this.#waiting.all(after, upTo, BigInt(limit));
  }

  /** From now on the clearing house knows this payment by that entry, and by no other. */
  setPlace(position: bigint, knownAs: bigint): void {
    this.#setPlace.run(knownAs, position);
  }

  /** Where the payment stands that the clearing house means by this entry; undefined when it means none of ours. */
  placeOf(knownAs: bigint): bigint | undefined {
    const place = this.#place.get(knownAs);
    if (place !== undefined) return place;
    return this.#otherPlace.get(knownAs) === undefined ? knownAs : undefined;
  }

  /** Marks approved payments up to a position as sent; returns the ones that changed. */
  markSent(after: bigint, upTo: bigint): readonly PaymentRow[] {
    return [...this.#markSent.all(after, upTo, upTo), ...this.#markCarried.all(after, upTo)].map(
      toPaymentRow,
    );
  }

  /** States only move forward: a payment that has its outcome keeps it. Undefined when nothing changed. */
  setOutcome(knownAs: bigint, outcome: Outcome): { before: PaymentState; row: PaymentRow } | undefined {
    const position = this.placeOf(knownAs);
    const current = position === undefined ? undefined : this.#one.get(position);
    if (position === undefined || current === undefined || current.state > 1n) return undefined;
    const state = BigInt(STATES.indexOf(outcome.state));
    const row = this.#setOutcome.get(state, outcome.reason, outcome.lossBearer, position);
    invariant(row !== undefined, 'a payment vanished');
    return { before: STATES[Number(current.state)] ?? 'declined', row: toPaymentRow(row) };
  }
}
