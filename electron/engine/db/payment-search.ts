/**
 * Finding a payment among very many. Each search has one way in, an index whose end is the newest first; what the
 * index does not know is looked at row by row, a bounded number of rows a page, so that no search is ever slow.
 */
import { fromHex } from '../../../shared/bytes.ts';
import { searchWords } from '../../../shared/catalogue/search-words.ts';
import type { PaymentRow, PaymentState } from '../../../shared/contract/terminal.ts';
import type { Connection } from './connection.ts';
import { epochOf, positionOf, seqOf } from './journal.ts';
import { PAYMENT_COLUMNS, type PaymentColumns, paymentStateNumber, toPaymentRow } from './payments.ts';

export interface SearchCursor {
  readonly epoch: number;
  readonly journalSeq: number;
  readonly atMs: number;
}

export interface PaymentSearch {
  readonly amountMinor: bigint | null;
  /** Hexadecimal: the beginning of a payment id, or the four last of a purse id. */
  readonly code: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly text: string | null;
  readonly state: PaymentState | null;
  readonly after: SearchCursor | null;
  readonly limit: number;
}

export interface FoundPayments {
  readonly rows: readonly PaymentRow[];
  readonly next: SearchCursor | null;
}

/** Rows that one page looks at. */
export const MAX_LOOKED_AT = 2000;
const MAX_WORDS = 8;
/** Cashiers whose names are compared; a till has few, and the index leaps from one to the next. */
const MAX_CASHIERS = 200;
const LATEST_MS = 253_402_300_799_999;

/** The one way in: a statement that ends in the newest first, and the values that it is bound to. */
interface WayIn {
  readonly sql: string;
  readonly bound: readonly (bigint | string | Uint8Array)[];
}

/** By an index that ends in the time; named, because the planner knows nothing of what is rare. */
function byTime(index: string, where: string, bound: WayIn['bound'], search: PaymentSearch): WayIn {
  const { fromMs, toMs, after } = search;
  const before =
    after === null
      ? ([BigInt(LATEST_MS), AFTER_ALL] as const)
      : ([BigInt(after.atMs), positionOf(after.epoch, after.journalSeq)] as const);
  return {
    sql: `SELECT ${PAYMENT_COLUMNS} FROM payment INDEXED BY ${index}
          WHERE ${where} AND at_ms >= ? AND at_ms < ? AND (at_ms, position) < (?, ?)
          ORDER BY at_ms DESC, position DESC LIMIT ?`,
    bound: [...bound, BigInt(fromMs ?? 0), BigInt(toMs ?? LATEST_MS), ...before],
  };
}

/** By place in the journal, which full text ends in; a clock that was wrong changes no order here. */
function byPlace(from: string, where: string, bound: WayIn['bound'], after: SearchCursor | null): WayIn {
  return {
    sql: `SELECT ${PAYMENT_COLUMNS} FROM ${from} WHERE ${where} < ? ORDER BY ${where.split(' ').at(-1)} DESC LIMIT ?`,
    bound: [...bound, after === null ? AFTER_ALL : positionOf(after.epoch, after.journalSeq)],
  };
}

/** Larger than any position. */
const AFTER_ALL = 2n ** 62n;

/** The least byte string above all that begin with these hexadecimal characters; an odd one is half a byte. */
function idRange(prefix: string): readonly [Uint8Array, Uint8Array] {
  const padded = (fill: string) => fromHex(prefix.padEnd(32, fill)) ?? new Uint8Array(16);
  return [padded('0'), padded('f')];
}

/** Lengths of beginnings that have lists of their own, as the migration says. */
const PREFIXES = [5, 3, 2, 1] as const;

/**
 * Folded words as FTS5 takes them: each a beginning of a word of the order, no operator can be typed. What is longer
 * than a list's beginnings is cut; `#fits` looks at the whole.
 */
function matchOf(words: readonly string[]): string {
  return words
    .map((word) => {
      const letters = [...word];
      const length = PREFIXES.find((prefix) => prefix <= letters.length) ?? 1;
      return `"${letters.slice(0, length).join('')}"*`;
    })
    .join(' ');
}

/** Whether each word begins one of a text's. */
function beginsWords(words: readonly string[], own: readonly string[]): boolean {
  return words.every((word) => own.some((part) => part.startsWith(word)));
}

