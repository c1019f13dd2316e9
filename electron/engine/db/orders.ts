/** The orders' tables: what was sold, how it was taxed and what paid for it. A view of the journal. */
import { invariant } from '../../../shared/assert.ts';
import { toHex } from '../../../shared/bytes.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import type { OrderClosedBody } from '../../../shared/protocol/bodies/order.ts';
import type { Connection } from './connection.ts';
import { positionOf } from './journal.ts';
import { orderKey } from './open-orders.ts';

export interface ClosedOrderRow {
  readonly position: bigint;
  readonly orderId: string;
  readonly atMs: number;
  readonly shiftId: number | null;
  readonly cashier: string;
  readonly currency: CurrencyCode;
  readonly name: string;
  readonly lines: number;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly tipMinor: bigint;
  readonly roundingMinor: bigint;
}

/** A payment by code that was taken for an order. */
export interface OrderPayment {
  readonly position: bigint;
  readonly amountMinor: bigint;
  readonly refundedMinor: bigint;
}

interface Row {
  position: bigint;
  order_id: Uint8Array;
  at_ms: bigint;
  shift: bigint | null;
  cashier: string;
  currency: bigint;
  name: string;
  lines: bigint;
  tax_minor: bigint;
  total_minor: bigint;
  tip_minor: bigint;
  rounding_minor: bigint;
}

function toRow(row: Row): ClosedOrderRow {
  const currency = currencyByNumeric(Number(row.currency));
  invariant(currency !== undefined, 'an order in no currency');
  return {
    position: row.position,
    orderId: toHex(row.order_id),
    atMs: Number(row.at_ms),
    shiftId: row.shift === null ? null : Number(row.shift),
    cashier: row.cashier,
    currency: currency.code,
    name: row.name,
    lines: Number(row.lines),
    taxMinor: row.tax_minor,
    totalMinor: row.total_minor,
    tipMinor: row.tip_minor,
    roundingMinor: row.rounding_minor,
  };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

export class OrdersTable {
  readonly #insert;
  readonly #insertLine;
  readonly #insertTender;
  readonly #insertPayment;
  readonly #refund;
  readonly #list;
  readonly #one;
  readonly #payments;

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      `INSERT INTO sale_order (position, order_id, at_ms, shift, cashier, currency, name, note, lines,
         discount_minor, tax_minor, total_minor, tip_minor, rounding_minor)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertLine = connection.prepare(
      `INSERT INTO order_line (position, line, item_id, name, quantity, price_minor, discount_minor, amount_minor,
         tax_rate_id, tax_basis_points, is_tax_included, note, added_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertTender = connection.prepare(
      `INSERT INTO order_tender (position, tender, method, amount_minor, rounding_minor, tip_minor, given_minor,
         sale, taken_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertPayment = connection.prepare<[bigint, Uint8Array, bigint]>(
      'INSERT INTO order_payment (sale, order_id, amount_minor) VALUES (?, ?, ?)',
    );
    this.#refund = connection.prepare<[bigint, bigint]>(
      'UPDATE order_payment SET refunded_minor = refunded_minor + ? WHERE sale = ?',
    );
    this.#list = connection.prepare<[bigint, bigint], Row>(
      'SELECT * FROM sale_order WHERE position < ? ORDER BY position DESC LIMIT ?',
    );
    this.#one = connection.prepare<[bigint], Row>('SELECT * FROM sale_order WHERE position = ?');
    this.#payments = connection.prepare<
      [Uint8Array],
      { sale: bigint; amount_minor: bigint; refunded_minor: bigint }
    >('SELECT sale, amount_minor, refunded_minor FROM order_payment WHERE order_id = ? ORDER BY sale');
  }

  insert(position: bigint, atMs: number, cashier: string, body: OrderClosedBody): void {
    const { lines, tenders } = body;
    this.#insert.run(
      position,
      orderKey(body.orderId),
      BigInt(atMs),
      body.shiftId === null ? null : BigInt(body.shiftId),
      cashier,
      BigInt(currencyOf(body.currency).numeric),
      body.name,
      body.note,
      BigInt(lines.length),
      sum(lines.map((line) => line.discountMinor + line.orderDiscountMinor)),
      sum(body.taxes.map(({ taxMinor }) => taxMinor)),
      body.totalMinor,
      body.tipMinor,
      sum(tenders.map(({ roundingMinor }) => roundingMinor)),
    );
    for (const [i, line] of lines.entries()) {
      this.#insertLine.run(
        position,
        BigInt(i + 1),
        line.itemId,
        line.name,
        line.quantity,
        line.priceMinor,
        line.discountMinor + line.orderDiscountMinor,
        line.amountMinor,
        line.tax.taxRateId,
        BigInt(line.tax.basisPoints),
        line.tax.isIncluded ? 1n : 0n,
        line.note,
        line.addedBy,
      );
    }
    for (const [i, tender] of tenders.entries()) {
      this.#insertTender.run(
        position,
        BigInt(i + 1),
        tender.method,
        tender.amountMinor,
        tender.roundingMinor,
        tender.tipMinor,
        tender.givenMinor,
        tender.sale === null ? null : positionOf(tender.sale.epoch, tender.sale.seq),
        tender.takenBy,
      );
    }
  }

  insertPayment(position: bigint, orderId: Uint8Array, amountMinor: bigint): void {
    this.#insertPayment.run(position, orderId, amountMinor);
  }

  /** Of a payment for an order; of any other nothing changes here. */
  refund(sale: bigint, amountMinor: bigint): void {
    this.#refund.run(amountMinor, sale);
  }

  /** Newest first. */
  list(before: bigint, limit: number): readonly ClosedOrderRow[] {
    return this.#list.all(before, BigInt(limit)).map(toRow);
  }

  find(position: bigint): ClosedOrderRow | undefined {
    const row = this.#one.get(position);
    return row === undefined ? undefined : toRow(row);
  }

  /** Payments by code for an order, closed or open. */
  paymentsOf(orderId: string): readonly OrderPayment[] {
    return this.#payments.all(orderKey(orderId)).map((row) => ({
      position: row.sale,
      amountMinor: row.amount_minor,
      refundedMinor: row.refunded_minor,
    }));
  }
}
