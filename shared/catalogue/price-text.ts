/** Prices as people write them in files, to minor units and back, digit by digit: no float, no rounding. */
import { type CurrencyCode, currencyOf } from '../iso-4217.ts';
import { MAX_PRICE_MINOR } from './item.ts';

export type PriceProblem = 'bad-price' | 'price-too-fine' | 'price-too-large';

/**
 * @param separator what stands before the decimals besides a point, which always may
 * @returns minor units, or what is wrong: signs, thousands, spaces and exponents are no price
 */
export function readPrice(
  text: string,
  currency: CurrencyCode,
  separator: '.' | ',',
): { readonly minor: bigint } | { readonly problem: PriceProblem } {
  const match = (separator === ',' ? /^([0-9]+)(?:[.,]([0-9]+))?$/ : /^([0-9]+)(?:\.([0-9]+))?$/).exec(text);
  if (match === null) return { problem: 'bad-price' };
  const { minorUnits } = currencyOf(currency);
  const decimals = match[2] ?? '';
  if (decimals.length > minorUnits) return { problem: 'price-too-fine' };
  const digits = `${match[1]}${decimals.padEnd(minorUnits, '0')}`;
  if (digits.length > 30) return { problem: 'price-too-large' };
  const minor = BigInt(digits);
  return minor > MAX_PRICE_MINOR ? { problem: 'price-too-large' } : { minor };
}
