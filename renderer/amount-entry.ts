/**
 * An amount as it is keyed in: digits move in from the right, as on a card terminal ("1250" is 12.50), until
 * a decimal point is typed ("12.5" is 12.50 too). Pure; only whole minor units ever come out.
 */
import { MAX_MINOR } from '../shared/money.ts';

export interface AmountEntry {
  /** The digits typed before a point, without leading zeros. */
  readonly whole: string;
  /** The digits typed after a point; null while there is no point. */
  readonly fraction: string | null;
}

export const emptyAmount: AmountEntry = { whole: '', fraction: null };

/** More digits than any till's sale has; a thirteenth is not taken. */
const MAX_DIGITS = 12;

/** @param minorUnits of the currency: 0, 2, 3 or 4 */
export function typeDigit(entry: AmountEntry, digit: string, minorUnits: number): AmountEntry {
  if (entry.fraction === null) {
    const whole = (entry.whole + digit).replace(/^0+/, '');
    return accepted({ ...entry, whole }, entry, minorUnits);
  }
  if (entry.fraction.length >= minorUnits) return entry;
  return accepted({ ...entry, fraction: entry.fraction + digit }, entry, minorUnits);
}

/** From here on digits count from the left; in a currency without minor units there is no point. */
export function typePoint(entry: AmountEntry, minorUnits: number): AmountEntry {
  if (minorUnits === 0 || entry.fraction !== null) return entry;
  return accepted({ ...entry, fraction: '' }, entry, minorUnits);
}

export function eraseLast(entry: AmountEntry): AmountEntry {
  if (entry.fraction === null) return { whole: entry.whole.slice(0, -1), fraction: null };
  return { whole: entry.whole, fraction: entry.fraction === '' ? null : entry.fraction.slice(0, -1) };
}

/** Minor units. */
export function minorOf(entry: AmountEntry, minorUnits: number): bigint {
  if (entry.fraction === null) return BigInt(entry.whole || '0');
  return BigInt((entry.whole || '0') + entry.fraction.padEnd(minorUnits, '0'));
}

function accepted(next: AmountEntry, before: AmountEntry, minorUnits: number): AmountEntry {
  const minor = minorOf(next, minorUnits);
  return minor > MAX_MINOR || minor.toString().length > MAX_DIGITS ? before : next;
}
