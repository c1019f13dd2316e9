/** How far the clearing house's words have come in: entries it holds, outcomes it told. One row, a view. */
import type { Connection } from './connection.ts';

export interface Progress {
  /** Position of the last entry that was ever acknowledged; 0 before the first. */
  readonly upTo: bigint;
  /** Number of the last outcome that was taken in; 0 before the first. */
  readonly outcomeNumber: bigint;
}

export class ProgressTable {
  readonly #get;
  readonly #set;

  constructor(connection: Connection) {
    this.#get = connection.prepare<[], { up_to: bigint; outcome_number: bigint }>(
      'SELECT up_to, outcome_number FROM sync_progress WHERE id = 1',
    );
    this.#set = connection.prepare<[bigint, bigint]>(
      `INSERT INTO sync_progress (id, up_to, outcome_number) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET up_to = excluded.up_to, outcome_number = excluded.outcome_number`,
    );
  }

  read(): Progress {
    const row = this.#get.get();
    return { upTo: row?.up_to ?? 0n, outcomeNumber: row?.outcome_number ?? 0n };
  }

  set({ upTo, outcomeNumber }: Progress): void {
    this.#set.run(upTo, outcomeNumber);
  }
}
