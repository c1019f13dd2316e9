/** Parts of a Z report as bytes: sums, takings of one currency, grand totals. */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import {
  type GrandTotal,
  type KeyedTally,
  MAX_CURRENCIES,
  MAX_DECLINE_ROWS,
  MAX_PEOPLE_ROWS,
  MAX_TAX_ROWS,
  MAX_TENDER_ROWS,
  type Takings,
  type Tally,
  type TaxTally,
} from '../shift/takings.ts';
import type { CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { readArray, readOneOf, readText, readTuple, readUint } from './shape.ts';

export const MAX_LISTED_CURRENCIES = MAX_CURRENCIES;
const MAX_KEY_BYTES = 64;
const MAX_TAX_BASIS_POINTS = 100_000;
/** What the terminal's database can hold. */
const MAX_SUM = 2n ** 63n;

export function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

/** A sum of either sign; sums outgrow what one amount may be. */
export function readSigned(value: CborValue | undefined): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Malformed('an integer');
  const sum = BigInt(value);
  if (sum >= MAX_SUM || sum < -MAX_SUM) throw new Malformed('an integer of 64 bits');
  return sum;
}

export function tallyValue({ count, sumMinor }: Tally): CborValue {
  return [count, sumMinor];
}

export function readTally(value: CborValue | undefined): Tally {
  const [count, sumMinor] = readTuple(value, 2);
  return { count: readUint(count, Number.MAX_SAFE_INTEGER), sumMinor: readSigned(sumMinor) };
}

function keyedValue(rows: readonly KeyedTally[]): CborValue {
  return rows.map(({ key, count, sumMinor }) => [key, count, sumMinor]);
}

function readKeyed(value: CborValue | undefined, max: number): readonly KeyedTally[] {
  return readArray(value, max).map((row) => {
    const [key, count, sumMinor] = readTuple(row, 3);
    return {
      key: readText(key, MAX_KEY_BYTES),
      count: readUint(count, Number.MAX_SAFE_INTEGER),
      sumMinor: readSigned(sumMinor),
    };
  });
}

function taxValue(tax: TaxTally): CborValue {
  return [tax.taxRateId, tax.name, tax.basisPoints, tax.isIncluded ? 1 : 0, tax.netMinor, tax.taxMinor];
}

function readTax(value: CborValue): TaxTally {
  const [taxRateId, name, basisPoints, isIncluded, net, tax] = readTuple(value, 6);
  return {
    taxRateId: readText(taxRateId, MAX_KEY_BYTES),
    name: readText(name, MAX_KEY_BYTES),
    basisPoints: readUint(basisPoints, MAX_TAX_BASIS_POINTS),
    isIncluded: readOneOf(isIncluded, [0, 1]) === 1,
    netMinor: readSigned(net),
    taxMinor: readSigned(tax),
  };
}

/** The single sums of takings, in the order in which they are signed. */
const SINGLE = [
  'orders',
  'withoutOrder',
  'refunds',
  'voids',
  'discounts',
  'overrides',
  'tips',
  'rounding',
  'imported',
] as const;

export function takingsValue(takings: Takings): CborValue {
  return [
    currencyOf(takings.currency).numeric,
    keyedValue(takings.tenders),
    keyedValue(takings.people),
    keyedValue(takings.declines),
    takings.taxes.map(taxValue),
    ...SINGLE.map((name) => tallyValue(takings[name])),
  ];
}

export function readTakings(value: CborValue): Takings {
  const [numeric, tenders, people, declines, taxes, ...single] = readTuple(value, 5 + SINGLE.length);
  const singles = Object.fromEntries(SINGLE.map((name, i) => [name, readTally(single[i])])) as Pick<
    Takings,
    (typeof SINGLE)[number]
  >;
  return {
    currency: readCurrency(numeric),
    tenders: readKeyed(tenders, MAX_TENDER_ROWS),
    people: readKeyed(people, MAX_PEOPLE_ROWS),
    declines: readKeyed(declines, MAX_DECLINE_ROWS),
    taxes: readArray(taxes, MAX_TAX_ROWS).map(readTax),
    ...singles,
  };
}

export function grandTotalValue({ currency, sales, refunds }: GrandTotal): CborValue {
  return [currencyOf(currency).numeric, tallyValue(sales), tallyValue(refunds)];
}

export function readGrandTotal(value: CborValue): GrandTotal {
  const [numeric, sales, refunds] = readTuple(value, 3);
  return { currency: readCurrency(numeric), sales: readTally(sales), refunds: readTally(refunds) };
}
