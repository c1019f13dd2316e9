import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposurePercent } from '../../renderer/parts/exposure.ts';
import { rowKey, withRow } from '../../renderer/payment-rows.ts';
import { setUpFaults } from '../../renderer/screens/set-up/set-up-faults.ts';
import type { PaymentRow } from '../../shared/contract/terminal.ts';

function row(epoch: number, journalSeq: number, state: PaymentRow['state'] = 'sent'): PaymentRow {
  return { epoch, journalSeq, state } as PaymentRow;
}

describe('the rows of the list', () => {
  it('a row in a new state → in its old place', () => {
    const rows = [row(1, 3), row(1, 2), row(1, 1)];
    expect(withRow(rows, row(1, 2, 'settled')).map(({ state }) => state)).toEqual([
      'sent',
      'settled',
      'sent',
    ]);
  });

  it('rows in any order, some twice → each once, newest first, a later epoch before an earlier one', () => {
    const place = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(place, { maxLength: 40 }), (places) => {
        const rows = places
          .map(([epoch, seq]) => row(epoch, seq))
          .reduce(withRow, [] as readonly PaymentRow[]);
        expect(rows.length).toBe(new Set(places.map(([epoch, seq]) => `${epoch}/${seq}`)).size);
        const sorted = [...rows].sort((a, b) => b.epoch - a.epoch || b.journalSeq - a.journalSeq);
        expect(rows.map(rowKey)).toEqual(sorted.map(rowKey));
      }),
    );
  });
});

describe('how full the till is', () => {
  it.each([
    ['0', '1000', 0],
    ['1', '100000', 1],
    ['500', '1000', 50],
    ['1000', '1000', 100],
    ['2000', '1000', 100],
    ['1', '0', 100],
    ['0', '0', 0],
    ['-5', '1000', 0],
    ['4503599627370495', '9007199254740991', 49],
  ])('%s of %s → %i %%', (sum, limit, percent) => {
    expect(exposurePercent(sum, limit)).toBe(percent);
  });
});

describe('the form of the first start', () => {
  const empty = { code: '', cashierName: '', pin: '', pinAgain: '', passphrase: '', passphraseAgain: '' };

  it('nothing filled in → each field says what it needs', () => {
    expect(setUpFaults(empty, true)).toEqual({
      code: 'codeNeeded',
      cashierName: 'nameNeeded',
      pin: 'pinWrong',
      passphrase: 'passphraseShort',
    });
  });

  it('a keychain at hand → no passphrase asked', () => {
    expect(setUpFaults(empty, false)).not.toHaveProperty('passphrase');
  });

  it('second entries that differ, a name too long, a code of something else → said', () => {
    const filled = { ...empty, code: 'FT1-!', cashierName: 'भ'.repeat(40), pin: '1234', pinAgain: '1235' };
    const all = { ...filled, passphrase: 'long enough', passphraseAgain: 'long enough?' };
    expect(setUpFaults(all, true)).toEqual({
      code: 'codeWrong',
      cashierName: 'nameLong',
      pinAgain: 'differ',
      passphraseAgain: 'differ',
    });
  });
});
