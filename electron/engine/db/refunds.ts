/** The refunds' tables: what was given back of which sale, by whom, and the copies of papers. A view of the journal. */
import { invariant } from '../../../shared/assert.ts';
import { toHex } from '../../../shared/bytes.ts';
import type { RefundRow } from '../../../shared/contract/terminal/after-the-sale.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import type { Money } from '../../../shared/money.ts';
import type { Outcome } from '../../../shared/protocol/acknowledgement.ts';
import { REPRINTED, type Reprinted } from '../../../shared/protocol/bodies/refund.ts';
import type { Connection } from './connection.ts';
import { epochOf, seqOf } from './journal.ts';

/** For ever: positions are in databases. */
const STATES: readonly RefundRow['state'][] = ['made', 'sent', 'settled', 'rejected'];
const WHAT: readonly RefundRow['what'][] = ['refund', 'void'];
const METHODS: readonly RefundRow['method'][] = ['credit-note', 'cash'];

export interface RefundRecord {
  readonly position: bigint;
  readonly original: bigint;
  readonly atMs: number;
  readonly what: RefundRow['what'];
  readonly amount: Money;
  readonly actor: string;
  readonly approvedBy: string | null;
  readonly reason: string;
  /** Of the credit note, 16 bytes; null where it was paid out in cash. */
  readonly refundId: Uint8Array | null;
}

export interface ReprintRecord {
  readonly position: bigint;
  readonly what: Reprinted;
  readonly original: bigint;
  readonly copy: number;
  readonly atMs: number;
  readonly actor: string;
  readonly approvedBy: string | null;
}

interface Row {
  position: bigint;
  original: bigint;
  at_ms: bigint;
  what: bigint;
  method: bigint;
  state: bigint;
  amount_minor: bigint;
  currency: bigint;
  actor: string;
  approved_by: string | null;
  reason: string;
  refund_id: Uint8Array | null;
  reject_reason: string | null;
}

function currencyOfRow(row: Row): CurrencyCode {
  const currency = currencyByNumeric(Number(row.currency));
  invariant(currency !== undefined, 'a refund in no currency');
  return currency.code;
}

function toRefundRow(row: Row): RefundRow {
  const [state, what, method] = [
    STATES[Number(row.state)],
    WHAT[Number(row.what)],
    METHODS[Number(row.method)],
  ];
  invariant(state !== undefined && what !== undefined && method !== undefined, 'a refund of no kind');
  return {
    epoch: epochOf(row.position),
    journalSeq: seqOf(row.position),
    original: { epoch: epochOf(row.original), journalSeq: seqOf(row.original) },
    atMs: Number(row.at_ms),
    what,
    method,
    state,
    amount: { minor: row.amount_minor.toString(), currency: currencyOfRow(row) },
    refundId: row.refund_id === null ? null : toHex(row.refund_id),
    cashier: row.actor,
    approvedBy: row.approved_by,
    reason: row.reason,
    rejectReason: row.reject_reason as RefundRow['rejectReason'],
  };
}

/** A refund whose state moved, and the entry that it is of. */
export interface MovedRefund {
  readonly original: bigint;
  readonly amountMinor: bigint;
  readonly what: RefundRow['what'];
}

