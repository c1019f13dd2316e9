/** Barcodes: article numbers told from free codes by their check digit, and one key for one article. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barcodeKey,
  barcodeKind,
  expandUpcE,
  gs1CheckDigit,
  isBarcode,
  lookupKeys,
  readInStoreCode,
} from '../../shared/catalogue/barcode.ts';

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((d) => d.join(''));
const withCheck = (body: string) => `${body}${gs1CheckDigit(body)}`;

describe('kinds of barcodes', () => {
  it.each([
    ['4006381333931', 'ean-13'],
    ['4006381333932', 'free'],
    ['96385074', 'ean-8'],
    ['96385075', 'free'],
    ['036000291452', 'upc-a'],
    ['036000291453', 'free'],
    ['04252614', 'upc-e'],
    ['10614141000415', 'gtin-14'],
    ['ABC-123', 'free'],
    ['12345', 'free'],
    ['４００６３８１３３３９３１', 'free'],
  ])('%s → %s', (code, kind) => {
    expect(barcodeKind(code)).toBe(kind);
  });

  it.each([
    ['01234505', '012000003455'],
    ['04252614', '042100005264'],
    ['01234133', '012300000413'],
    ['01234543', '012340000053'],
    ['01234544', undefined],
    ['21234505', undefined],
  ])('UPC-E %s → %s', (code, expanded) => {
    expect(expandUpcE(code)).toBe(expanded);
  });

  it('one wrong digit in an article number → never an article number of that length', () => {
    fc.assert(
      fc.property(digits(12), fc.nat(12), fc.integer({ min: 1, max: 9 }), (body, at, change) => {
        const code = withCheck(body);
        const wrong = `${code.slice(0, at)}${(Number(code[at]) + change) % 10}${code.slice(at + 1)}`;
        expect(barcodeKind(wrong)).toBe('free');
      }),
    );
  });

  it('one article as UPC-A, EAN-13 and GTIN-14 → one key', () => {
    fc.assert(
      fc.property(digits(11), (body) => {
        const upc = withCheck(body);
        expect(new Set([upc, `0${upc}`, `00${upc}`].map(barcodeKey)).size).toBe(1);
      }),
    );
  });

  it('a free code → its own key, untouched', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,48}$/), (code) => {
        expect(isBarcode(code)).toBe(true);
        if (barcodeKind(code) === 'free') expect(lookupKeys(code)).toContain(code);
      }),
    );
  });
});

describe('codes of the shop’s own scales', () => {
  const price = withCheck('211234501299');

  it('without a rule → no value is read', () => {
    expect(readInStoreCode(price, [])).toBeUndefined();
    expect(readInStoreCode(price, [{ prefix: '22', holds: 'price' }])).toBeUndefined();
  });

  it('with a rule → the article, and the price or the weight', () => {
    const key = withCheck('211234500000').padStart(14, '0');
    expect(readInStoreCode(price, [{ prefix: '21', holds: 'price' }])).toEqual({
      key,
      priceMinor: 1299n,
      weightG: null,
    });
    expect(readInStoreCode(price, [{ prefix: '21', holds: 'weight' }])).toEqual({
      key,
      priceMinor: null,
      weightG: 1299,
    });
  });

  it('misread by one digit → nothing', () => {
    const wrong = `${price.slice(0, 8)}${(Number(price[8]) + 1) % 10}${price.slice(9)}`;
    expect(readInStoreCode(wrong, [{ prefix: '21', holds: 'price' }])).toBeUndefined();
  });
});
