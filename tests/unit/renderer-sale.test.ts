import { describe, expect, it } from 'vitest';
import {
  amountDue,
  nextSale,
  noSale,
  type Outcome,
  type Sale,
  type SaleEvent,
} from '../../renderer/screens/till/sale.ts';
import type { PaymentRow } from '../../shared/contract/terminal.ts';

const payment = { journalSeq: 1 } as PaymentRow;
const approved: Outcome = { kind: 'approved', payment };
const declined: Outcome = { kind: 'declined', payment, refusal: { code: 'unreadable' } };
const invoice = { invoiceId: 'aa', digits: '1', expiresAtMs: 1 };

function saleAfter(...events: SaleEvent[]): Sale {
  return events.reduce((sale, event) => nextSale(sale, event, 2), noSale);
}

const digits = (text: string): SaleEvent[] => [...text].map((digit) => ({ type: 'digit', digit }));
const decided = (outcome: Outcome): SaleEvent => ({
  type: 'decided',
  verdict: { outcome, minor: 1250n, scannedAtMs: 0 },
});

describe('a sale', () => {
  it('digits → an amount due', () => {
    expect(amountDue(saleAfter(...digits('1250')), 2)).toBe(1250n);
  });

  it('approved → the amount is done, so the next scan charges nothing', () => {
    const sale = saleAfter(...digits('1250'), { type: 'scanned' }, decided(approved));
    expect(sale.verdict?.outcome.kind).toBe('approved');
    expect(amountDue(sale, 2)).toBe(0n);
  });

  it('declined → the amount waits for another scan', () => {
    const sale = saleAfter(...digits('1250'), { type: 'scanned' }, decided(declined));
    expect(amountDue(sale, 2)).toBe(1250n);
    expect(amountDue(nextSale(sale, { type: 'continue' }, 2), 2)).toBe(1250n);
    expect(nextSale(sale, { type: 'back' }, 2)).toEqual(noSale);
  });

  it('a digit after a verdict → the next sale, from nothing', () => {
    const sale = saleAfter(...digits('1250'), { type: 'scanned' }, decided(declined), ...digits('3'));
    expect(sale.verdict).toBeNull();
    expect(amountDue(sale, 2)).toBe(3n);
  });

  it('keys while a scan is decided → nothing changes', () => {
    const deciding = saleAfter(...digits('1250'), { type: 'scanned' });
    for (const event of [...digits('9'), { type: 'erase' }, { type: 'back' }, { type: 'point' }] as const) {
      expect(nextSale(deciding, event, 2)).toBe(deciding);
    }
  });

  it('digits while an invoice is shown → its amount stays', () => {
    const shown = saleAfter(...digits('1250'), { type: 'invoice-shown', invoice }, ...digits('9'), {
      type: 'erase',
    });
    expect(shown.invoice).toEqual(invoice);
    expect(amountDue(shown, 2)).toBe(1250n);
    expect(amountDue(nextSale(shown, { type: 'back' }, 2), 2)).toBe(1250n);
  });

  it('digits that were a scanner’s → taken back, with what they had pushed away', () => {
    const verdict = saleAfter(...digits('1250'), { type: 'scanned' }, decided(declined));
    const slow = [...digits('12')].reduce((sale, event) => nextSale(sale, event, 2), verdict);
    const back = nextSale(slow, { type: 'taken-back', digits: 2 }, 2);
    expect(back.verdict?.outcome).toBe(declined);
    expect(amountDue(back, 2)).toBe(1250n);
    const typedBefore = saleAfter(...digits('7'), ...digits('99'), { type: 'taken-back', digits: 2 });
    expect(amountDue(typedBefore, 2)).toBe(7n);
  });
});
