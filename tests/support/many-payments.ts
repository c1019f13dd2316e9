/**
 * A store with very many payments that nobody signed: the rows that views would have written, with orders' words
 * on some. For figures and plans of searching, where what a payment says does not matter, only how many there are.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TestTerminal } from './enrolled-terminal.ts';

const WORDS = ['coffee', 'tea', 'bread', 'soap', 'rice', 'beans', 'oil', 'milk'];
const CASHIERS = ['Amal', 'Chen', 'Desk 1', 'Noor'];

/** Closes the terminal's engine, writes the rows beside it, and opens it again, signed in. */
export async function withManyPayments(
  till: TestTerminal,
  count: number,
  pin: string,
): Promise<TestTerminal> {
  till.engine.close();
  const file = new Database(join(till.folder, 'terminal.db'));
  file.pragma('synchronous = OFF');
  file.pragma('foreign_keys = OFF');
  const payment = file.prepare(
    `INSERT INTO payment (position, at_ms, state, mode, amount_minor, currency, cashier, purse_id, counter,
       payment_id, spent_minor, previous) VALUES (?, ?, ?, 0, ?, 978, ?, ?, ?, ?, 0, zeroblob(8))`,
  );
  const text = file.prepare('INSERT INTO payment_text (rowid, words) VALUES (?, ?)');
  const epoch = 2n ** 40n;
  file.transaction(() => {
    for (let i = 1; i <= count; i += 1) {
      const id = Buffer.alloc(16);
      id.writeUInt32BE(Math.imul(i, 2_654_435_761) >>> 0, 0);
      id.writeUInt32BE(i, 4);
      const purse = Buffer.alloc(8);
      purse.writeUInt32BE(Math.imul(Math.ceil(i / 20), 2_246_822_519) >>> 0, 4);
      // apart from what an enrolled terminal has written itself
      const position = epoch + 1000n + BigInt(i);
      const state = i % 1000 === 0 ? 4 : i > count - 50 ? 0 : 2;
      const amount = 100 + (i % 5000);
      payment.run(position, 1_700_000_000_000 + i * 1000, state, amount, CASHIERS[i % 4], purse, i % 20, id);
      if (i % 4 === 0) text.run(position, `${WORDS[i % 8]} ${WORDS[(i * 7 + 3) % 8]} table ${i % 977}`);
    }
  })();
  file.close();
  const again = await till.reopen();
  await again.call('people.signIn', { personId: 'c1', pin });
  return again;
}
