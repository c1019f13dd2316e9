/**
 * What must be true in the clearing house's database, asked of its tables past the program: as often as one
 * likes (S5, S7, S9, S10, S12), and all of it at the end against the terminals' files (S7, S11, S14).
 */
import pg from 'pg';
import type { TillFile } from './audit-till.ts';
import type { Till } from './till.ts';
import type { World } from './world.ts';

const TILL_STATES = ['approved-offline', 'sent', 'settled', 'settled-guaranteed', 'rejected', 'declined'];

export interface ClearedPayment {
  readonly terminalId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly state: string;
  readonly reason: string | null;
  readonly purseId: string;
  readonly counter: number;
  readonly amountMinor: bigint;
}

export class ClearingAudit {
  readonly #world: World;
  readonly #sql: pg.Client;
  readonly #heads = new Map<string, bigint>();

  constructor(world: World) {
    this.#world = world;
    this.#sql = new pg.Client({ connectionString: world.databaseUrl });
  }

  async open(): Promise<void> {
    await this.#sql.connect();
  }

  async close(): Promise<void> {
    await this.#sql.end();
  }

  async #rows<R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly R[]> {
    return (await this.#sql.query<R>(text, [...values])).rows;
  }

  /** Every row that comes is a fault. */
  async #none(invariant: string, what: string, text: string): Promise<void> {
    const rows = await this.#rows(text);
    if (rows.length > 0) this.#world.violated(invariant, `${what}: ${JSON.stringify(rows[0])}`);
  }

  /** S7 for what terminals said since the last time: sent is what the clearing house has committed. */
  async sent(): Promise<void> {
    const { book, tills } = this.#world;
    const sent = book.takeSent();
    if (sent.length === 0) return;
    const idOf = new Map(tills.map(({ name, terminalId }) => [name, terminalId]));
    const missing = await this.#rows<{ n: number }>(
      `SELECT n::integer FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
          AS said (terminal, epoch, seq, n)
        WHERE NOT EXISTS (SELECT FROM journal_entries held WHERE held.terminal_id = decode(said.terminal, 'hex')
                             AND held.epoch = said.epoch AND held.seq = said.seq)
        ORDER BY n`,
      [sent.map(({ till }) => idOf.get(till)), sent.map(({ epoch }) => epoch), sent.map(({ seq }) => seq)],
    );
    for (const { n } of missing) {
      const one = sent[n - 1];
      this.#world.violated('S7', `${one?.till} takes ${one?.epoch}/${one?.seq} for sent, and it is not held`);
    }
  }

  async quick(): Promise<void> {
    await this.sent();
    await this.#none(
      'S10',
      'entries do not sum to zero',
      'SELECT currency, sum(amount_minor)::text AS sum FROM entries GROUP BY 1 HAVING sum(amount_minor) <> 0',
    );
    await this.#none(
      'S10',
      'a balance is not the sum of its entries',
      `SELECT account_id::text, balance_minor::text FROM accounts LEFT JOIN
         (SELECT account_id, sum(amount_minor) AS total FROM entries GROUP BY 1) posted USING (account_id)
        WHERE balance_minor <> coalesce(total, 0)`,
    );
    await this.#none(
      'S5',
      'a payment was settled more than once',
      `SELECT encode(purse_id, 'hex') AS purse, counter FROM outcomes
        WHERE state <> 'rejected' AND refund_id IS NULL GROUP BY purse_id, counter HAVING count(*) > 1`,
    );
    await this.#none(
      'S5',
      'postings are not what was settled',
      `SELECT settled.currency, settled.total::text, posted.total::text AS posted FROM
         (SELECT currency, sum(amount_minor) AS total FROM outcomes
           WHERE state <> 'rejected' AND refund_id IS NULL GROUP BY 1) settled
         FULL JOIN (SELECT entries.currency, sum(amount_minor) AS total FROM entries
                      JOIN transfers USING (transfer_no)
                     WHERE transfers.kind = 'payment' AND amount_minor > 0 GROUP BY 1) posted USING (currency)
        WHERE settled.total IS DISTINCT FROM posted.total`,
    );
    await this.#none(
      'S12',
      'a purse paid what it did not have',
      `SELECT encode(purse_id, 'hex') AS purse FROM purses JOIN accounts USING (account_id) LEFT JOIN
         (SELECT purse_id, sum(amount_minor) AS total FROM outcomes
           WHERE state <> 'rejected' AND refund_id IS NULL GROUP BY 1) paid
         USING (purse_id)
        WHERE allowance_minor <> balance_minor + coalesce(total, 0) OR balance_minor < 0`,
    );
    await this.#none(
      'S22',
      'more came back of a payment than was settled',
      `SELECT encode(back.payment_id, 'hex') AS payment FROM
         (SELECT payment_id, sum(amount_minor) AS total FROM outcomes
           WHERE state <> 'rejected' AND refund_id IS NOT NULL GROUP BY 1) back LEFT JOIN
         (SELECT payment_id, sum(amount_minor) AS total FROM outcomes
           WHERE state <> 'rejected' AND refund_id IS NULL GROUP BY 1) paid USING (payment_id)
        WHERE back.total > coalesce(paid.total, 0)`,
    );
    await this.#none(
      'S22',
      'postings are not what was given back',
      `SELECT back.currency, back.total::text, posted.total::text AS posted FROM
         (SELECT currency, sum(amount_minor) AS total FROM outcomes
           WHERE state <> 'rejected' AND refund_id IS NOT NULL GROUP BY 1) back
         FULL JOIN (SELECT entries.currency, sum(amount_minor) AS total FROM entries
                      JOIN transfers USING (transfer_no)
                     WHERE transfers.kind = 'refund' AND amount_minor > 0 GROUP BY 1) posted USING (currency)
        WHERE back.total IS DISTINCT FROM posted.total`,
    );
    await this.#headsOnlyRise();
  }

  /** S9: what was acknowledged stays, and there is no gap below it. */
  async #headsOnlyRise(): Promise<void> {
    const heads = await this.#rows<{ name: string; seq: string; held: string; last: string }>(
      `SELECT encode(terminal_id, 'hex') || '/' || epoch AS name, heads.seq::text,
              count(entries.seq)::text AS held, max(entries.seq)::text AS last
         FROM journal_heads heads JOIN journal_entries entries USING (terminal_id, epoch)
        GROUP BY terminal_id, epoch, heads.seq ORDER BY 1`,
    );
    for (const { name, seq, held, last } of heads) {
      if (held !== seq || last !== seq)
        this.#world.violated('S9', `${name} has ${held} entries up to ${last}, and says ${seq}`);
      if (BigInt(seq) < (this.#heads.get(name) ?? 0n))
        this.#world.violated('S9', `${name} went back to ${seq}`);
      this.#heads.set(name, BigInt(seq));
    }
  }

  /** Every payment that has an outcome. */
  payments(): Promise<readonly ClearedPayment[]> {
    return this.#outcomes('refund_id IS NULL');
  }

  /** Every refund that has an outcome. */
  refunds(): Promise<readonly ClearedPayment[]> {
    return this.#outcomes('refund_id IS NOT NULL');
  }

  async #outcomes(which: string): Promise<readonly ClearedPayment[]> {
    const rows = await this.#rows<{
      terminal: string;
      epoch: string;
      seq: string;
      state: string;
      reason: string | null;
      purse: string | null;
      counter: number | null;
      amount: string | null;
    }>(
      `SELECT encode(terminal_id, 'hex') AS terminal, epoch::text, seq::text, state, reason,
              encode(purse_id, 'hex') AS purse, counter, amount_minor::text AS amount
         FROM outcomes WHERE ${which} ORDER BY terminal_id, number`,
    );
    return rows.map((row) => ({
      terminalId: row.terminal,
      epoch: Number(row.epoch),
      seq: Number(row.seq),
      state: row.state,
      reason: row.reason,
      purseId: row.purse ?? '',
      counter: row.counter ?? 0,
      amountMinor: BigInt(row.amount ?? 0),
    }));
  }

  /** S7 and S11 for one terminal, by its file. */
  async reconcile(till: Till, file: TillFile, payments: readonly ClearedPayment[]): Promise<void> {
    const held = await this.#rows<{ epoch: string; seq: string; hash: string }>(
      `SELECT epoch::text, seq::text, encode(entry_hash, 'hex') AS hash FROM journal_entries
        WHERE terminal_id = decode($1, 'hex')`,
      [till.terminalId],
    );
    const hashes = new Map(held.map(({ epoch, seq, hash }) => [`${epoch}/${seq}`, hash]));
    for (const { epoch, seq, hash } of file.entries) {
      const isAcknowledged =
        epoch < file.acknowledged.epoch ||
        (epoch === file.acknowledged.epoch && seq <= file.acknowledged.seq);
      if (isAcknowledged && hashes.get(`${epoch}/${seq}`) !== hash)
        this.#world.violated('S7', `${till.name} takes ${epoch}/${seq} for held, and another or none is`);
    }
    for (const [name, sumMinor] of file.tallies) {
      if (sumMinor !== 0n) this.#world.violated('S11', `${till.name} still counts ${sumMinor} as ${name}`);
    }
    const own = payments.filter(({ terminalId }) => terminalId === till.terminalId);
    const outcomeAt = new Map(own.map((payment) => [`${payment.epoch}/${payment.seq}`, payment]));
    const accepted = file.payments.filter(({ state }) => TILL_STATES[state] !== 'declined');
    let acceptedMinor = 0n;
    for (const { epoch, seq, state, amountMinor } of accepted) {
      acceptedMinor += amountMinor;
      const outcome = outcomeAt.get(`${epoch}/${seq}`);
      if (outcome?.state !== TILL_STATES[state] || outcome?.amountMinor !== amountMinor)
        this.#world.violated(
          'S11',
          `${till.name} ${epoch}/${seq} is ${TILL_STATES[state]} there and ${outcome?.state} here`,
        );
    }
    const decidedMinor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    if (acceptedMinor !== decidedMinor)
      this.#world.violated('S11', `${till.name} accepted ${acceptedMinor}, and ${decidedMinor} was decided`);
  }

  /** S12 for each customer: what is left, what lies in purses and what was paid is what was deposited. */
  async customers(depositUnits: bigint, unitOf: (currency: string) => bigint): Promise<void> {
    const rows = await this.#rows<{ name: string; currency: string; total: string }>(
      `SELECT user_name AS name, currency, sum(amount)::text AS total FROM (
         SELECT owner_id AS customer_id, currency, balance_minor AS amount FROM accounts WHERE kind = 'available'
         UNION ALL SELECT customer_id, currency, allowance_minor FROM purses
         -- what came back was paid once, and lies in the account again
         UNION ALL SELECT customer_id, currency, -amount_minor FROM outcomes
          WHERE state <> 'rejected' AND refund_id IS NOT NULL) held
       JOIN customers USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    for (const { name, currency, total } of rows) {
      if (BigInt(total) !== depositUnits * unitOf(currency))
        this.#world.violated('S12', `${name} has ${total} ${currency} in account and purses`);
    }
  }

  /** A planted mistake: one entry alone, with the guards off. */
  async bendLedger(): Promise<void> {
    await this.#sql.query('ALTER TABLE entries DISABLE TRIGGER ALL');
    await this.#sql.query(
      `INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
       SELECT max(transfer_no) + 1, 1, (SELECT min(account_id) FROM accounts WHERE currency = 'EUR'), 1, 'EUR'
         FROM transfers`,
    );
    await this.#sql.query('ALTER TABLE entries ENABLE TRIGGER ALL');
  }
}
