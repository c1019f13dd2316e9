/** The enrolment code: it names the clearing house and the root to pin, so it is read to the letter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64Url } from '../../shared/bytes.ts';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import {
  type EnrolmentCode,
  enrolmentCodeText,
  parseEnrolmentCode,
} from '../../shared/protocol/enrolment-code.ts';
import { root, seed } from '../support/protocol-fixture.ts';

const CODE: EnrolmentCode = {
  world: 'test',
  clearingOrigin: 'https://clearing.example',
  secret: seed('enrolment').subarray(0, 16),
  rootPublicKey: root.publicKey,
};
const refusal = (text: string) => {
  const parsed = parseEnrolmentCode(text);
  return parsed.ok ? 'ok' : parsed.refusal.code;
};

describe('enrolment code', () => {
  it.each([
    'https://clearing.example',
    'https://a.b-c.example:8443',
    'http://127.0.0.1:4010',
    'http://localhost:1',
    'http://[::1]:4010',
  ])('origin %s → itself, white space around it forgiven', (clearingOrigin) => {
    for (const world of ['live', 'test'] as const) {
      const code = { ...CODE, clearingOrigin, world };
      expect(parseEnrolmentCode(` ${enrolmentCodeText(code)}\n`)).toEqual({ ok: true, value: code });
    }
  });

  it.each([
    '',
    'clearing.example',
    'ftp://clearing.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://clearing.example/',
    'https://clearing.example/path',
    'https://clearing.example?x',
    'https://clearing.example#x',
    'https://user@clearing.example',
    'https://user:pass@clearing.example',
    'https://clearing.example\\@evil.example',
    'https://clearing.example\nhost: evil',
    'https://CLEARING.example',
    'https://clearing.example:0',
    'https://clearing.example:123456',
    'https://сlearing.example',
    `https://${'a'.repeat(250)}.example`,
  ])('origin %j → malformed', (clearingOrigin) => {
    expect(refusal(enrolmentCodeText({ ...CODE, clearingOrigin }))).toBe('malformed');
  });

  it('a root of small order, a short secret, a third world → malformed', () => {
    expect(refusal(enrolmentCodeText({ ...CODE, rootPublicKey: new Uint8Array(32) }))).toBe('malformed');
    expect(refusal(enrolmentCodeText({ ...CODE, secret: new Uint8Array(15) }))).toBe('malformed');
    const third = encodeCbor([2, CODE.clearingOrigin, CODE.secret, CODE.rootPublicKey]);
    expect(refusal(`FT1-${toBase64Url(third)}`)).toBe('malformed');
  });

  it.each(['', 'FT1-', 'FT1-!', 'ft1-AAAA', 'FT2-AAAA', '1'.repeat(200), `FT1-${'A'.repeat(100_000)}`])(
    'text %j → unreadable or malformed',
    (text) => {
      expect(['unreadable', 'malformed']).toContain(refusal(text));
    },
  );

  it('one character changed → another code or a refusal, never the same code', () => {
    const text = enrolmentCodeText(CODE);
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, character) => {
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          const parsed = parseEnrolmentCode(changed);
          if (parsed.ok && changed.trim() !== text) expect(parsed.value).not.toEqual(CODE);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
