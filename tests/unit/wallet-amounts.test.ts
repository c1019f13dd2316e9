import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies } from '../../shared/iso-4217.ts';
import { toDecimal } from '../../shared/money.ts';
import { capChoices, defaultCap } from '../../wallet/core/cap-choices.ts';
import { typedAmount } from '../../wallet/core/typed-amount.ts';

describe('amounts to choose from', () => {
  it.each([
    ['5000', '500 1000 2000 5000'],
    ['3760', '500 1000 2000 3760'],
    ['7500', '1000 2000 5000 7500'],
    ['1', '1'],
    ['3', '1 2 3'],
    ['0', ''],
  ])('up to %s → %s', (limit, choices) => expect(capChoices(BigInt(limit)).join(' ')).toBe(choices));
  it('any limit → rising, none above it, the limit last', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (limit) => {
        const choices = capChoices(limit);
        expect(choices.at(-1)).toBe(limit);
        expect([...choices].sort((a, b) => (a < b ? -1 : 1))).toEqual(choices);
        expect(new Set(choices).size).toBe(choices.length);
        expect(choices.length).toBeLessThanOrEqual(4);
      }),
    );
  });
  it('the one of last time if it still fits, else the second', () => {
    expect(defaultCap([500n, 1000n, 2000n], 2000n)).toBe(2000n);
    expect(defaultCap([500n, 1000n, 2000n], 5000n)).toBe(1000n);
    expect(defaultCap([500n], null)).toBe(500n);
    expect(defaultCap([], null)).toBeNull();
  });
});

describe('a typed amount', () => {
  it.each([
    ['12.50', 'EUR', '1250'],
    ['12,5', 'EUR', '1250'],
    [' 12 ', 'EUR', '1200'],
    ['12.', 'EUR', '1200'],
    ['0.01', 'EUR', '1'],
    ['1.234', 'KWD', '1234'],
    ['1500', 'JPY', '1500'],
    ['١٢٫٥٠', 'EUR', '1250'],
    ['१२.५', 'INR', '1250'],
    ['１２。５', 'CNY', '1250'],
  ] as const)('%s %s → %s', (text, currency, minor) =>
    expect(typedAmount(text, currency)).toBe(BigInt(minor)),
  );
  it.each([
    ['1,000', 'EUR'],
    ['1.000', 'JPY'],
    ['1,5', 'JPY'],
    ['1.234.567', 'EUR'],
    ['-5', 'EUR'],
    ['1e3', 'EUR'],
    ['0', 'EUR'],
    ['', 'EUR'],
    ['.', 'EUR'],
    ['12 50', 'EUR'],
    ['999999999999999', 'KWD'],
  ] as const)('%s %s → nothing', (text, currency) => expect(typedAmount(text, currency)).toBeUndefined());
  it('what toDecimal writes → the same amount, in every currency', () => {
    const money = fc.record({
      minor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
      currency: fc.constantFrom(...currencies.map(({ code }) => code)),
    });
    fc.assert(
      fc.property(money, (amount) => {
        expect(typedAmount(toDecimal(amount), amount.currency)).toBe(amount.minor);
      }),
    );
  });
});
