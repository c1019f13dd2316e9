/**
 * The purses behind presented codes: what never changes of them, kept in memory once read. Money and
 * state change, so they are never here; they are read under a lock when a batch is settled.
 */
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { isShort, type PresentedCode } from '../../shared/protocol/picture.ts';
import type { Database } from '../db/database.ts';
import { findPursesByShortDigest, type RegisteredPurse } from '../db/purses.ts';

/** About 40 MB when full. */
const MAX_KNOWN = 50_000;

export class PurseRegister {
  readonly #database: Database;
  readonly #known = new Map<string, RegisteredPurse>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** For each code its purse, or undefined when this house did not issue it. */
  async find(
    codes: readonly PresentedCode['certificate'][],
  ): Promise<readonly (RegisteredPurse | undefined)[]> {
    const names = codes.map((code) => toHex(isShort(code) ? code.short : code.digest.subarray(0, 8)));
    const missing = [...new Set(names.filter((name) => !this.#known.has(name)))];
    const found = new Map<string, RegisteredPurse>();
    for (const purse of await findPursesByShortDigest(this.#database, missing)) {
      const name = toHex(purse.certificateDigest.subarray(0, 8));
      found.set(name, purse);
      this.#remember(name, purse);
    }
    return codes.map((code, i) => {
      const purse = this.#known.get(names[i] ?? '') ?? found.get(names[i] ?? '');
      // a full code must be the very certificate, not one that shares eight bytes of its digest
      return purse === undefined || isShort(code) || equalBytes(code.digest, purse.certificateDigest)
        ? purse
        : undefined;
    });
  }

  #remember(name: string, purse: RegisteredPurse): void {
    if (this.#known.size >= MAX_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(name, purse);
  }
}
