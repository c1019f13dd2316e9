/** The trust bundle (protocol §3): only what the pinned root signed, and only if it cannot be read two ways. */
import { describe, expect, it } from 'vitest';
import { issuerKeyIdFrom } from '../../shared/ids.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { decodeSign1 } from '../../shared/protocol/cose.ts';
import { tweetnaclBackEnd } from '../../shared/protocol/ed25519.ts';
import { MAX_STATUS_INDEX, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { reading } from '../../shared/protocol/shape.ts';
import {
  isRevokedIn,
  issuerOf,
  MAX_STATUS_BITS,
  openTrustBundle,
  type TrustBundle,
} from '../../shared/protocol/trust-bundle.ts';
import { aadWith, forge } from '../support/forge.ts';
import {
  backEnd,
  EPOCH_S,
  issuer,
  kidOf,
  purseOf,
  root,
  signedTrustBundle,
  signerOf,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const open = (bytes: Uint8Array) => openTrustBundle(bytes, root.publicKey, WORLD, backEnd);
const opened = (change: Partial<TrustBundle>) => open(signedTrustBundle(trustBundleOf(change)));
const MALFORMED = { ok: false, refusal: { code: 'malformed' } };
const FORGED = { ok: false, refusal: { code: 'forged' } };

const own = trustBundleOf().issuers[0];
if (own === undefined) throw new TypeError('an issuer');
const second = signerOf('second issuer');

describe('§3 trust bundle', () => {
  it('signed by the root → itself, by both back ends', () => {
    const bytes = signedTrustBundle();
    expect(open(bytes)).toEqual({ ok: true, value: trustBundleOf() });
    expect(openTrustBundle(bytes, root.publicKey, WORLD, tweetnaclBackEnd)).toEqual(open(bytes));
  });

  it('signed by an issuer, for another world, or under another root → forged', () => {
    const bytes = signedTrustBundle();
    expect(openTrustBundle(bytes, issuer.publicKey, WORLD, backEnd)).toEqual(FORGED);
    expect(openTrustBundle(bytes, root.publicKey, 'live', backEnd)).toEqual(FORGED);
    const { payload } = decodeSign1(bytes, 'without-kid');
    const byIssuer = forge({
      signer: issuer,
      aad: aadWith('trust'),
      kid: null,
      payload: decodeCbor(payload),
    });
    expect(open(encodeCbor(byIssuer))).toEqual(FORGED);
  });

  it('a payload that is no bundle, not signed by the root → forged: what is not signed is not read', () => {
    const nonsense = forge({ signer: issuer, aad: aadWith('trust'), kid: null, payload: 'nonsense' });
    expect(open(encodeCbor(nonsense))).toEqual(FORGED);
    const signed = forge({ signer: root, aad: aadWith('trust'), kid: null, payload: 'nonsense' });
    expect(open(encodeCbor(signed))).toEqual(MALFORMED);
  });

  it.each<readonly [string, Partial<TrustBundle>]>([
    ['a kid twice', { issuers: [own, { ...own, notAfterS: own.notAfterS + 1 }] }],
    ['a kid that is not of its key', { issuers: [{ ...own, kid: issuerKeyIdFrom(kidOf(second)) }] }],
    ['an issuer whose time is empty', { issuers: [{ ...own, notAfterS: own.notBeforeS }] }],
    ['an issuer key of small order', { issuers: [{ ...own, publicKey: new Uint8Array(32) }] }],
    ['a bundle that ends when it begins', { iatS: EPOCH_S, expS: EPOCH_S }],
    [
      'more bits than a status list may have',
      { statusList: { bits: MAX_STATUS_BITS + 1, compressed: new Uint8Array() } },
    ],
    ['a box key of 31 bytes', { clearingBoxKey: new Uint8Array(31) }],
    ['65 issuers', { issuers: Array.from({ length: 65 }, () => own) }],
    ['a negative version', { version: -1 }],
  ])('%s → malformed', (_what, change) => {
    expect(opened(change)).toEqual(MALFORMED);
  });

  it('two issuers → each found by its kid, none by a third', () => {
    const other = { ...own, kid: issuerKeyIdFrom(kidOf(second)), publicKey: second.publicKey };
    const result = opened({ issuers: [own, other] });
    if (!result.ok) throw new TypeError('a bundle');
    expect(issuerOf(result.value, kidOf(second))).toEqual(other);
    expect(issuerOf(result.value, kidOf(issuer))).toEqual(own);
    expect(issuerOf(result.value, kidOf(signerOf('third')))).toBeUndefined();
  });
});

describe('§3 status list', () => {
  it('a bit → that purse alone, least significant first; beyond the list → not revoked', () => {
    const bits = Uint8Array.from([0b0000_0001, 0b1000_0000]);
    const revoked = Array.from({ length: 40 }, (_, i) => i).filter((i) => isRevokedIn(bits, i));
    expect(revoked).toEqual([0, 15]);
    for (const index of [2 ** 31, 2 ** 32 - 1, MAX_STATUS_INDEX])
      expect(isRevokedIn(bits, index)).toBe(false);
  });

  it('every purse that a certificate can name → has a bit in the longest list', () => {
    expect(MAX_STATUS_INDEX).toBe(MAX_STATUS_BITS - 1);
    const longest = new Uint8Array(MAX_STATUS_BITS / 8).fill(0xff);
    expect(isRevokedIn(longest, MAX_STATUS_INDEX)).toBe(true);
    expect(purseOf({ statusIndex: MAX_STATUS_INDEX }).certificate.statusIndex).toBe(MAX_STATUS_INDEX);
    const { sign1 } = purseOf().certificate;
    const claims = decodeCbor(sign1.payload);
    if (!(claims instanceof Map)) throw new TypeError('claims');
    const claim = claims.get(-65537) as readonly CborValue[];
    const beyond = new Map([...claims, [-65537, claim.with(4, MAX_STATUS_INDEX + 1)]]);
    const certificate = forge({ signer: issuer, aad: aadWith('purse'), kid: sign1.kid, payload: beyond });
    expect(reading(() => readPurseCertificate(certificate))).toEqual(MALFORMED);
  });
});
