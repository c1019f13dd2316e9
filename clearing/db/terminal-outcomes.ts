/** Outcomes as a terminal is told of them: those of a batch's entries, and those after a number. */
import type {
  LossBearer,
  Outcome,
  OutcomeState,
  RejectReason,
} from '../../shared/protocol/acknowledgement.ts';
import type { Database } from './database.ts';

interface OutcomeRow {
  number: bigint;
  epoch: bigint;
  seq: bigint;
  state: OutcomeState;
  reason: RejectReason | null;
  loss_bearer: LossBearer;
  proof: Uint8Array | null;
}

const OUTCOME_COLUMNS = [
  'outcomes.number',
  'outcomes.epoch',
  'outcomes.seq',
  'outcomes.state',
  'outcomes.reason',
  'outcomes.loss_bearer',
  'outcomes.proof',
] as const;

function outcomeOf(row: OutcomeRow): Outcome {
  return {
    number: Number(row.number),
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    state: row.state,
    reason: row.reason,
    lossBearer: row.loss_bearer,
    proof: row.proof,
  };
}

/** First outcomes of the entries from…to, as a batch of them was answered. */
export async function readOutcomesOfEntries(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
  fromSeq: number,
  toSeq: number,
): Promise<readonly Outcome[]> {
  const rows = await db
    .selectFrom('journal_entries')
    .innerJoin('outcomes', (join) =>
      join
        .onRef('outcomes.terminal_id', '=', 'journal_entries.terminal_id')
        .onRef('outcomes.number', '=', 'journal_entries.outcome_number'),
    )
    .select(OUTCOME_COLUMNS)
    .where('journal_entries.terminal_id', '=', terminalId)
    .where('journal_entries.epoch', '=', BigInt(epoch))
    .where('journal_entries.seq', '>=', BigInt(fromSeq))
    .where('journal_entries.seq', '<=', BigInt(toSeq))
    .orderBy('outcomes.number')
    .execute();
  return rows.map(outcomeOf);
}

/** Outcomes after this number, in order. */
export async function readOutcomesAfter(
  db: Database,
  terminalId: Uint8Array,
  after: bigint,
  limit: number,
): Promise<readonly Outcome[]> {
  const rows = await db
    .selectFrom('outcomes')
    .select(OUTCOME_COLUMNS)
    .where('terminal_id', '=', terminalId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map(outcomeOf);
}
