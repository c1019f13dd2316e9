/** Invoices of this terminal: each is answered once. */
import type { Invoice } from '../../../shared/protocol/invoice.ts';
import type { Connection } from './connection.ts';

export type InvoiceState = 'open' | 'used' | 'cancelled';
const STATES: readonly InvoiceState[] = ['open', 'used', 'cancelled'];

export interface StoredInvoice {
  readonly bytes: Uint8Array;
  readonly amountMinor: bigint;
  readonly expiresAtS: number;
  readonly state: InvoiceState;
}

export class InvoicesTable {
  readonly #insert;
  readonly #get;
  readonly #close;

  constructor(connection: Connection) {
    this.#insert = connection.prepare<[Uint8Array, Uint8Array, bigint, bigint]>(
      'INSERT INTO invoice (digest, bytes, amount_minor, expires_at_s, state) VALUES (?, ?, ?, ?, 0)',
    );
    this.#get = connection.prepare<
      [Uint8Array],
      { bytes: Uint8Array; amount_minor: bigint; expires_at_s: bigint; state: bigint }
    >('SELECT bytes, amount_minor, expires_at_s, state FROM invoice WHERE digest = ?');
    this.#close = connection.prepare<[bigint, Uint8Array]>(
      'UPDATE invoice SET state = ? WHERE digest = ? AND state = 0',
    );
  }

  insert(invoice: Invoice): void {
    const expiresAtS = BigInt(invoice.iatS + invoice.ttlS);
    this.#insert.run(invoice.digest, invoice.bytes, invoice.amountMinor, expiresAtS);
  }

  byDigest(digest: Uint8Array): StoredInvoice | undefined {
    const row = this.#get.get(digest);
    if (row === undefined) return undefined;
    return {
      bytes: new Uint8Array(row.bytes),
      amountMinor: row.amount_minor,
      expiresAtS: Number(row.expires_at_s),
      state: STATES[Number(row.state)] ?? 'cancelled',
    };
  }

  /** False when it was not open. */
  close(digest: Uint8Array, as: 'used' | 'cancelled'): boolean {
    return this.#close.run(BigInt(STATES.indexOf(as)), digest).changes === 1;
  }
}
