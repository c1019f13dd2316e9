/** Digits (protocol §2): one text per value; a misread is told from a forgery. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { checkDigitsOf } from '../support/check-digits.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });
const refusal = (text: string) => {
  const decoded = decodeDigits(text);
  return decoded.ok ? 'ok' : decoded.refusal.code;
};
/** The same body under check digits that fit it. */
const mended = (body: string) => body + checkDigitsOf(body);

describe('§2 digits', () => {
  it('any bytes → digits alone, of the length the groups give, and back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = encodeDigits(value);
        expect(text).toMatch(/^1[0-9]+$/);
        const last = [0, 3, 5, 8, 10, 13, 15][value.length % 7] ?? 0;
        expect(text.length).toBe(1 + Math.floor(value.length / 7) * 17 + last + 2);
        expect(decodeDigits(text)).toEqual({ ok: true, value: new Uint8Array(value) });
      }),
      { numRuns: 2000 },
    );
  });

  it('any text that is taken → the one text of its bytes', () => {
    const body = fc.stringMatching(/^[0-9]{4,40}$/).map((digits) => `1${digits}`);
    let taken = 0;
    fc.assert(
      fc.property(body, (digits) => {
        const decoded = decodeDigits(mended(digits));
        if (!decoded.ok) return;
        taken++;
        expect(encodeDigits(decoded.value)).toBe(mended(digits));
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('any one digit misread → unreadable', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 9 }), (value, at, by) => {
        const text = encodeDigits(value);
        const i = at % text.length;
        const wrong = text.slice(0, i) + ((Number(text.charAt(i)) + by) % 10) + text.slice(i + 1);
        expect(refusal(wrong)).toBe('unreadable');
      }),
      { numRuns: 5000 },
    );
  });

  it('every single digit and every neighbouring pair of one code → caught', () => {
    const text = encodeDigits(Uint8Array.from({ length: 277 }, (_, i) => (i * 37) & 0xff));
    for (let i = 0; i < text.length; i++) {
      for (let by = 1; by < 10; by++) {
        const digit = (Number(text.charAt(i)) + by) % 10;
        expect(decodeDigits(text.slice(0, i) + digit + text.slice(i + 1)).ok).toBe(false);
      }
      const [a, b] = [text.charAt(i), text.charAt(i + 1)];
      if (a === b || b === '') continue;
      expect(decodeDigits(text.slice(0, i) + b + a + text.slice(i + 2)).ok).toBe(false);
    }
  });

  it('any neighbouring pair swapped → unreadable', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (value, at) => {
        const text = encodeDigits(value);
        const i = at % (text.length - 1);
        const [a, b] = [text.charAt(i), text.charAt(i + 1)];
        if (a !== b) expect(refusal(text.slice(0, i) + b + a + text.slice(i + 2))).toBe('unreadable');
      }),
      { numRuns: 5000 },
    );
  });

  it('a digit lost or doubled → never the same bytes', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.boolean(), (value, at, isLost) => {
        const text = encodeDigits(value);
        const i = at % text.length;
        const wrong = text.slice(0, i) + (isLost ? '' : text.charAt(i).repeat(2)) + text.slice(i + 1);
        const decoded = decodeDigits(wrong);
        if (decoded.ok) expect(Buffer.compare(decoded.value, value)).not.toBe(0);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('§2 digits that are refused', () => {
  it.each([
    ['a group of 7 bytes that is too large', mended('172057594037927936'), 'unreadable'],
    ['a group of 7 bytes of nines', mended(`1${'9'.repeat(17)}`), 'unreadable'],
    ['a last byte of 256', mended('1256'), 'unreadable'],
    ['a last group of 1 digit', mended(`1${'0'.repeat(18)}`), 'unreadable'],
    ['a last group of 16 digits', mended(`1${'0'.repeat(16)}`), 'unreadable'],
    ['version 2', mended('2000'), 'unsupported'],
    ['version 0', mended('0000'), 'unsupported'],
    ['no bytes', mended('1'), 'unreadable'],
    ['a body alone', '1000', 'unreadable'],
    ['white space inside', `${encodeDigits(new Uint8Array(8)).slice(0, 9)} 1`, 'unreadable'],
    ['Arabic digits', '١٠٠٠٩٦', 'unreadable'],
    ['full-width digits', '１０００９６', 'unreadable'],
    ['a NUL', `${encodeDigits(new Uint8Array(8))}\u0000`, 'unreadable'],
    ['a newline at the end', `${encodeDigits(new Uint8Array(8))}\n`, 'unreadable'],
    ['a sign', `+${encodeDigits(new Uint8Array(8))}`, 'unreadable'],
    ['4,296 zeros', '0'.repeat(4296), 'unreadable'],
    ['a million digits', '1'.repeat(1_000_000), 'unreadable'],
    ['nothing', '', 'unreadable'],
  ])('%s → %s refused', (_what, text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it('check digits that fit modulo 97 but are another text (00, 01, 98…99) → unreadable', () => {
    let tried = 0;
    for (let n = 0; n < 2000; n++) {
      const body = `1${String(n).padStart(5, '0')}`;
      const check = Number(checkDigitsOf(body));
      for (const other of [check - 97, check + 97].filter((value) => value >= 0 && value < 100)) {
        tried++;
        expect(refusal(body + String(other).padStart(2, '0'))).toBe('unreadable');
      }
    }
    expect(tried).toBeGreaterThan(10);
  });

  it('any text → ok, unreadable or unsupported; never thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,60}$/), fc.string({ unit: 'binary' })),
        (text) => {
          expect(['ok', 'unreadable', 'unsupported']).toContain(refusal(text));
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
