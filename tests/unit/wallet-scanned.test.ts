import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal } from '../../shared/protocol/box.ts';
import { encodeDigits } from '../../shared/protocol/digits.ts';
import { encodePicture, pictureText, shortOf } from '../../shared/protocol/picture.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import { EPOCH_S, presentedOf, purseOf, quickFields, seed } from '../support/protocol-fixture.ts';
import { CHECK, invoiceOf, SHOP } from '../support/wallet-ports.ts';

const NOW_S = EPOCH_S + 3600;
const read = (text: string, check: typeof CHECK | null = CHECK) => {
  const scanned = readScanned(text, check, NOW_S);
  return scanned.ok ? scanned.value.kind : scanned.refusal.code;
};
const invoice = pictureText(invoiceOf());

describe('what a wallet scans', () => {
  it('an invoice → invoice', () => expect(read(invoice)).toBe('invoice'));
  it('an invoice broken into lines and groups → invoice', () => {
    expect(read(`\n ${invoice.replace(/(.{60})/g, '$1\r\n')} \t`)).toBe('invoice');
  });
  it('no trust bundle yet → no-trust-bundle', () => expect(read(invoice, null)).toBe('no-trust-bundle'));
  it('a customer’s code, open or sealed → wrong-kind', () => {
    expect(read(pictureText(presentedOf(purseOf(), quickFields())))).toBe('wrong-kind');
    const sealed = seal(new Uint8Array(20), SHOP.certificate.boxKey, seed('ephemeral'));
    expect(read(pictureText({ kind: 'sealed', ...sealed }))).toBe('wrong-kind');
  });
  it('an invoice with the certificate as digest → full-code-needed', () => {
    const short = { ...invoiceOf(), certificate: shortOf(SHOP.certificate) };
    expect(read(pictureText(short))).toBe('full-code-needed');
  });
  it('one digit altered → unreadable', () => {
    const at = 40;
    const digit = (Number(invoice[at]) + 1) % 10;
    expect(read(invoice.slice(0, at) + digit + invoice.slice(at + 1))).toBe('unreadable');
  });
  it.each([
    ['', 'unreadable'],
    ['https://example.com', 'unreadable'],
    [encodeDigits(new Uint8Array([1, 2, 3])), 'malformed'],
    [encodeDigits(new Uint8Array([0x83, 9, 1, 1])), 'unsupported'],
  ])('%j → %s', (text, code) => expect(read(text)).toBe(code));
  it('any text, any bytes → a refusal with a code, never a crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 400 }).map(encodeDigits)), (text) => {
        expect(readScanned(text, CHECK, NOW_S).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
  it('any byte of an invoice altered → never an invoice', () => {
    const bytes = encodePicture(invoiceOf());
    expect(encodeDigits(bytes)).toBe(invoice);
    for (let at = 0; at < bytes.length; at += 3) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      expect(readScanned(encodeDigits(altered), CHECK, NOW_S).ok, `byte ${at}`).toBe(false);
    }
  });
});
