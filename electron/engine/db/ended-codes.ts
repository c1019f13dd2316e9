/** Payments that were refused here because their time was over. A view of the journal. */
import { idBytes, type PaymentId } from '../../../shared/ids.ts';
import type { Connection } from './connection.ts';

export class EndedCodesTable {
  readonly #insert;
  readonly #has;

  constructor(connection: Connection) {
    this.#insert = connection.prepare<[Uint8Array]>(
      'INSERT INTO ended_code (payment_id) VALUES (?) ON CONFLICT DO NOTHING',
    );
    this.#has = connection.prepare<[Uint8Array], { found: bigint }>(
      'SELECT 1 AS found FROM ended_code WHERE payment_id = ?',
    );
  }

  insert(paymentId: PaymentId): void {
    this.#insert.run(idBytes(paymentId));
  }

  has(paymentId: PaymentId): boolean {
    return this.#has.get(idBytes(paymentId)) !== undefined;
  }
}
