/** A currency by its ISO 4217 number, as signed objects carry it. */
import { type CurrencyCode, currencyByNumeric } from '../iso-4217.ts';
import type { CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { readUint } from './shape.ts';

/** @throws Malformed */
export function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}
