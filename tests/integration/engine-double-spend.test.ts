/** Double spending seen at one terminal, on a real database file: the proof, the block, and that both last. */
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import { idBytes } from '../../shared/ids.ts';
import { readDoubleSpend } from '../../shared/protocol/bodies/double-spend.ts';
import { openDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import { decodeJournalEntry, type JournalEntry } from '../../shared/protocol/journal-entry.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import {
  backEnd,
  codeText,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

let terminal: TestTerminal | undefined;
afterEach(() => terminal?.close());

async function started(): Promise<TestTerminal> {
  terminal = await enrolledTerminal();
  return terminal;
}

async function accept(till: TestTerminal, scan: string, minor = '100'): Promise<string> {
  const answer = await till.call('payments.accept', { amount: { minor, currency: 'EUR' }, scan });
  if (!answer.ok) return answer.refusal.code;
  return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
}

/** Entries of the folder while no engine has it. */
async function entriesOf(folder: string): Promise<readonly JournalEntry[]> {
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const entries = store.value.journal.after(-1n, 1000).map(({ bytes }) => decodeJournalEntry(bytes));
  store.value.close();
  return entries.flatMap((entry) => (entry.ok ? [entry.value] : []));
}

const purse = purseOf();
const previous = (name: string) => seed(name).subarray(0, 8);
const code = (change: Parameters<typeof quickFields>[0]) => codeText(presentedOf(purse, quickFields(change)));

const CONTRADICTIONS = [
  ['one counter', { counter: 4, capMinor: 4000n }],
  ['one previous', { counter: 5, spentMinor: 2000n }],
  ['a running total that went down', { counter: 5, spentMinor: 800n, previous: previous('p') }],
] as const;

describe('4 Double spending seen here', () => {
  it.each(CONTRADICTIONS)(
    'two payments with %s → double-spend, and a proof that holds anywhere',
    async (_, other) => {
      const till = await started();
      const first = { counter: 4, spentMinor: 900n };
      expect(await accept(till, code(first))).toBe('approved');
      expect(await accept(till, code({ ...first, ...other }))).toBe('double-spend');
      till.engine.close();

      const entries = await entriesOf(till.folder);
      const [decline, proven] = entries.slice(-2);
      expect([decline?.kind, proven?.kind]).toEqual(['decline', 'double-spend']);
      const { proof, epoch, seq } = readDoubleSpend(proven?.body ?? null);
      expect(entries.find((entry) => entry.epoch === epoch && entry.seq === seq)?.kind).toBe('sale');
      const check = { world: WORLD, backEnd, trust: trustBundleOf(), isKnownCertificate: () => false };
      const opened = openDoubleSpendProof(proof, check);
      expect(opened.ok && opened.value.certificate.purseId).toBe(purse.certificate.purseId);
      terminal = await till.reopen();
    },
  );

  it('from then on, offline and after a restart → revoked, whatever the payment; other purses go on', async () => {
    let till = await started();
    await accept(till, code({ counter: 4 }));
    expect(await accept(till, code({ counter: 4, capMinor: 4000n }))).toBe('double-spend');
    const honest = { counter: 9, spentMinor: 2000n, previous: previous('honest') };
    expect(await accept(till, code(honest))).toBe('revoked');
    till = await till.reopen();
    terminal = till;
    await till.call('people.signIn', { personId: 'c1', pin: PIN });
    expect(await accept(till, code(honest))).toBe('revoked');
    const other = purseOf({ name: 'other purse', statusIndex: 8 });
    expect(await accept(till, codeText(presentedOf(other, quickFields())))).toBe('approved');
  });

  it('caught once, tried again and again → one proof', async () => {
    const till = await started();
    await accept(till, code({ counter: 4 }));
    for (const capMinor of [4000n, 3000n, 2000n]) await accept(till, code({ counter: 4, capMinor }));
    till.engine.close();
    const kinds = (await entriesOf(till.folder)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'double-spend')).toHaveLength(1);
    terminal = await till.reopen();
  });

  it('by a short code, of a purse met before → the proof has the whole certificate', async () => {
    const till = await started();
    await accept(till, code({ counter: 4 }));
    const short = presentedOf(purse, quickFields({ counter: 4, capMinor: 4000n }), 'short');
    expect(await accept(till, codeText(short))).toBe('double-spend');
    till.engine.close();
    const proven = (await entriesOf(till.folder)).at(-1);
    const check = { world: WORLD, backEnd, trust: trustBundleOf(), isKnownCertificate: () => false };
    expect(openDoubleSpendProof(readDoubleSpend(proven?.body ?? null).proof, check).ok).toBe(true);
    terminal = await till.reopen();
  });

  it('an expired one → expired, and the proof is made all the same', async () => {
    const till = await started();
    await accept(till, code({ counter: 4 }));
    till.clock.nowMs += 300_000;
    expect(await accept(till, code({ counter: 4, capMinor: 4000n }))).toBe('expired');
    till.engine.close();
    expect((await entriesOf(till.folder)).at(-1)?.kind).toBe('double-spend');
    terminal = await till.reopen();
  });

  it('a renewed picture of what was charged → already-used, and nothing is proven', async () => {
    const till = await started();
    await accept(till, code({ counter: 4 }));
    const again = quickFields({ counter: 4 });
    expect(await accept(till, codeText(presentedOf(purse, { ...again, iatS: again.iatS + 5 })))).toBe(
      'already-used',
    );
    till.engine.close();
    const kinds = (await entriesOf(till.folder)).map(({ kind }) => kind);
    expect(kinds).not.toContain('double-spend');
    terminal = await till.reopen();
  });

  it('the table rebuilt from the journal → the same', async () => {
    const till = await started();
    await accept(till, code({ counter: 4 }));
    await accept(till, code({ counter: 4, capMinor: 4000n }));
    const rebuilt = await till.engine.rebuildViews(false);
    if (!rebuilt.ok) throw new Error(rebuilt.refusal.code);
    const tables = rebuilt.value.tables.filter(
      ({ table }) => table === 'double_spend' || table === 'ended_code',
    );
    expect(tables.map(({ differing }) => differing)).toEqual([0, 0]);
    till.engine.close();
    const store = await openStore(till.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    expect(store.value.doubleSpends.isBlocked(idBytes(purse.certificate.purseId))).toBe(true);
    store.value.close();
    terminal = await till.reopen();
  });
});
