/**
 * Notes and coins for counting a drawer piece by piece, without commemorative pieces. The bank or mint beside each
 * row is who issues them and where to look when they change; minor units are ISO 4217's. A currency or a piece
 * that is not here is counted by typing the total: never a reason not to close a shift.
 */
import { type CurrencyCode, currencyOf } from '../iso-4217.ts';

export interface Denominations {
  /** Minor units, the largest first. */
  readonly notes: readonly bigint[];
  readonly coins: readonly bigint[];
}

/** In whole units, as printed on them. A value that is both a note and a coin stands once: a count is by value. */
// biome-ignore format: a table
const TABLE: Partial<Record<CurrencyCode, readonly [notes: string, coins: string]>> = {
  AED: ['1000 500 200 100 50 20 10 5', '1 0.50 0.25'], // Central Bank of the UAE
  AUD: ['100 50 20 10 5', '2 1 0.50 0.20 0.10 0.05'], // Reserve Bank of Australia
  BDT: ['1000 500 200 100 50 20 10', '5 2 1'], // Bangladesh Bank
  BHD: ['20 10 5 1 0.500', '0.100 0.050 0.025 0.010 0.005'], // Central Bank of Bahrain
  BRL: ['200 100 50 20 10 5 2', '1 0.50 0.25 0.10 0.05 0.01'], // Banco Central do Brasil
  CAD: ['100 50 20 10 5', '2 1 0.50 0.25 0.10 0.05'], // Bank of Canada, Royal Canadian Mint
  CHF: ['1000 200 100 50 20 10', '5 2 1 0.50 0.20 0.10 0.05'], // Swiss National Bank
  CLP: ['20000 10000 5000 2000 1000', '500 100 50 10'], // Banco Central de Chile
  CNY: ['100 50 20 10 5', '1 0.50 0.10'], // People's Bank of China
  COP: ['100000 50000 20000 10000 5000 2000', '1000 500 200 100 50'], // Banco de la República
  CZK: ['5000 2000 1000 500 200 100', '50 20 10 5 2 1'], // Česká národní banka
  DKK: ['500 200 100 50', '20 10 5 2 1 0.50'], // Danmarks Nationalbank
  EGP: ['200 100 50 20 10 5', '1 0.50 0.25'], // Central Bank of Egypt
  EUR: ['500 200 100 50 20 10 5', '2 1 0.50 0.20 0.10 0.05 0.02 0.01'], // European Central Bank
  GBP: ['50 20 10 5', '2 1 0.50 0.20 0.10 0.05 0.02 0.01'], // Bank of England, Royal Mint
  GHS: ['200 100 50 20 10 5', '2 1 0.50 0.20 0.10 0.05 0.01'], // Bank of Ghana
  HKD: ['1000 500 100 50 20', '10 5 2 1 0.50 0.20 0.10'], // Hong Kong Monetary Authority
  HUF: ['20000 10000 5000 2000 1000 500', '200 100 50 20 10 5'], // Magyar Nemzeti Bank
  IDR: ['100000 50000 20000 10000 5000 2000 1000', '500 200 100'], // Bank Indonesia
  ILS: ['200 100 50 20', '10 5 2 1 0.50 0.10'], // Bank of Israel
  INR: ['2000 500 200 100 50 20 10', '5 2 1 0.50'], // Reserve Bank of India
  JOD: ['50 20 10 5 1', '0.500 0.250 0.100 0.050 0.010'], // Central Bank of Jordan
  JPY: ['10000 5000 2000 1000', '500 100 50 10 5 1'], // Bank of Japan, Japan Mint
  KES: ['1000 500 200 100 50', '20 10 5 1'], // Central Bank of Kenya
  KRW: ['50000 10000 5000 1000', '500 100 50 10 5 1'], // Bank of Korea
  KWD: ['20 10 5 1 0.500 0.250', '0.100 0.050 0.020 0.010 0.005'], // Central Bank of Kuwait
  MAD: ['200 100 50 20', '10 5 2 1 0.50 0.20 0.10'], // Bank Al-Maghrib
  MXN: ['1000 500 200 100 50 20', '10 5 2 1 0.50 0.20 0.10 0.05'], // Banco de México
  MYR: ['100 50 20 10 5 1', '0.50 0.20 0.10 0.05'], // Bank Negara Malaysia
  NGN: ['1000 500 200 100 50 20 10 5', '2 1 0.50'], // Central Bank of Nigeria
  NOK: ['1000 500 200 100 50', '20 10 5 1'], // Norges Bank
  NZD: ['100 50 20 10 5', '2 1 0.50 0.20 0.10'], // Reserve Bank of New Zealand
  OMR: ['50 20 10 5 1 0.500 0.100', '0.050 0.025 0.010 0.005'], // Central Bank of Oman
  PEN: ['200 100 50 20 10', '5 2 1 0.50 0.20 0.10'], // Banco Central de Reserva del Perú
  PHP: ['1000 500 200 100 50', '20 10 5 1 0.25 0.05 0.01'], // Bangko Sentral ng Pilipinas
  PKR: ['5000 1000 500 100 50 20 10', '5 2 1'], // State Bank of Pakistan
  PLN: ['500 200 100 50 20 10', '5 2 1 0.50 0.20 0.10 0.05 0.02 0.01'], // Narodowy Bank Polski
  QAR: ['500 200 100 50 10 5 1', '0.50 0.25 0.10 0.05 0.01'], // Qatar Central Bank
  RON: ['500 200 100 50 20 10 5 1', '0.50 0.10 0.05 0.01'], // Banca Națională a României
  RUB: ['5000 2000 1000 500 200 100 50', '10 5 2 1 0.50 0.10 0.05 0.01'], // Bank of Russia
  SAR: ['500 200 100 50 20 10 5', '2 1 0.50 0.25 0.10 0.05 0.01'], // Saudi Central Bank
  SEK: ['1000 500 200 100 50 20', '10 5 2 1'], // Sveriges riksbank
  SGD: ['1000 100 50 10 5 2', '1 0.50 0.20 0.10 0.05'], // Monetary Authority of Singapore
  THB: ['1000 500 100 50 20', '10 5 2 1 0.50 0.25'], // Bank of Thailand
  TND: ['50 20 10 5', '2 1 0.500 0.200 0.100 0.050 0.020 0.010 0.005'], // Banque Centrale de Tunisie
  TRY: ['200 100 50 20 10 5', '1 0.50 0.25 0.10 0.05 0.01'], // Türkiye Cumhuriyet Merkez Bankası, Darphane
  TWD: ['2000 1000 500 200 100', '50 20 10 5 1'], // Central Bank of the Republic of China (Taiwan)
  UAH: ['1000 500 200 100 50 20', '10 5 2 1 0.50 0.10'], // National Bank of Ukraine
  USD: ['100 50 20 10 5 2 1', '0.50 0.25 0.10 0.05 0.01'], // US Bureau of Engraving and Printing, US Mint
  VND: ['500000 200000 100000 50000 20000 10000 5000 2000 1000', '500'], // State Bank of Vietnam
  XAF: ['10000 5000 2000 1000 500', '100 50 25 10 5 2 1'], // Banque des États de l'Afrique centrale
  XOF: ['10000 5000 2000 1000 500', '250 200 100 50 25 10 5 1'], // Banque centrale des États de l'Afrique de l'Ouest
  ZAR: ['200 100 50 20 10', '5 2 1 0.50 0.20 0.10'], // South African Reserve Bank
};

function minorOf(printed: string, minorUnits: number): bigint {
  const [whole = '', fraction = ''] = printed.split('.');
  return BigInt(whole + fraction.padEnd(minorUnits, '0'));
}

/** What a drawer of this currency may hold; undefined where nobody has written it down. */
export function denominationsOf(code: CurrencyCode): Denominations | undefined {
  const row = TABLE[code];
  if (row === undefined) return undefined;
  const { minorUnits } = currencyOf(code);
  const [notes, coins] = row.map((list) => list.split(' ').map((printed) => minorOf(printed, minorUnits)));
  return { notes: notes ?? [], coins: coins ?? [] };
}

/** Of a currency without a row: ten whole units. */
const UNKNOWN_NOTE_UNITS = 10n;

/** The smallest note: what a shop feels, in each currency's own measure. Above it a difference needs leave. */
export function smallestNote(code: CurrencyCode): bigint {
  return (
    denominationsOf(code)?.notes.at(-1) ?? UNKNOWN_NOTE_UNITS * 10n ** BigInt(currencyOf(code).minorUnits)
  );
}
