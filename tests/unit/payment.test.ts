/** Payments (protocol §3): their shape, their id, and what makes two pictures one presentation. */
import { describe, expect, it } from 'vitest';
import type { CborValue } from '../../shared/protocol/cbor.ts';
import {
  isSamePresentation,
  type PaymentFields,
  paymentIdOf,
  readPayment,
} from '../../shared/protocol/payment.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { forge } from '../support/forge.ts';
import { EPOCH_S, payWith, purseOf, quickFields, seed, WORLD } from '../support/protocol-fixture.ts';

const purse = purseOf();
const EIGHT = seed('eight').subarray(0, 8);
const SIXTEEN = seed('sixteen').subarray(0, 16);
const QUICK: readonly CborValue[] = [0, 1, 0, new Uint8Array(8), 5000, EPOCH_S, 30, EIGHT];
const BOUND: readonly CborValue[] = [1, 1, 0, new Uint8Array(8), 5000, EPOCH_S, SIXTEEN];

const read = (payload: CborValue) =>
  reading(() => readPayment(forge({ signer: purse.wallet, aad: new Uint8Array(), kid: null, payload })));
const MALFORMED = { ok: false, refusal: { code: 'malformed' } };

describe('§3 payment, shape', () => {
  it('quick and bound → read', () => {
    expect(read(QUICK).ok).toBe(true);
    expect(read(BOUND).ok).toBe(true);
  });

  const MAX = Number.MAX_SAFE_INTEGER;
  it.each<readonly [string, readonly CborValue[], number, CborValue]>([
    ['mode 2', QUICK, 0, 2],
    ['bound shape with quick mode', BOUND, 0, 0],
    ['quick shape with bound mode', QUICK, 0, 1],
    ['counter 0', QUICK, 1, 0],
    ['counter over 65,535', QUICK, 1, 65_536],
    ['negative counter', QUICK, 1, -1],
    ['counter as text', QUICK, 1, '1'],
    ['negative spent', QUICK, 2, -1],
    ['spent over 2^53 − 1', QUICK, 2, BigInt(MAX) + 1n],
    ['previous of 7 bytes', QUICK, 3, new Uint8Array(7)],
    ['previous of 9 bytes', BOUND, 3, new Uint8Array(9)],
    ['cap of nothing', QUICK, 4, 0],
    ['amount of nothing', BOUND, 4, 0],
    ['amount over 2^53 − 1', BOUND, 4, 2n ** 63n],
    ['time after the year 9999', QUICK, 5, 253_402_300_800],
    ['time of 2^63', BOUND, 5, 2n ** 63n],
    ['time before 1970', BOUND, 5, -1],
    ['ttl over an hour', QUICK, 6, 3601],
    ['invoice digest of 15 bytes', BOUND, 6, new Uint8Array(15)],
    ['nonce of 16 bytes', QUICK, 7, SIXTEEN],
    ['nonce as text', QUICK, 7, 'abcdefgh'],
    ['null for the counter', BOUND, 1, null],
  ])('%s → malformed', (_what, fields, at, item) => {
    expect(read(fields.with(at, item))).toEqual(MALFORMED);
  });

  it.each<readonly [string, CborValue]>([
    ['no array', new Map()],
    ['empty array', []],
    ['one item more', [...QUICK, 0]],
    ['one item less', QUICK.slice(0, 7)],
  ])('%s → malformed', (_what, payload) => {
    expect(read(payload)).toEqual(MALFORMED);
  });
});

describe('§3 payment id', () => {
  it('the id → hangs on what was signed and the certificate, not on the signature', () => {
    const payment = payWith(purse, quickFields());
    const id = paymentIdOf(payment.sign1, WORLD, purse.certificate.digest);
    const resigned = { ...payment.sign1, signature: new Uint8Array(64) };
    expect(paymentIdOf(resigned, WORLD, purse.certificate.digest)).toBe(id);
    expect(paymentIdOf(payment.sign1, 'live', purse.certificate.digest)).not.toBe(id);
    const other = purseOf({ name: 'other' });
    expect(paymentIdOf(payment.sign1, WORLD, other.certificate.digest)).not.toBe(id);
  });
});

describe('§3 one presentation', () => {
  const first = quickFields();

  it('a renewed picture → the same presentation', () => {
    expect(isSamePresentation(first, quickFields({ iatS: EPOCH_S + 9999, ttlS: 10 }))).toBe(true);
  });

  it.each<readonly [string, PaymentFields]>([
    ['counter', quickFields({ counter: 2 })],
    ['spent', quickFields({ spentMinor: 1n })],
    ['previous', quickFields({ previous: EIGHT })],
    ['cap', quickFields({ capMinor: 5001n })],
    ['nonce', quickFields({ nonce: EIGHT })],
    [
      'mode',
      {
        mode: 'bound',
        counter: 1,
        spentMinor: 0n,
        previous: new Uint8Array(8),
        amountMinor: 5000n,
        iatS: EPOCH_S + 3600,
        invoiceDigest: SIXTEEN,
      },
    ],
  ])('another %s → another presentation', (_what, other) => {
    expect(isSamePresentation(first, other)).toBe(false);
    expect(isSamePresentation(other, first)).toBe(false);
  });

  it('two bound payments → never one presentation', () => {
    const bound: PaymentFields = {
      mode: 'bound',
      counter: 1,
      spentMinor: 0n,
      previous: new Uint8Array(8),
      amountMinor: 1n,
      iatS: EPOCH_S,
      invoiceDigest: SIXTEEN,
    };
    expect(isSamePresentation(bound, bound)).toBe(false);
  });
});