export class PaymentSearchTable {
  readonly #connection: Connection;
  readonly #insertText;
  readonly #text;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#insertText = connection.prepare<[bigint, string]>(
      'INSERT INTO payment_text (rowid, words) VALUES (?, ?)',
    );
    this.#text = connection
      .prepare<[bigint], string>('SELECT words FROM payment_text WHERE rowid = ?')
      .pluck();
  }

  /** What a payment is found by beside itself. @param text of its order: names, notes */
  insertText(position: bigint, text: string): void {
    const words = [...new Set(searchWords(text))];
    if (words.length > 0) this.#insertText.run(position, words.join(' '));
  }

  find(search: PaymentSearch): FoundPayments {
    const words = search.text === null ? [] : searchWords(search.text).slice(0, MAX_WORDS);
    if (search.text !== null && words.length === 0) return { rows: [], next: null };
    const cashiers = words.length === 0 ? [] : this.#cashiersNamed(words);
    const rows: PaymentRow[] = [];
    let looked = 0;
    let last: PaymentColumns | undefined;
    for (const row of this.#candidates(search, words, cashiers)) {
      if (rows.length === search.limit || looked === MAX_LOOKED_AT) return { rows, next: cursorOf(last) };
      looked += 1;
      last = row;
      if (this.#fits(row, search, words, cashiers)) rows.push(toPaymentRow(row));
    }
    return { rows, next: null };
  }

  /** The plan of the way that a search takes, for the test that no way is a walk through the whole table. */
  planOf(search: PaymentSearch): string {
    const words = search.text === null ? [] : searchWords(search.text).slice(0, MAX_WORDS);
    const ways = this.#waysIn(search, words, words.length === 0 ? [] : this.#cashiersNamed(words));
    const plans = ways.map(({ sql, bound }) =>
      this.#connection
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...bound, 1n)
        .map(({ detail }) => detail)
        .join('; '),
    );
    return plans.join(' | ');
  }

  #waysIn(search: PaymentSearch, words: readonly string[], cashiers: readonly string[]): readonly WayIn[] {
    const { code, amountMinor, state, after } = search;
    if (code !== null) {
      const lower = code.toLowerCase();
      const byId = byTime('payment_by_id', 'payment_id BETWEEN ? AND ?', idRange(lower), search);
      const tail = lower.length === 4 ? fromHex(lower) : undefined;
      if (tail === undefined) return [byId];
      return [
        byId,
        byTime('payment_by_purse_tail', 'purse_id IS NOT NULL AND substr(purse_id, -2) = ?', [tail], search),
      ];
    }
    if (amountMinor !== null) return [byTime('payment_by_amount', 'amount_minor = ?', [amountMinor], search)];
    if (words.length > 0) {
      const withText = 'payment_text JOIN payment ON payment.position = payment_text.rowid';
      return [
        byPlace(withText, 'payment_text MATCH ? AND payment_text.rowid', [matchOf(words)], after),
        ...cashiers.map((cashier) => byPlace('payment', 'cashier = ? AND position', [cashier], after)),
      ];
    }
    if (state !== null)
      return [byTime('payment_by_state', 'state = ?', [BigInt(paymentStateNumber(state))], search)];
    return [byTime('payment_by_time', 'true', [], search)];
  }

  /** Rows of all ways in, the newest first, each once. */
  *#candidates(
    search: PaymentSearch,
    words: readonly string[],
    cashiers: readonly string[],
  ): IterableIterator<PaymentColumns> {
    const limit = BigInt(MAX_LOOKED_AT + 1);
    const ways = this.#waysIn(search, words, cashiers).map(({ sql, bound }) =>
      this.#connection.prepare<unknown[], PaymentColumns>(sql).iterate(...bound, limit),
    );
    const [only] = ways;
    if (ways.length === 1 && only !== undefined) return yield* only;
    const all = new Map(ways.flatMap((way) => [...way]).map((row) => [row.position, row]));
    const byText = words.length > 0 && search.code === null && search.amountMinor === null;
    yield* [...all.values()].sort(
      (a, b) => (byText ? 0 : Number(b.at_ms - a.at_ms)) || Number(b.position - a.position),
    );
  }

  #fits(
    row: PaymentColumns,
    search: PaymentSearch,
    words: readonly string[],
    cashiers: readonly string[],
  ): boolean {
    if (search.amountMinor !== null && row.amount_minor !== search.amountMinor) return false;
    if (row.at_ms < BigInt(search.fromMs ?? 0) || row.at_ms >= BigInt(search.toMs ?? LATEST_MS)) return false;
    if (search.state !== null && Number(row.state) !== paymentStateNumber(search.state)) return false;
    if (words.length === 0 || cashiers.includes(row.cashier)) return true;
    const text = this.#text.get(row.position);
    return text !== undefined && beginsWords(words, text.split(' '));
  }

  /** Cashiers in whose name every word begins a word. */
  #cashiersNamed(words: readonly string[]): readonly string[] {
    // leaps along the index from name to name: as many steps as there are cashiers
    const names = this.#connection
      .prepare<[bigint], string>(
        `WITH RECURSIVE named (cashier) AS (
           SELECT min(cashier) FROM payment
           UNION ALL
           SELECT (SELECT min(cashier) FROM payment WHERE cashier > named.cashier) FROM named
            WHERE named.cashier IS NOT NULL LIMIT ?)
         SELECT cashier FROM named WHERE cashier IS NOT NULL`,
      )
      .pluck()
      .all(BigInt(MAX_CASHIERS));
    return names.filter((name) => beginsWords(words, searchWords(name)));
  }
}

function cursorOf(row: PaymentColumns | undefined): SearchCursor | null {
  if (row === undefined) return null;
  return { epoch: epochOf(row.position), journalSeq: seqOf(row.position), atMs: Number(row.at_ms) };
}
