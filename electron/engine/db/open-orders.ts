/**
 * Orders that are being built: the one at hand and those that are parked, with their last steps. Working state,
 * not a view: nothing here is money until an entry says so, and all of it is on disk before the till answers.
 */
import { invariant } from '../../../shared/assert.ts';
import { fromHex, toHex } from '../../../shared/bytes.ts';
import { openOrderValue, readOpenOrder } from '../../../shared/protocol/bodies/order.ts';
import { decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { MAX_PARKED, MAX_UNDO, type OpenOrder } from '../../../shared/sale/order.ts';
import type { Connection } from './connection.ts';

interface Row {
  order_id: Uint8Array;
  changed_at_ms: bigint;
  bytes: Uint8Array;
}

export interface KeptOrder {
  readonly order: OpenOrder;
  readonly changedAtMs: number;
}

export function orderKey(orderId: string): Uint8Array {
  const key = fromHex(orderId);
  invariant(key !== undefined && key.length === 8, 'an order id of 8 bytes');
  return key;
}

function toKept(row: Row): KeptOrder {
  const order = readOpenOrder(decodeCbor(row.bytes));
  invariant(order.orderId === toHex(row.order_id), 'an order under the key of another');
  return { order, changedAtMs: Number(row.changed_at_ms) };
}

export class OpenOrdersTable {
  readonly #current;
  readonly #byId;
  readonly #parked;
  readonly #countParked;
  readonly #put;
  readonly #drop;
  readonly #lastStep;
  readonly #addStep;
  readonly #dropSteps;

  constructor(connection: Connection) {
    // the condition is the partial index's own: at most one row stands in it
    this.#current = connection.prepare<[], Row>('SELECT * FROM open_order WHERE is_current = 1');
    this.#byId = connection.prepare<[Uint8Array], Row>('SELECT * FROM open_order WHERE order_id = ?');
    this.#parked = connection.prepare<[bigint], Row>(
      'SELECT * FROM open_order WHERE is_current = 0 ORDER BY changed_at_ms DESC, order_id LIMIT ?',
    );
    this.#countParked = connection
      .prepare<[], bigint>('SELECT count(*) FROM open_order WHERE is_current = 0')
      .pluck();
    this.#put = connection.prepare<[Uint8Array, bigint, bigint, Uint8Array]>(
      `INSERT INTO open_order (order_id, is_current, changed_at_ms, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (order_id) DO UPDATE SET is_current = excluded.is_current,
         changed_at_ms = excluded.changed_at_ms, bytes = excluded.bytes`,
    );
    this.#drop = connection.prepare<[Uint8Array]>('DELETE FROM open_order WHERE order_id = ?');
    this.#lastStep = connection.prepare<[Uint8Array], { step: bigint; bytes: Uint8Array }>(
      'SELECT step, bytes FROM open_order_past WHERE order_id = ? ORDER BY step DESC LIMIT 1',
    );
    this.#addStep = connection.prepare<[Uint8Array, bigint, Uint8Array]>(
      'INSERT INTO open_order_past (order_id, step, bytes) VALUES (?, ?, ?)',
    );
    this.#dropSteps = connection.prepare<[Uint8Array, bigint, bigint]>(
      'DELETE FROM open_order_past WHERE order_id = ? AND (step <= ? OR step >= ?)',
    );
  }

  /** The order at hand; undefined where there is none. */
  current(): OpenOrder | undefined {
    const row = this.#current.get();
    return row === undefined ? undefined : toKept(row).order;
  }

  byId(orderId: string): OpenOrder | undefined {
    const row = this.#byId.get(orderKey(orderId));
    return row === undefined ? undefined : toKept(row).order;
  }

  /** Newest first. */
  parked(): readonly KeptOrder[] {
    return this.#parked.all(BigInt(MAX_PARKED)).map(toKept);
  }

  countParked(): number {
    return Number(this.#countParked.get());
  }

  keep(order: OpenOrder, isCurrent: boolean, atMs: number): void {
    const bytes = encodeCbor(openOrderValue(order));
    this.#put.run(orderKey(order.orderId), isCurrent ? 1n : 0n, BigInt(atMs), bytes);
  }

  /** What the order was before the step that is being kept; the oldest beyond the limit is forgotten. */
  remember(before: OpenOrder): void {
    const key = orderKey(before.orderId);
    const step = (this.#lastStep.get(key)?.step ?? 0n) + 1n;
    this.#addStep.run(key, step, encodeCbor(openOrderValue(before)));
    this.#dropSteps.run(key, step - BigInt(MAX_UNDO), step + 1n);
  }

  canUndo(orderId: string): boolean {
    return this.#lastStep.get(orderKey(orderId)) !== undefined;
  }

  /** Takes the last step off and returns what the order was before it. */
  takeBack(orderId: string): OpenOrder | undefined {
    const key = orderKey(orderId);
    const last = this.#lastStep.get(key);
    if (last === undefined) return undefined;
    this.#dropSteps.run(key, -1n, last.step);
    return readOpenOrder(decodeCbor(last.bytes));
  }

  /** Steps before a payment cannot be taken back. */
  forgetSteps(orderId: string): void {
    this.#dropSteps.run(orderKey(orderId), -1n, 0n);
  }

  /** The order with its steps. */
  drop(orderId: string): void {
    this.#drop.run(orderKey(orderId));
  }
}
