/**
 * Reads an amount that a person typed, in the digits and marks of any of the wallet's languages, into minor
 * units. What could be meant in two ways is not guessed at.
 */
import { type CurrencyCode, currencyOf } from '../../shared/iso-4217.ts';
import { MAX_MINOR } from '../../shared/money.ts';

/** Arabic-Indic, extended Arabic-Indic, Devanagari, full width: the zero of each. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10];

function plainDigits(text: string): string {
  return Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    const zero = ZEROS.find((first) => point >= first && point <= first + 9);
    return zero === undefined ? character : String(point - zero);
  }).join('');
}

/** Minor units; undefined when it is no amount of this currency, or 0. */
export function typedAmount(text: string, currency: CurrencyCode): bigint | undefined {
  const plain = plainDigits(text.trim()).replace(/[٫,、。.]/g, '.');
  const match = /^([0-9]{1,15})(?:\.([0-9]{0,4}))?$/.exec(plain);
  if (match === null) return undefined;
  const { minorUnits } = currencyOf(currency);
  const [, whole = '', part = ''] = match;
  // "1,000" yen or "1.000" euro: a mark of thousands, or too many decimals
  if (part.length > minorUnits) return undefined;
  const minor = BigInt(whole + part.padEnd(minorUnits, '0'));
  return minor > 0n && minor <= MAX_MINOR ? minor : undefined;
}
