/** Taking payments on a real database file: every reason that the engine itself can give, and what stays on disk. */
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import type { AcceptAnswer } from '../../shared/contract/terminal.ts';
import { unpackChecks } from '../../shared/decision/checks.ts';
import { seal } from '../../shared/protocol/box.ts';
import { readDecline } from '../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { decodePictureText, pictureText } from '../../shared/protocol/picture.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import {
  codeBytes,
  codeText,
  EPOCH_S,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  signerOf,
} from '../support/protocol-fixture.ts';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

async function started(): Promise<TestTerminal> {
  terminal = await enrolledTerminal();
  return terminal;
}

async function accept(
  till: TestTerminal,
  minor: string,
  scan: string,
  currency = 'EUR',
): Promise<AcceptAnswer> {
  const answer = await till.call('payments.accept', { amount: { minor, currency }, scan });
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.code}`);
  return answer.value;
}

function reason(answer: AcceptAnswer): string {
  return answer.verdict === 'approved' ? 'approved' : answer.refusal.code;
}

/** What the decision looked at for the newest decline, from the journal itself. */
async function declinedChecks(folder: string) {
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const entries = store.value.journal.after(-1n, 100).map(({ bytes }) => decodeJournalEntry(bytes));
  store.value.close();
  const decline = entries.findLast((entry) => entry.ok && entry.value.kind === 'decline');
  return decline?.ok ? unpackChecks(readDecline(decline.value.body).decision.checks) : [];
}

const purse = purseOf();

describe('a quick code', () => {
  it('fresh and genuine → approved, durable, with a receipt for its payment id', async () => {
    const till = await started();
    const answer = await accept(till, '1250', codeText(presentedOf(purse, quickFields())));
    expect(answer.verdict).toBe('approved');
    if (answer.verdict !== 'approved') return;
    const { epoch, journalSeq } = answer.payment;
    const issued = await till.call('payments.receipt', { epoch, journalSeq });
    const receipt = decodePictureText(issued.ok ? issued.value.digits : '');
    expect(receipt.ok && receipt.value.kind === 'receipt' && receipt.value.receipt.paymentId).toBe(
      answer.payment.paymentId,
    );
    const again = await till.reopen();
    terminal = again;
    const listed = await again.call('payments.list', { before: null, limit: 10 });
    expect(listed.ok && listed.value.rows.map((row) => [row.state, row.amount.minor])).toEqual([
      ['approved-offline', '1250'],
    ]);
  });

  it('presented twice → already-used, saying when and how much', async () => {
    const till = await started();
    const code = codeText(presentedOf(purse, quickFields()));
    await accept(till, '1250', code);
    const again = await accept(till, '1250', code);
    expect(again).toMatchObject({
      verdict: 'declined',
      refusal: { code: 'already-used', detail: { amountMinor: '1250' } },
    });
  });

  it('presented twice with a restart between → already-used', async () => {
    const till = await started();
    const code = codeText(presentedOf(purse, quickFields()));
    await accept(till, '1250', code);
    terminal = await till.reopen();
    await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
    expect(reason(await accept(terminal, '1250', code))).toBe('already-used');
  });

  it('renewed picture of a presentation that was charged → already-used', async () => {
    const till = await started();
    await accept(till, '1250', codeText(presentedOf(purse, quickFields())));
    const renewed = codeText(presentedOf(purse, quickFields({ iatS: EPOCH_S + 3620 })));
    expect(reason(await accept(till, '1250', renewed))).toBe('already-used');
  });

  it('one counter signed twice over different caps → double-spend: it is no repetition', async () => {
    const till = await started();
    await accept(till, '1250', codeText(presentedOf(purse, quickFields())));
    const other = await accept(till, '1250', codeText(presentedOf(purse, quickFields({ capMinor: 4000n }))));
    expect(reason(other)).toBe('double-spend');
    till.engine.close();
    const checks = await declinedChecks(till.folder);
    expect(checks.filter(({ result }) => result === 'fail').map(({ check }) => check)).toEqual([
      'consistency',
    ]);
    terminal = await till.reopen();
  });

  it('older than its ttl and the tolerance → expired', async () => {
    const till = await started();
    till.clock.nowMs += (30 + 60 + 1) * 1000;
    expect(reason(await accept(till, '1250', codeText(presentedOf(purse, quickFields()))))).toBe('expired');
  });

  it('by an issuer that nobody trusts → untrusted', async () => {
    const till = await started();
    const foreign = purseOf({ signedBy: signerOf('another issuer') });
    expect(reason(await accept(till, '1250', codeText(presentedOf(foreign, quickFields()))))).toBe(
      'untrusted',
    );
  });

  it('short, of a purse never seen → full-code-needed; after a full one → approved', async () => {
    const till = await started();
    const first = quickFields();
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, first, 'short'))))).toBe(
      'full-code-needed',
    );
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, first))))).toBe('approved');
    const next = quickFields({ counter: 2, spentMinor: 100n, previous: seed('p').subarray(0, 8) });
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, next, 'short'))))).toBe('approved');
  });

  it('for more than its cap → over-cap', async () => {
    const till = await started();
    expect(reason(await accept(till, '5001', codeText(presentedOf(purse, quickFields()))))).toBe('over-cap');
  });

  it('whose running total went down → double-spend', async () => {
    const till = await started();
    const first = quickFields({ counter: 4, spentMinor: 900n });
    const second = quickFields({ counter: 5, spentMinor: 800n, previous: seed('p').subarray(0, 8) });
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, first))))).toBe('approved');
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, second))))).toBe('double-spend');
  });
});

describe('a bound code', () => {
  async function answered(till: TestTerminal, minor: string) {
    const issued = await till.call('invoices.issue', {
      amount: { minor, currency: 'EUR' },
      reference: 'Table 4',
    });
    if (!issued.ok) throw new Error(issued.refusal.code);
    const picture = decodePictureText(issued.value.digits);
    if (!picture.ok || picture.value.kind !== 'invoice') throw new Error('no invoice');
    const { invoice } = picture.value;
    const bound = presentedOf(purse, {
      mode: 'bound',
      counter: 1,
      spentMinor: 0n,
      previous: new Uint8Array(8),
      amountMinor: invoice.amountMinor,
      iatS: EPOCH_S + 3600,
      invoiceDigest: invoice.digest,
    });
    const sealed = seal(codeBytes(bound), till.certificate.boxKey, seed('ephemeral'));
    return { scan: pictureText({ kind: 'sealed', ...sealed }), invoiceId: issued.value.invoiceId };
  }

  it('sealed to this terminal, over its invoice → approved once, then invoice-used', async () => {
    const till = await started();
    const { scan } = await answered(till, '7700');
    expect(reason(await accept(till, '7700', scan))).toBe('approved');
    expect(reason(await accept(till, '7700', scan))).toBe('invoice-used');
  });

  it('for another amount than was signed → amount-differs', async () => {
    const till = await started();
    const { scan } = await answered(till, '7700');
    expect(reason(await accept(till, '7701', scan))).toBe('amount-differs');
  });

  it('over an invoice that was taken back → invoice-unknown', async () => {
    const till = await started();
    const { scan, invoiceId } = await answered(till, '7700');
    expect((await till.call('invoices.cancel', { invoiceId })).ok).toBe(true);
    expect(reason(await accept(till, '7700', scan))).toBe('invoice-unknown');
  });

  it('over an invoice that ran out → invoice-expired', async () => {
    const till = await started();
    const { scan } = await answered(till, '7700');
    till.clock.nowMs += 301_000;
    expect(reason(await accept(till, '7700', scan))).toBe('invoice-expired');
  });
});

describe('what is no code', () => {
  it.each([
    ['nothing', '', 'unreadable'],
    ['letters', 'hello', 'unreadable'],
    ['one digit misread', '', 'unreadable'],
  ])('%s → %s', async (name, scan, expected) => {
    const till = await started();
    const good = codeText(presentedOf(purse, quickFields()));
    const middle = Math.floor(good.length / 2);
    const misread = good.slice(0, middle) + String((Number(good[middle]) + 1) % 10) + good.slice(middle + 1);
    expect(reason(await accept(till, '100', name === 'one digit misread' ? misread : scan))).toBe(expected);
  });

  it('another currency than the terminal takes → amount-invalid, nothing written', async () => {
    const till = await started();
    const answer = await till.call('payments.accept', {
      amount: { minor: '100', currency: 'USD' },
      scan: '',
    });
    expect(answer).toEqual({ ok: false, refusal: { code: 'amount-invalid' } });
    const listed = await till.call('payments.list', { before: null, limit: 10 });
    expect(listed.ok && listed.value.rows).toEqual([]);
  });
});

describe('the clock', () => {
  it('turned back below what the journal has seen → clock-turned-back', async () => {
    const till = await started();
    await accept(till, '100', codeText(presentedOf(purse, quickFields())));
    till.clock.nowMs -= 86_400_000;
    const next = quickFields({ counter: 2, spentMinor: 100n, previous: seed('p').subarray(0, 8) });
    expect(reason(await accept(till, '100', codeText(presentedOf(purse, next))))).toBe('clock-turned-back');
  });
});
