/** Bytes and identifiers: one text per value, and nothing else is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import {
  idBytes,
  parseMerchantId,
  parsePaymentId,
  parsePurseId,
  parseTerminalId,
  paymentIdFrom,
  purseIdFrom,
} from '../../shared/ids.ts';

const bytes = fc.uint8Array({ maxLength: 100 });

describe('hexadecimal', () => {
  it('any bytes → the text that Node makes, and back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'));
        expect(fromHex(toHex(value))).toEqual(new Uint8Array(value));
        expect(fromHex(toHex(value).toUpperCase())).toEqual(new Uint8Array(value));
      }),
    );
  });

  it.each(['0', 'zz', '0x00', ' 00', '00 ', '00\n', '٠٠', '0g'])('%j → undefined', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });
});

describe('base64url', () => {
  it('any bytes → the text that Node makes, and back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(toBase64Url(value)).toBe(Buffer.from(value).toString('base64url'));
        expect(fromBase64Url(toBase64Url(value))).toEqual(new Uint8Array(value));
      }),
    );
  });

  it('any text → undefined, or bytes whose one text it is', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'ABab01-_+/= \n'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(alphabet, fc.string()), (text) => {
        const value = fromBase64Url(text);
        if (value !== undefined) expect(toBase64Url(value)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(['A', 'AAAAA', 'AA==', 'A+', 'A/', 'AB', 'AAB', ' AA', 'AA\n'])('%j → undefined', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});

describe('comparing and joining', () => {
  it('any two byte strings → equal when Node says so', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
        expect(concatBytes(a, b)).toEqual(new Uint8Array(Buffer.concat([a, b])));
      }),
    );
  });
});

describe('identifiers', () => {
  it('8 and 16 bytes → lower-case text of just that length', () => {
    const id = '00112233445566ff';
    expect(parsePurseId(id)).toBe(id);
    expect(idBytes(purseIdFrom(new Uint8Array(8).fill(0xab)))).toEqual(new Uint8Array(8).fill(0xab));
    for (const parse of [parsePurseId, parseTerminalId, parseMerchantId]) {
      for (const text of [
        '',
        id.toUpperCase(),
        id.slice(2),
        `${id}00`,
        ` ${id}`,
        `${id}\n`,
        'g'.repeat(16),
      ]) {
        expect(parse(text)).toBeUndefined();
      }
    }
    expect(parsePaymentId(id)).toBeUndefined();
    expect(parsePaymentId(id + id)).toBe(id + id);
  });

  it('bytes of another length → thrown: only code of ours makes identifiers', () => {
    expect(() => purseIdFrom(new Uint8Array(7))).toThrow(RangeError);
    expect(() => paymentIdFrom(new Uint8Array(8))).toThrow(RangeError);
  });
});