export class RefundsTable {
  readonly #insert;
  readonly #addToPayment;
  readonly #addToOrder;
  readonly #one;
  readonly #ofOriginal;
  readonly #since;
  readonly #markSent;
  readonly #setOutcome;
  readonly #insertReprint;
  readonly #copies;
  readonly #cashOf;

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      `INSERT INTO refund (position, original, at_ms, what, method, state, amount_minor, currency, actor,
         approved_by, reason, refund_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#addToPayment = connection.prepare<[bigint, bigint, bigint]>(
      'UPDATE payment SET refunded_minor = refunded_minor + ?, is_voided = ? WHERE position = ?',
    );
    this.#addToOrder = connection.prepare<[bigint, bigint]>(
      'UPDATE sale_order SET cash_refunded_minor = cash_refunded_minor + ? WHERE position = ?',
    );
    this.#one = connection.prepare<[bigint], Row>('SELECT * FROM refund WHERE position = ?');
    this.#ofOriginal = connection.prepare<[bigint], Row>(
      'SELECT * FROM refund WHERE original = ? ORDER BY position',
    );
    this.#since = connection.prepare<[bigint], { sum: bigint | null }>(
      'SELECT sum(amount_minor) AS sum FROM refund WHERE at_ms > ? AND state <> 3',
    );
    this.#markSent = connection.prepare<[bigint, bigint]>(
      'UPDATE refund SET state = 1 WHERE position > ? AND position <= ? AND state = 0',
    );
    this.#setOutcome = connection.prepare<[bigint, string | null, bigint], Row>(
      'UPDATE refund SET state = ?, reject_reason = ? WHERE position = ? AND state < 2 RETURNING *',
    );
    this.#insertReprint = connection.prepare(
      `INSERT INTO reprint (position, what, original, copy, at_ms, actor, approved_by)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#copies = connection.prepare<[bigint, bigint], { copies: bigint | null }>(
      'SELECT max(copy) AS copies FROM reprint WHERE what = ? AND original = ?',
    );
    this.#cashOf = connection.prepare<[bigint], { paid: bigint | null; refunded: bigint }>(
      `SELECT (SELECT sum(amount_minor) FROM order_tender
                WHERE order_tender.position = sale_order.position AND method = 'cash') AS paid,
              cash_refunded_minor AS refunded
         FROM sale_order WHERE position = ?`,
    );
  }

  /** Also adds it to what was given back of its sale; the database refuses more than that had. */
  insert(record: RefundRecord): void {
    const { position, original, what, amount, refundId } = record;
    const isCash = refundId === null;
    this.#insert.run(
      position,
      original,
      BigInt(record.atMs),
      BigInt(WHAT.indexOf(what)),
      isCash ? 1n : 0n,
      BigInt(STATES.indexOf(isCash ? 'settled' : 'made')),
      amount.minor,
      BigInt(currencyOf(amount.currency).numeric),
      record.actor,
      record.approvedBy,
      record.reason,
      refundId,
    );
    const isOfPayment =
      this.#addToPayment.run(amount.minor, what === 'void' ? 1n : 0n, original).changes === 1;
    const isOfOrder = !isOfPayment && isCash && this.#addToOrder.run(amount.minor, original).changes === 1;
    invariant(isOfPayment || isOfOrder, 'a refund of nothing');
  }

  find(position: bigint): RefundRow | undefined {
    const row = this.#one.get(position);
    return row === undefined ? undefined : toRefundRow(row);
  }

  /** In the order in which they were made. */
  of(original: bigint): readonly RefundRow[] {
    return this.#ofOriginal.all(original).map(toRefundRow);
  }

  /** What was given back since, of anything, without what was rejected. */
  sumSince(atMs: number): bigint {
    return this.#since.get(BigInt(Math.max(0, Math.floor(atMs))))?.sum ?? 0n;
  }

  /** What an order brought in in cash, and what of it was given back; undefined for no order. */
  cashOf(order: bigint): { readonly paidMinor: bigint; readonly refundedMinor: bigint } | undefined {
    const row = this.#cashOf.get(order);
    return row === undefined ? undefined : { paidMinor: row.paid ?? 0n, refundedMinor: row.refunded };
  }

  markSent(after: bigint, upTo: bigint): void {
    this.#markSent.run(after, upTo);
  }

  /** States only move forward. What is rejected was not given back; the sale may be refunded in another way. */
  setOutcome(position: bigint, outcome: Outcome): MovedRefund | undefined {
    const state = outcome.state === 'rejected' ? 3n : 2n;
    const row = this.#setOutcome.get(state, outcome.reason, position);
    if (row === undefined) return undefined;
    if (state === 3n) this.#addToPayment.run(-row.amount_minor, 0n, row.original);
    return {
      original: row.original,
      amountMinor: row.amount_minor,
      what: WHAT[Number(row.what)] ?? 'refund',
    };
  }

  insertReprint(record: ReprintRecord): void {
    this.#insertReprint.run(
      record.position,
      BigInt(REPRINTED.indexOf(record.what)),
      record.original,
      BigInt(record.copy),
      BigInt(record.atMs),
      record.actor,
      record.approvedBy,
    );
  }

  /** How many copies were handed out. */
  copiesOf(what: Reprinted, original: bigint): number {
    return Number(this.#copies.get(BigInt(REPRINTED.indexOf(what)), original)?.copies ?? 0n);
  }
}
