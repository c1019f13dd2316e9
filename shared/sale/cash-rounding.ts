/**
 * Cash rounds where the smallest coin is larger than the smallest unit of account. Only what is paid in cash is
 * rounded, once, at the end; codes pay to the unit. Each row names its source; docs/sales.md says more.
 */
import type { CurrencyCode } from '../iso-4217.ts';

export interface CashRounding {
  /** The smallest amount that coins can make, in minor units. */
  readonly stepMinor: bigint;
  /** Where an exact half goes. */
  readonly half: 'up' | 'down';
}

// biome-ignore format: a table
const TABLE: Partial<Record<CurrencyCode, readonly [stepMinor: bigint, half: 'up' | 'down']>> = {
  /* Five-rappen coin is the smallest since 2007: Swiss National Bank, Verordnung SR 941.103 */
  CHF: [5n, 'up'],
  /* Sveriges riksbank: 50-öre coin withdrawn 2010; lag (1970:1029) om avrundning av vissa öresbelopp */
  SEK: [100n, 'up'],
  /* Norges Bank: 50-øre coin withdrawn 2012; forskrift om avrunding til hele kroner */
  NOK: [100n, 'up'],
  /* Seðlabanki Íslands: aurar withdrawn 2003. ISO 4217 has no minor unit for it: nothing left to round */
  ISK: [1n, 'up'],
  /* Danmarks Nationalbank: 25-øre coin withdrawn 2008; lov om afrunding af øresbeløb */
  DKK: [50n, 'up'],
  /* Department of Finance Canada, 2012: phase-out of the penny, rounding guideline */
  CAD: [5n, 'up'],
  /* Reserve Bank of Australia / ACCC: 1 and 2 cent coins withdrawn 1992 */
  AUD: [5n, 'up'],
  /* Reserve Bank of New Zealand, 2006; Retailers Association: an ending of 5 cents goes down */
  NZD: [10n, 'down'],
  /* Hungary, 2008. évi III. törvény: 1 and 2 forint withdrawn; ISO 4217 keeps two minor digits */
  HUF: [500n, 'up'],
  /* Česká národní banka: 50-haléř coin withdrawn 2008; zákon 634/1992 Sb. § 3 */
  CZK: [100n, 'up'],
  /* Bank of Israel: 5 agorot withdrawn 2008 */
  ILS: [10n, 'up'],
  /* South African Reserve Bank: 5 cent coin no longer made since 2012; a half goes to the buyer */
  ZAR: [10n, 'down'],
  /* Monetary Authority of Singapore: 1 cent no longer issued since 2002 */
  SGD: [5n, 'up'],
  /* Bank Negara Malaysia, 2008: rounding mechanism */
  MYR: [5n, 'up'],
  /* Hong Kong Monetary Authority: ten cents is the smallest coin */
  HKD: [10n, 'up'],
};

/**
 * Euro countries that round cash to five cents do it by their own law (Finland 2002, Netherlands 2004, Belgium
 * 2019, Ireland 2015, Italy 2018, Slovakia 2022, Estonia 2025, Lithuania 2025); the others may not.
 */
export const EURO_STEP_MINOR = 5n;

/** How cash of this currency rounds. @param isEuroRounded the shop's own setting; of no meaning elsewhere */
export function cashRoundingOf(currency: CurrencyCode, isEuroRounded: boolean): CashRounding {
  const [stepMinor, half] = TABLE[currency] ?? [
    currency === 'EUR' && isEuroRounded ? EURO_STEP_MINOR : 1n,
    'up',
  ];
  return { stepMinor, half };
}

/** The amount that coins can make and that is nearest. @param minor zero or more */
export function roundCash(minor: bigint, { stepMinor, half }: CashRounding): bigint {
  const over = minor % stepMinor;
  const goesUp = half === 'up' ? 2n * over >= stepMinor : 2n * over > stepMinor;
  return minor - over + (goesUp ? stepMinor : 0n);
}
