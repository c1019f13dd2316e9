/**
 * The currencies that this house issues purses and takes payments in, each with a round sum of about one
 * euro's worth: limits are stated in it, so that they mean the same everywhere. Not an exchange rate:
 * nothing is ever converted by it.
 */
import { type CurrencyCode, isCurrencyCode } from '../shared/iso-4217.ts';

/** Minor units. */
const UNIT_MINOR: Partial<Record<CurrencyCode, bigint>> = {
  AED: 400n,
  AUD: 150n,
  BDT: 12_000n,
  BHD: 400n,
  BRL: 600n,
  CAD: 150n,
  CHF: 100n,
  CLP: 1000n,
  CNY: 800n,
  COP: 450_000n,
  CZK: 2500n,
  DKK: 750n,
  EGP: 5000n,
  EUR: 100n,
  GBP: 100n,
  GHS: 1500n,
  HKD: 800n,
  HUF: 40_000n,
  IDR: 1_600_000n,
  ILS: 400n,
  INR: 10_000n,
  JOD: 750n,
  JPY: 150n,
  KES: 15_000n,
  KRW: 1500n,
  KWD: 350n,
  MAD: 1000n,
  MXN: 2000n,
  MYR: 500n,
  NGN: 150_000n,
  NOK: 1100n,
  NZD: 180n,
  OMR: 400n,
  PEN: 400n,
  PHP: 6000n,
  PKR: 30_000n,
  PLN: 450n,
  QAR: 400n,
  RON: 500n,
  SAR: 400n,
  SEK: 1100n,
  SGD: 150n,
  THB: 4000n,
  TND: 3500n,
  TRY: 4000n,
  UAH: 4500n,
  USD: 100n,
  VND: 30_000n,
  XAF: 650n,
  XOF: 650n,
  ZAR: 2000n,
};

export const marketCurrencies: readonly CurrencyCode[] = Object.keys(UNIT_MINOR).filter(isCurrencyCode);

/** Undefined where this house does not work. */
export function unitMinorOf(currency: string): bigint | undefined {
  return isCurrencyCode(currency) ? UNIT_MINOR[currency] : undefined;
}
