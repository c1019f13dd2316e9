/** What terminals were told that they may take, and how much of a purse that holds. */
import { sql } from 'kysely';
import { byteaArray } from './binary-array.ts';
import type { Tx } from './database.ts';

export interface AuthorisationRow {
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly terminalId: Uint8Array;
  readonly paymentId: Uint8Array;
  readonly amountMinor: bigint;
  readonly isForced: boolean;
  readonly code: Uint8Array;
  readonly answer: Uint8Array;
  readonly authorisedAtMs: number;
}

/** Call it after lockPurses: then nobody adds one until the transaction ends. */
export async function findAuthorisation(
  tx: Tx,
  purseId: Uint8Array,
  counter: number,
): Promise<AuthorisationRow | undefined> {
  const row = await tx
    .selectFrom('authorisations')
    .selectAll()
    .where('purse_id', '=', purseId)
    .where('counter', '=', counter)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        purseId: row.purse_id,
        counter: row.counter,
        terminalId: row.terminal_id,
        paymentId: row.payment_id,
        amountMinor: row.amount_minor,
        isForced: row.is_forced,
        code: row.code,
        answer: row.answer,
        authorisedAtMs: Number(row.authorised_at_ms),
      };
}

export interface OpenAuthorisation {
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly terminalId: Uint8Array;
  readonly amountMinor: bigint;
  readonly authorisedAtMs: number;
  readonly code: Uint8Array;
}

/** Of these purses, those whose sale no journal has brought yet. Call it after lockPurses. */
export async function findOpenAuthorisations(
  tx: Tx,
  purseIds: readonly Uint8Array[],
): Promise<readonly OpenAuthorisation[]> {
  if (purseIds.length === 0) return [];
  const { rows } = await sql<{
    purse_id: Uint8Array;
    counter: number;
    terminal_id: Uint8Array;
    amount_minor: bigint;
    authorised_at_ms: bigint;
    code: Uint8Array;
  }>`
    SELECT held.purse_id, held.counter, held.terminal_id, held.amount_minor, held.authorised_at_ms, held.code
      FROM authorisations AS held
     WHERE held.purse_id = ANY(${byteaArray(purseIds)}::bytea[])
       AND NOT EXISTS (
         SELECT FROM outcomes
          WHERE outcomes.purse_id = held.purse_id AND outcomes.counter = held.counter
            AND state <> 'rejected' AND refund_id IS NULL)`.execute(tx);
  return rows.map((row) => ({
    purseId: row.purse_id,
    counter: row.counter,
    terminalId: row.terminal_id,
    amountMinor: row.amount_minor,
    authorisedAtMs: Number(row.authorised_at_ms),
    code: row.code,
  }));
}

export async function insertAuthorisation(tx: Tx, row: AuthorisationRow): Promise<void> {
  await tx
    .insertInto('authorisations')
    .values({
      purse_id: row.purseId,
      counter: row.counter,
      terminal_id: row.terminalId,
      payment_id: row.paymentId,
      amount_minor: row.amountMinor,
      is_forced: row.isForced,
      code: row.code,
      answer: row.answer,
      authorised_at_ms: BigInt(row.authorisedAtMs),
    })
    .execute();
}
