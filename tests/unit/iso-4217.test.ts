/** The currency table (house habit 1): minor units by ISO 4217, one currency per numeric code. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { currencies, currencyByNumeric, currencyOf, isCurrencyCode } from '../../shared/iso-4217.ts';

const LIST_ONE = new URL('../../../shared/material/currency/iso-4217-list-one.xml', import.meta.url);

/** What our table has otherwise than the list of 2024-06-25; a difference not named here is a mistake. */
const REPLACED_SINCE = { ANG: 'XCG' } as const;

describe('currency table', () => {
  it('every numeric code → one currency, so a certificate never changes its currency on the wire', () => {
    expect(new Set(currencies.map((currency) => currency.numeric)).size).toBe(currencies.length);
    for (const currency of currencies) expect(currencyByNumeric(currency.numeric)).toBe(currency);
  });

  it('numeric codes → 1…999, minor units → 0…4', () => {
    for (const { numeric, minorUnits } of currencies) {
      expect(numeric).toSatisfy((n: number) => Number.isInteger(n) && n >= 1 && n <= 999);
      expect([0, 2, 3, 4]).toContain(minorUnits);
    }
  });

  it('currencies that Intl shows without decimals → minor units of the standard', () => {
    expect(currencyOf('IQD').minorUnits).toBe(3);
    for (const code of ['HUF', 'IDR', 'PKR', 'AFN'] as const) expect(currencyOf(code).minorUnits).toBe(2);
  });

  it('names from outside, and of the object prototype → no currency', () => {
    for (const text of ['', 'eur', 'EURO', 'XAU', 'XXX', 'XTS', '__proto__', 'constructor', 'toString']) {
      expect(isCurrencyCode(text)).toBe(false);
    }
    for (const numeric of [0, -978, 1.5, 1000, Number.NaN])
      expect(currencyByNumeric(numeric)).toBeUndefined();
  });

  it.skipIf(!existsSync(LIST_ONE))('ISO 4217 list one → the same numeric codes and minor units', () => {
    const listed = new Map<string, { numeric: number; minorUnits: number | null }>();
    for (const [, entry = ''] of readFileSync(LIST_ONE, 'utf8').matchAll(/<CcyNtry>(.*?)<\/CcyNtry>/gs)) {
      const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1] ?? '';
      const code = field('Ccy');
      if (code === '') continue; // Antarctica and two more: no currency of their own
      const minorUnits = field('CcyMnrUnts') === 'N.A.' ? null : Number(field('CcyMnrUnts'));
      listed.set(code, { numeric: Number(field('CcyNbr')), minorUnits });
    }
    expect(listed.size).toBeGreaterThan(170);
    const expected = [...listed].flatMap(([code, { numeric, minorUnits }]) => {
      const now = code in REPLACED_SINCE ? REPLACED_SINCE[code as keyof typeof REPLACED_SINCE] : code;
      // metals, bond units, test and "no currency": nothing is paid in them
      return minorUnits === null ? [] : [`${now} ${numeric} ${minorUnits}`];
    });
    const ours = currencies.map(({ code, numeric, minorUnits }) => `${code} ${numeric} ${minorUnits}`);
    expect(ours.toSorted()).toEqual(expected.toSorted());
  });
});
