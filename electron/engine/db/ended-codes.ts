/** Payments that were refused here because their time was over. A view of the journal. */
import { sha256 } from '../../../shared/hash.ts';
import type { Payment } from '../../../shared/protocol/payment.ts';
import type { Connection } from './connection.ts';

/** A payload has a nonce or an invoice's digest in it, so no two payments share one. */
function digestOf(payment: Payment): Uint8Array {
  return sha256(payment.sign1.payload).subarray(0, 16);
}

export class EndedCodesTable {
  readonly #insert;
  readonly #has;

  constructor(connection: Connection) {
    this.#insert = connection.prepare<[Uint8Array]>(
      'INSERT INTO ended_code (payload_digest) VALUES (?) ON CONFLICT DO NOTHING',
    );
    this.#has = connection.prepare<[Uint8Array], { found: bigint }>(
      'SELECT 1 AS found FROM ended_code WHERE payload_digest = ?',
    );
  }

  insert(payment: Payment): void {
    this.#insert.run(digestOf(payment));
  }

  has(payment: Payment): boolean {
    return this.#has.get(digestOf(payment)) !== undefined;
  }
}
