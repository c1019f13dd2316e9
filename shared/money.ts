/**
 * Money: an integer of minor units beside its currency. Never a float, never saturated, never two
 * currencies in one sum (mixing them does not compile where the types know, and throws where they do not).
 */
import { type CurrencyCode, currencyOf, isCurrencyCode } from './iso-4217.ts';

export interface Money<C extends CurrencyCode = CurrencyCode> {
  /** Minor units of the currency (cents, fils, whole yen). */
  readonly minor: bigint;
  readonly currency: C;
}

/** What an amount may be at most, either sign: 2^53 − 1 minor units, so every wire carries it exactly. */
export const MAX_MINOR = 9_007_199_254_740_991n;

/** Thrown when code of ours mixes currencies or leaves the range; an input never gets this far. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

export function money<C extends CurrencyCode>(minor: bigint, currency: C): Money<C> {
  if (minor > MAX_MINOR || minor < -MAX_MINOR) throw new MoneyError(`out of range: ${minor} ${currency}`);
  return { minor, currency };
}

export function zero<C extends CurrencyCode>(currency: C): Money<C> {
  return { minor: 0n, currency };
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new MoneyError(`${a.currency} and ${b.currency} do not mix`);
}

export function add<C extends CurrencyCode>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  sameCurrency(a, b);
  return money(a.minor + b.minor, a.currency);
}

export function subtract<C extends CurrencyCode>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  sameCurrency(a, b);
  return money(a.minor - b.minor, a.currency);
}

/** Negative, zero or positive, as a is less than, equal to or more than b. */
export function compare<C extends CurrencyCode>(a: Money<C>, b: Money<NoInfer<C>>): number {
  sameCurrency(a, b);
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0;
}

/** A form of money for every JSON and IPC wire: minor units as a decimal string. */
export interface MoneyWire {
  readonly minor: string;
  readonly currency: string;
}

export function toWire(amount: Money): MoneyWire {
  return { minor: amount.minor.toString(), currency: amount.currency };
}

/** Strict: canonical decimal integer in range, known currency; undefined otherwise. */
export function fromWire(wire: MoneyWire): Money | undefined {
  const minor = parseMinor(wire.minor);
  if (minor === undefined || !isCurrencyCode(wire.currency)) return undefined;
  return { minor, currency: wire.currency };
}

/** A canonical decimal integer of minor units (no sign but "-", no leading zero, no exponent), in range. */
export function parseMinor(text: string): bigint | undefined {
  if (!/^(0|-?[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const minor = BigInt(text);
  return minor > MAX_MINOR || minor < -MAX_MINOR ? undefined : minor;
}

/** "12.50": plain decimal digits with the currency's minor units after a point; for files and logs. */
export function toDecimal(amount: Money): string {
  const { minorUnits } = currencyOf(amount.currency);
  const digits = (amount.minor < 0n ? -amount.minor : amount.minor).toString().padStart(minorUnits + 1, '0');
  const whole = digits.slice(0, digits.length - minorUnits);
  const sign = amount.minor < 0n ? '-' : '';
  return minorUnits === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - minorUnits)}`;
}

/**
 * For the eye: the locale's digits, separators and symbol, with ISO 4217 minor units. The exact decimal
 * text goes in, so no amount passes through a float. Put it in a <bdi>.
 */
export function formatMoney(amount: Money, locale: string): string {
  const { minorUnits } = currencyOf(amount.currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currency,
    minimumFractionDigits: minorUnits,
    maximumFractionDigits: minorUnits,
  });
  return format.format(toDecimal(amount) as `${number}`);
}
