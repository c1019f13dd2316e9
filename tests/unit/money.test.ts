/** Money (house habit 1): bigint of minor units, one currency a sum, exact on every wire. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies } from '../../shared/iso-4217.ts';
import {
  add,
  compare,
  formatMoney,
  fromWire,
  MAX_MINOR,
  type Money,
  MoneyError,
  money,
  parseMinor,
  subtract,
  toDecimal,
  toWire,
  zero,
} from '../../shared/money.ts';

const minor = fc.oneof(
  fc.bigInt({ min: -MAX_MINOR, max: MAX_MINOR }),
  fc.constantFrom(0n, 1n, -1n, MAX_MINOR, -MAX_MINOR, MAX_MINOR - 1n),
);
const currency = fc.constantFrom(...currencies.map(({ code }) => code));

describe('sums', () => {
  it('any two amounts of one currency → exact, or thrown when out of range; never saturated', () => {
    fc.assert(
      fc.property(minor, minor, currency, (a, b, code) => {
        for (const [operate, expected] of [
          [add, a + b],
          [subtract, a - b],
        ] as const) {
          if (expected > MAX_MINOR || expected < -MAX_MINOR) {
            expect(() => operate(money(a, code), money(b, code))).toThrow(MoneyError);
          } else {
            expect(operate(money(a, code), money(b, code))).toEqual({ minor: expected, currency: code });
          }
        }
      }),
    );
  });

  it('two currencies → thrown, in every operation', () => {
    const euro: Money = money(1n, 'EUR');
    const yen: Money = money(1n, 'JPY');
    for (const operate of [add, subtract, compare]) expect(() => operate(euro, yen)).toThrow(MoneyError);
  });

  it('an amount beyond the range → thrown', () => {
    expect(() => money(MAX_MINOR + 1n, 'EUR')).toThrow(MoneyError);
    expect(() => money(-MAX_MINOR - 1n, 'EUR')).toThrow(MoneyError);
    expect(money(MAX_MINOR, 'EUR').minor).toBe(9_007_199_254_740_991n);
  });

  it('any two amounts → ordered like their minor units', () => {
    fc.assert(
      fc.property(minor, minor, (a, b) => {
        expect(Math.sign(compare(money(a, 'EUR'), money(b, 'EUR')))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    expect(compare(zero('EUR'), money(0n, 'EUR'))).toBe(0);
  });
});

describe('on the wire', () => {
  it('any amount → itself after a JSON round trip', () => {
    fc.assert(
      fc.property(minor, currency, (value, code) => {
        const amount = money(value, code);
        expect(fromWire(JSON.parse(JSON.stringify(toWire(amount))))).toEqual(amount);
      }),
    );
  });

  it.each([
    '',
    ' ',
    '-',
    '-0',
    '+1',
    '00',
    '01',
    '-01',
    '1.',
    '1.0',
    '.1',
    '1e3',
    '1E3',
    '1e-3',
    '0x10',
    '1_000',
    '1,000',
    '1 000',
    ' 1',
    '1 ',
    '1\n',
    '١',
    '１',
    'NaN',
    'Infinity',
    '9007199254740992',
    '-9007199254740992',
    '99999999999999999999',
    '1'.repeat(1000),
  ])('%j → no amount', (text) => {
    expect(parseMinor(text)).toBeUndefined();
    expect(fromWire({ minor: text, currency: 'EUR' })).toBeUndefined();
  });

  it.each(['', 'eur', 'EURO', 'XXX', '__proto__', 'constructor'])('currency %j → no amount', (code) => {
    expect(fromWire({ minor: '1', currency: code })).toBeUndefined();
  });

  it('any text → an amount only when it is that amount’s one text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9]{1,17}$/)), (text) => {
        const parsed = parseMinor(text);
        if (parsed !== undefined) expect(parsed.toString()).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('for people and files', () => {
  it.each([
    [1250n, 'EUR', '12.50'],
    [-5n, 'EUR', '-0.05'],
    [0n, 'KWD', '0.000'],
    [1n, 'KWD', '0.001'],
    [1500n, 'JPY', '1500'],
    [-7n, 'JPY', '-7'],
    [12345n, 'CLF', '1.2345'],
    [MAX_MINOR, 'EUR', '90071992547409.91'],
  ] as const)('%d minor units of %s → %s', (value, code, decimal) => {
    expect(toDecimal(money(value, code))).toBe(decimal);
  });

  it('any amount → a decimal text that is worth exactly it', () => {
    fc.assert(
      fc.property(minor, fc.constantFrom(...currencies), (value, { code, minorUnits }) => {
        const [whole = '', fraction = ''] = toDecimal(money(value, code)).replace('-', '').split('.');
        expect(fraction.length).toBe(minorUnits);
        expect(BigInt(whole + fraction)).toBe(value < 0n ? -value : value);
      }),
    );
  });

  it('the largest amount → shown to the last digit, in every language', () => {
    expect(formatMoney(money(MAX_MINOR, 'EUR'), 'en')).toBe('€90,071,992,547,409.91');
    for (const locale of ['en', 'zh-Hans', 'es', 'ar', 'fr', 'hi']) {
      const shown = formatMoney(money(MAX_MINOR, 'KWD'), locale);
      const digits = [...shown]
        .map((character) => '٠١٢٣٤٥٦٧٨٩'.indexOf(character))
        .map((n, i) => (n >= 0 ? n : [...shown][i]));
      expect(digits.filter((d) => /^[0-9]$/.test(String(d))).join('')).toBe('9007199254740991');
    }
  });

  it('currencies that Intl shows by custom → the standard’s minor units', () => {
    expect(formatMoney(money(1234n, 'IQD'), 'en')).toContain('1.234');
    expect(formatMoney(money(1234n, 'HUF'), 'en')).toContain('12.34');
    expect(formatMoney(money(1234n, 'JPY'), 'en')).toContain('1,234');
  });
});
