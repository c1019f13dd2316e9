/** Statements of terminals, and the outcomes that they are made of. */
import { sql } from 'kysely';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import type { LossBearer, OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { StatementLeaf } from '../../shared/protocol/statement.ts';
import type { Database, Tx } from './database.ts';

export interface OutcomeLeaf extends StatementLeaf {
  /** By the terminal's clock; null of an entry that cannot be read. */
  readonly soldAtMs: number | null;
}

/** How far a terminal is settled. */
export interface SettledSoFar {
  readonly terminalId: Uint8Array;
  /** Of the last outcome in a statement; 0 when none is. */
  readonly outcomeNumber: number;
  /** Number of its last statement; 0 when it has none. */
  readonly statementNumber: number;
}

/** Of each terminal of the merchant, by id. Under the merchant's lock it stays true. */
export async function readSettledSoFar(
  db: Database,
  merchantId: Uint8Array,
): Promise<readonly SettledSoFar[]> {
  const { rows } = await sql<{ terminal_id: Uint8Array; outcome: bigint; statement: number }>`
    SELECT terminal_id, coalesce(max(to_number), 0) AS outcome, coalesce(max(number), 0) AS statement
      FROM terminals LEFT JOIN statements USING (terminal_id)
     WHERE merchant_id = ${merchantId}
     GROUP BY terminal_id ORDER BY terminal_id`.execute(db);
  return rows.map((row) => ({
    terminalId: row.terminal_id,
    outcomeNumber: Number(row.outcome),
    statementNumber: row.statement,
  }));
}

/** Last entry that a statement speaks for, by epoch. */
export async function readSettledSeqs(
  db: Database,
  terminalId: Uint8Array,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom('statements')
    .select(['epoch', (b) => b.fn.max('to_seq').as('to_seq')])
    .where('terminal_id', '=', terminalId)
    .groupBy('epoch')
    .execute();
  return new Map(rows.map((row) => [Number(row.epoch), Number(row.to_seq)]));
}

interface LeafRow {
  number: bigint;
  epoch: bigint;
  seq: bigint;
  state: OutcomeState;
  reason: RejectReason | null;
  loss_bearer: LossBearer;
  payment_id: Uint8Array | null;
  refund_id: Uint8Array | null;
  amount_minor: bigint | null;
  currency: string | null;
  sold_at_ms: bigint | null;
}

function leafOf(row: LeafRow): OutcomeLeaf {
  const currency: CurrencyCode | null =
    row.currency !== null && isCurrencyCode(row.currency) ? row.currency : null;
  return {
    number: Number(row.number),
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    state: row.state,
    reason: row.reason,
    lossBearer: row.loss_bearer,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    amountMinor: currency === null ? null : row.amount_minor,
    currency: row.amount_minor === null ? null : currency,
    soldAtMs: row.sold_at_ms === null ? null : Number(row.sold_at_ms),
  };
}

const LEAF_COLUMNS = sql.raw(
  'number, epoch, seq, state, reason, loss_bearer, payment_id, refund_id, amount_minor, currency, sold_at_ms',
);

/** Outcomes of a terminal from … to, in order. */
export async function readLeaves(
  db: Database,
  terminalId: Uint8Array,
  fromNumber: number,
  toNumber: number,
): Promise<readonly OutcomeLeaf[]> {
  const { rows } = await sql<LeafRow>`
    SELECT ${LEAF_COLUMNS} FROM outcomes
     WHERE terminal_id = ${terminalId} AND number BETWEEN ${fromNumber}::bigint AND ${toNumber}::bigint
     ORDER BY number`.execute(db);
  return rows.map(leafOf);
}

/** Outcomes after a number, up to the first that was decided at the cutoff or later. */
export async function readLeavesBefore(
  db: Database,
  terminalId: Uint8Array,
  afterNumber: number,
  cutoffMs: number,
): Promise<readonly OutcomeLeaf[]> {
  const { rows } = await sql<LeafRow>`
    SELECT ${LEAF_COLUMNS} FROM outcomes
     WHERE terminal_id = ${terminalId} AND number > ${afterNumber}::bigint
       AND number < coalesce((SELECT min(number) FROM outcomes
                               WHERE terminal_id = ${terminalId} AND number > ${afterNumber}::bigint
                                 AND decided_at_ms >= ${cutoffMs}::bigint), 9223372036854775807)
     ORDER BY number`.execute(db);
  return rows.map(leafOf);
}

export interface StatementRow {
  readonly terminalId: Uint8Array;
  readonly number: number;
  readonly settlementId: Uint8Array;
  readonly epoch: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly fromNumber: number;
  readonly toNumber: number;
  readonly leafCount: number;
  readonly root: Uint8Array;
  readonly bytes: Uint8Array;
}

export async function insertStatement(tx: Tx, row: StatementRow): Promise<void> {
  await tx
    .insertInto('statements')
    .values({
      terminal_id: row.terminalId,
      number: row.number,
      settlement_id: row.settlementId,
      epoch: BigInt(row.epoch),
      from_seq: BigInt(row.fromSeq),
      to_seq: BigInt(row.toSeq),
      from_number: BigInt(row.fromNumber),
      to_number: BigInt(row.toNumber),
      leaf_count: row.leafCount,
      root: row.root,
      statement: row.bytes,
    })
    .execute();
}

function statementOf(row: {
  terminal_id: Uint8Array;
  number: number;
  settlement_id: Uint8Array;
  epoch: bigint;
  from_seq: bigint;
  to_seq: bigint;
  from_number: bigint;
  to_number: bigint;
  leaf_count: number;
  root: Uint8Array;
  statement: Uint8Array;
}): StatementRow {
  return {
    terminalId: row.terminal_id,
    number: row.number,
    settlementId: row.settlement_id,
    epoch: Number(row.epoch),
    fromSeq: Number(row.from_seq),
    toSeq: Number(row.to_seq),
    fromNumber: Number(row.from_number),
    toNumber: Number(row.to_number),
    leafCount: row.leaf_count,
    root: row.root,
    bytes: row.statement,
  };
}

export async function statementsOfSettlement(
  db: Database,
  settlementId: Uint8Array,
): Promise<readonly StatementRow[]> {
  const rows = await db
    .selectFrom('statements')
    .selectAll()
    .where('settlement_id', '=', settlementId)
    .orderBy('terminal_id')
    .orderBy('number')
    .execute();
  return rows.map(statementOf);
}

/** Of one terminal after a number, in order. */
export async function statementsAfter(
  db: Database,
  terminalId: Uint8Array,
  after: number,
  limit: number,
): Promise<readonly StatementRow[]> {
  const rows = await db
    .selectFrom('statements')
    .selectAll()
    .where('terminal_id', '=', terminalId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map(statementOf);
}

/** The statement that speaks for an entry, the first if there were several. */
export async function statementOfEntry(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
  seq: number,
): Promise<StatementRow | undefined> {
  const row = await db
    .selectFrom('statements')
    .selectAll()
    .where('terminal_id', '=', terminalId)
    .where('epoch', '=', BigInt(epoch))
    .where('from_seq', '<=', BigInt(seq))
    .where('to_seq', '>=', BigInt(seq))
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : statementOf(row);
}
