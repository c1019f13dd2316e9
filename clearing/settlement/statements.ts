/** What terminals are told of their settlements: statements, and proofs of what is and what is not in them. */
import { type CborValue, encodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeStatementProof, inTreeOrder, MAX_STATEMENTS } from '../../shared/protocol/statement.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { TerminalRow } from '../db/merchants.ts';
import { readLeaves, statementOfEntry, statementsAfter } from '../db/statements.ts';
import type { House } from '../house.ts';

/** @returns CBOR, an array of [number, statement] */
export async function terminalStatements(
  house: House,
  { terminalId }: TerminalRow,
  after: number,
): Promise<Uint8Array> {
  const rows = await statementsAfter(house.database, terminalId, after, MAX_STATEMENTS);
  return encodeCbor(rows.map(({ number, bytes }): CborValue => [number, bytes]));
}

/** Of the statement that speaks for the entry; `not-found` while none does. */
export async function statementProof(
  house: House,
  { terminalId }: TerminalRow,
  epoch: number,
  seq: number,
): Promise<Result<Uint8Array, Refusal<'not-found'>>> {
  const statement = await statementOfEntry(house.database, terminalId, epoch, seq);
  if (statement === undefined) return refused({ code: 'not-found' });
  const outcomes = await readLeaves(house.database, terminalId, statement.fromNumber, statement.toNumber);
  const leaves = inTreeOrder(outcomes.filter((leaf) => leaf.epoch === epoch));
  return ok(encodeStatementProof(statement.bytes, leaves, seq));
}
