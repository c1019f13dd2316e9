/** The receipt as the terminal shows it, in the hands of a wallet that has never met this terminal before. */
import { afterEach, describe, expect, it } from 'vitest';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import { enrolledTerminal, type TestTerminal } from '../support/enrolled-terminal.ts';
import { codeText, EPOCH_S, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';
import { CHECK } from '../support/wallet-ports.ts';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

describe('a receipt', () => {
  // found by npm run simulate: every receipt of every terminal was answered by full-code-needed
  it('of a quick payment, scanned by the wallet → a checked receipt over what was charged', async () => {
    terminal = await enrolledTerminal();
    const scan = codeText(presentedOf(purseOf(), quickFields()));
    const amount = { minor: '640', currency: 'EUR' };
    const answer = await terminal.call('payments.accept', { amount, scan });
    if (!answer.ok) throw new Error(answer.refusal.code);
    const { epoch, journalSeq } = answer.value.payment;
    const issued = await terminal.call('payments.receipt', { epoch, journalSeq });
    const scanned = readScanned(issued.ok ? issued.value.digits : '', CHECK, EPOCH_S + 3600);
    expect(scanned).toMatchObject({
      ok: true,
      value: {
        kind: 'receipt',
        checked: { receipt: { chargedMinor: 640n }, terminal: { displayName: 'Corner shop' } },
      },
    });
  });
});
