/**
 * Barcodes as numbers: which are GTINs (EAN-8, EAN-13, UPC-A, UPC-E, GTIN-14: their check digit holds) and
 * which are free codes of the shop. One article number has one key however long its scanner writes it; what
 * has no valid check digit is never padded, expanded or guessed at.
 */

export type BarcodeKind = 'ean-8' | 'ean-13' | 'upc-a' | 'upc-e' | 'gtin-14' | 'free';

/** Visible ASCII without spaces; codes in one cell of a file are told apart by spaces. */
const BARCODE = /^[\x21-\x7e]{1,48}$/;
const GTIN_KEY_DIGITS = 14;
const KIND_BY_LENGTH: ReadonlyMap<number, BarcodeKind> = new Map([
  [8, 'ean-8'],
  [12, 'upc-a'],
  [13, 'ean-13'],
  [14, 'gtin-14'],
]);

export function isBarcode(text: string): boolean {
  return BARCODE.test(text);
}

/** The check digit that belongs behind these digits (GS1 General Specifications, 7.9.1). */
export function gs1CheckDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) {
    sum += weight * Number(digits[i]);
  }
  return (10 - (sum % 10)) % 10;
}

function hasCheckDigit(digits: string): boolean {
  return gs1CheckDigit(digits.slice(0, -1)) === Number(digits.at(-1));
}

/** The UPC-A that eight digits of a UPC-E stand for; undefined when they are none. */
export function expandUpcE(code: string): string | undefined {
  if (!/^[01][0-9]{7}$/.test(code)) return undefined;
  const system = code[0] ?? '';
  const six = code.slice(1, 7);
  const last = Number(six[5]);
  const middle =
    last <= 2
      ? `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`
      : last === 3
        ? `${six.slice(0, 3)}00000${six.slice(3, 5)}`
        : last === 4
          ? `${six.slice(0, 4)}00000${six[4]}`
          : `${six.slice(0, 5)}0000${last}`;
  const expanded = `${system}${middle}${code[7]}`;
  return hasCheckDigit(expanded) ? expanded : undefined;
}

export function barcodeKind(code: string): BarcodeKind {
  const kind = /^[0-9]+$/.test(code) ? KIND_BY_LENGTH.get(code.length) : undefined;
  if (kind === undefined) return 'free';
  if (hasCheckDigit(code)) return kind;
  return expandUpcE(code) === undefined ? 'free' : 'upc-e';
}

/** What a code is stored and found under: 14 digits of a GTIN, or the free code as it is. */
export function barcodeKey(code: string): string {
  const kind = barcodeKind(code);
  if (kind === 'free') return code;
  return (kind === 'upc-e' ? (expandUpcE(code) ?? code) : code).padStart(GTIN_KEY_DIGITS, '0');
}

/** Where to look for a scanned code, in this order: eight digits may be an EAN-8 and a UPC-E at once. */
export function lookupKeys(code: string): readonly string[] {
  const key = barcodeKey(code);
  const expanded = expandUpcE(code)?.padStart(GTIN_KEY_DIGITS, '0');
  return expanded === undefined || expanded === key ? [key] : [key, expanded];
}

/** A prefix of codes that the shop's own scales print, and what they hold. Only what somebody has set is read so. */
export interface InStoreCode {
  /** "02", or "20" to "29": what GS1 leaves to shops. */
  readonly prefix: string;
  readonly holds: 'price' | 'weight';
}

const IN_STORE_PREFIX = /^(02|2[0-9])$/;

export function isInStorePrefix(prefix: string): boolean {
  return IN_STORE_PREFIX.test(prefix);
}

export interface InStoreReading {
  /** The key of the article: the code with zeros in place of the value. */
  readonly key: string;
  /** Minor units of the whole price, or null. */
  readonly priceMinor: bigint | null;
  /** Grams, or null. */
  readonly weightG: number | null;
}

/** prefix (2), article (5), price in minor units or grams (5), check digit; undefined for any other code. */
export function readInStoreCode(code: string, rules: readonly InStoreCode[]): InStoreReading | undefined {
  const kind = barcodeKind(code);
  if (kind !== 'ean-13' && kind !== 'upc-a') return undefined;
  const digits = code.padStart(13, '0');
  const rule = rules.find(({ prefix }) => digits.startsWith(prefix));
  if (rule === undefined) return undefined;
  const article = `${digits.slice(0, 7)}00000`;
  const value = digits.slice(7, 12);
  return {
    key: `${article}${gs1CheckDigit(article)}`.padStart(GTIN_KEY_DIGITS, '0'),
    priceMinor: rule.holds === 'price' ? BigInt(value) : null,
    weightG: rule.holds === 'weight' ? Number(value) : null,
  };
}
