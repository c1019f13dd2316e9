/** "Safe keeping", from paper, at the till itself: who may import, what the journal says of it, and by commands. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImported } from '../../shared/protocol/bodies/safe-keeping.ts';
import { enrolledTerminal, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { PASSPHRASE, terminal } from '../support/headless-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'fieldtill-paper-')));
const [dead = '', heir = ''] = folders;
const at = (folder: string): readonly string[] => ['--data', folder];

/** Two terminals of one shop; at the first, two payments that were never sent. */
beforeAll(async () => {
  const till = await enrolledTerminal({ folder: dead, passphrase: PASSPHRASE });
  for (const name of ['first', 'second']) {
    const scan = codeText(presentedOf(purseOf({ name }), quickFields()));
    const answer = await till.call('payments.accept', { amount: { minor: '1250', currency: 'EUR' }, scan });
    expect(answer).toMatchObject({ ok: true, value: { verdict: 'approved' } });
  }
  till.engine.close();
  (await enrolledTerminal({ folder: heir, passphrase: PASSPHRASE })).engine.close();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('9 Safe keeping: paper, by commands', () => {
  it('paper at one terminal, import at another, twice → all are new, then none', async () => {
    const printed = await terminal(['paper', '--unsent', ...at(dead)]);
    expect(printed.status).toBe(0);
    expect(printed.out.trim().split('\n')).toHaveLength(2);
    const half = printed.out.slice(0, printed.out.indexOf('\n'));
    const list = await terminal(['payments', ...at(dead)]);
    expect(list.out).toContain('12.50');

    const read = (input: string) => terminal(['import', ...at(heir)], {}, input);
    expect(await read(half)).toMatchObject({ status: 0, out: '1 of 1 payments are new here.\n' });
    expect(await read(printed.out)).toMatchObject({ status: 0, out: '1 of 2 payments are new here.\n' });
    expect(await read(`${printed.out}\n${half}`)).toMatchObject({
      status: 0,
      out: '0 of 2 payments are new here.\n',
    });
    expect(await read(`${half}0`)).toMatchObject({ status: 1, out: 'Refused: unreadable\n' });
    expect(await terminal(['verify', ...at(heir)])).toMatchObject({ status: 0 });
    expect(await terminal(['rebuild', ...at(heir)])).toMatchObject({ status: 0 });
  });

  it('neither a payment nor --unsent, or no scan → status 2', async () => {
    expect((await terminal(['paper', ...at(dead)])).status).toBe(2);
    expect((await terminal(['import', ...at(dead)])).status).toBe(2);
  });
});

describe('9 Safe keeping: who may bring a payment back', () => {
  it('a cashier alone → approval-needed; with leave → done, and the entry says by whom', async () => {
    const from = await enrolledTerminal();
    const scan = codeText(presentedOf(purseOf(), quickFields()));
    await from.call('payments.accept', { amount: { minor: '500', currency: 'EUR' }, scan });
    const papers = await from.call('payments.paperCopies', { shift: null, after: null, limit: 50 });
    const scans = papers.ok ? papers.value.papers.flatMap(({ digits }) => digits) : [];
    from.close();

    const till: TestTerminal = await enrolledTerminal();
    try {
      const pin = '840271';
      const added = await till.call('people.add', { name: 'Noor', role: 'cashier', pin, approval: null });
      const personId = added.ok ? added.value.personId : '';
      await till.call('people.switch', { proof: { by: 'pin', personId, pin } });
      expect(await till.call('payments.import', { scans, approval: null })).toMatchObject({
        ok: false,
        refusal: { code: 'approval-needed' },
      });
      const leave = await till.call('approvals.give', {
        permission: 'backup',
        proof: { by: 'pin', personId: 'c1', pin: PIN },
      });
      const approval = leave.ok ? leave.value.approval : '';
      expect(await till.call('payments.import', { scans, approval })).toMatchObject({
        ok: true,
        value: {
          payments: [
            { isNew: true, payment: { isFromPaper: true, cashier: 'Noor', amount: { minor: '500' } } },
          ],
        },
      });
      till.engine.close();
      const [entry] = journalOf(till.folder).filter(({ kind }) => kind === 'payment-imported');
      expect(readImported(entry?.body ?? null)).toMatchObject({ source: 'paper', approvedBy: 'c1' });
    } finally {
      till.close();
    }
  });
});
