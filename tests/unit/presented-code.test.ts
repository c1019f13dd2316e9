/** Stages 2 and 3 of the decision (protocol §4): issuer, certificate, validity, payment signature. */
import { describe, expect, it } from 'vitest';
import {
  checkCertificate,
  checkPaymentSignature,
  checkValidity,
  type PresentedCheck,
} from '../../shared/protocol/presented-code.ts';
import { flipped, stranger } from '../support/forge.ts';
import {
  backEnd,
  EPOCH_S,
  payWith,
  presentedOf,
  purseOf,
  quickFields,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const purse = purseOf();
const trust = trustBundleOf();
const check: PresentedCheck = { world: WORLD, backEnd, trust, isKnownCertificate: () => false };
const codeOf = (result: { ok: true } | { ok: false; refusal: { code: string } }) =>
  result.ok ? 'ok' : result.refusal.code;

describe('§4 stage 2, issuer and signature', () => {
  it('an issuer’s certificate → ok, with one signature checked; known before → none checked', () => {
    expect(checkCertificate(purse.certificate, check)).toMatchObject({
      ok: true,
      value: { signaturesChecked: 1 },
    });
    const known = { ...check, isKnownCertificate: () => true };
    expect(checkCertificate(purse.certificate, known)).toMatchObject({
      ok: true,
      value: { signaturesChecked: 0 },
    });
  });

  it('a certificate known before whose issuer is trusted no more → untrusted', () => {
    const forgotten = { ...check, trust: { issuers: [] }, isKnownCertificate: () => true };
    expect(codeOf(checkCertificate(purse.certificate, forgotten))).toBe('untrusted');
  });

  it('issued at the first second of the issuer’s time, the last, and outside of it', () => {
    const [own] = trust.issuers;
    if (own === undefined) throw new TypeError('an issuer');
    const at = (iatS: number) =>
      codeOf(checkCertificate(purseOf({ iatS, expS: iatS + 1 }).certificate, check));
    expect(at(own.notBeforeS - 1)).toBe('untrusted');
    expect(at(own.notBeforeS)).toBe('ok');
    expect(at(own.notAfterS - 1)).toBe('ok');
    expect(at(own.notAfterS)).toBe('untrusted');
  });

  it('another world → certificate-forged: nothing of a training world passes for money', () => {
    expect(codeOf(checkCertificate(purse.certificate, { ...check, world: 'live' }))).toBe(
      'certificate-forged',
    );
  });
});

describe('§4 stage 2, validity', () => {
  const validity = { iatS: EPOCH_S, expS: EPOCH_S + 100 };
  it.each([
    [EPOCH_S - 61, 'certificate-not-yet-valid'],
    [EPOCH_S - 60, 'ok'],
    [EPOCH_S, 'ok'],
    [EPOCH_S + 99, 'ok'],
    [EPOCH_S + 100, 'certificate-expired'],
  ])('at second %d → %s', (nowS, code) => {
    expect(codeOf(checkValidity(validity, nowS, 60))).toBe(code);
  });

  it('ended → since when', () => {
    expect(checkValidity(validity, EPOCH_S + 107, 60)).toEqual({
      ok: false,
      refusal: { code: 'certificate-expired', detail: { sinceS: 7 } },
    });
  });
});

describe('§4 stage 3, payment signature', () => {
  const { payment } = presentedOf(purse, quickFields());
  const verdict = (certificate = purse.certificate, of = payment) =>
    codeOf(checkPaymentSignature(certificate, of, check));

  it('signed under the certified key, for this certificate → ok', () => {
    expect(verdict()).toBe('ok');
  });

  it('another certificate of the same key, another key, another world, one bit → forged', () => {
    expect(verdict(purseOf({ statusIndex: 9 }).certificate)).toBe('forged');
    expect(verdict(purse.certificate, payWith({ ...purse, wallet: stranger }, quickFields()))).toBe('forged');
    expect(codeOf(checkPaymentSignature(purse.certificate, payment, { ...check, world: 'live' }))).toBe(
      'forged',
    );
    const { sign1 } = payment;
    const altered = { ...payment, sign1: { ...sign1, payload: flipped(sign1.payload, 1) } };
    expect(verdict(purse.certificate, altered)).toBe('forged');
  });
});
