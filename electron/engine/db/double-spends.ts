/** Purses that were caught spending double at this terminal, and the proofs of it. A view of the journal. */
import type { Connection } from './connection.ts';

export interface SeenDoubleSpend {
  /** Of the `double-spend` entry. */
  readonly position: bigint;
  readonly proof: Uint8Array<ArrayBuffer>;
}

export class DoubleSpendsTable {
  readonly #insert;
  readonly #has;
  readonly #after;

  constructor(connection: Connection) {
    this.#insert = connection.prepare<[Uint8Array, bigint, Uint8Array]>(
      'INSERT INTO double_spend (purse_id, position, proof) VALUES (?, ?, ?) ON CONFLICT (purse_id) DO NOTHING',
    );
    this.#has = connection.prepare<[Uint8Array], { found: bigint }>(
      'SELECT 1 AS found FROM double_spend WHERE purse_id = ?',
    );
    this.#after = connection.prepare<[bigint], { position: bigint; proof: Uint8Array }>(
      'SELECT position, proof FROM double_spend WHERE position > ? ORDER BY position LIMIT 1',
    );
  }

  /** One proof is enough to block a purse for ever. */
  insert(purseId: Uint8Array, { position, proof }: SeenDoubleSpend): void {
    this.#insert.run(purseId, position, proof);
  }

  isBlocked(purseId: Uint8Array): boolean {
    return this.#has.get(purseId) !== undefined;
  }

  /** The first proof after a position. */
  after(position: bigint): SeenDoubleSpend | undefined {
    const row = this.#after.get(position);
    return row === undefined ? undefined : { position: row.position, proof: new Uint8Array(row.proof) };
  }
}
