/** Double spending (protocol §3): what two payments prove against their purse, and what they do not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idBytes } from '../../shared/ids.ts';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import {
  contradict,
  encodeDoubleSpendProof,
  MAX_PROOF_BYTES,
  openDoubleSpendProof,
} from '../../shared/protocol/double-spend.ts';
import type { Payment, PaymentFields } from '../../shared/protocol/payment.ts';
import { paymentIdOf } from '../../shared/protocol/payment.ts';
import {
  backEnd,
  EPOCH_S,
  payWith,
  purseOf,
  quickFields,
  seed,
  signerOf,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const purse = purseOf();
const trust = trustBundleOf();
const check = { world: WORLD, backEnd, trust, isKnownCertificate: () => false };

const bytesOf = (name: string, length: number) => seed(name).subarray(0, length);
const quick = (change: Parameters<typeof quickFields>[0] = {}) => payWith(purse, quickFields(change));
const bound = (change: Partial<Extract<PaymentFields, { mode: 'bound' }>> = {}) =>
  payWith(purse, {
    mode: 'bound',
    counter: 1,
    spentMinor: 0n,
    previous: new Uint8Array(8),
    amountMinor: 700n,
    iatS: EPOCH_S,
    invoiceDigest: bytesOf('invoice', 16),
    ...change,
  });

const CONTRADICTIONS: readonly (readonly [string, Payment, Payment])[] = [
  ['one counter, two nonces', quick(), quick({ nonce: bytesOf('other', 8) })],
  ['one counter, two caps', quick(), quick({ capMinor: 1n })],
  ['one counter, quick and bound', quick(), bound()],
  ['one counter, two invoices', bound(), bound({ invoiceDigest: bytesOf('other', 16) })],
  ['one counter, two amounts for one invoice', bound(), bound({ amountMinor: 701n })],
  ['one counter and invoice, signed at two times', bound(), bound({ iatS: EPOCH_S + 1 })],
  [
    'one previous, two counters',
    quick({ counter: 2, previous: bytesOf('p', 8) }),
    quick({ counter: 3, previous: bytesOf('p', 8), nonce: bytesOf('other', 8) }),
  ],
  ['both first, two counters', quick(), quick({ counter: 2 })],
  [
    'spent went down',
    quick({ counter: 5, spentMinor: 1000n, previous: bytesOf('a', 8) }),
    quick({ counter: 6, spentMinor: 999n, previous: bytesOf('b', 8) }),
  ],
  [
    'spent forgets a bound payment',
    bound({ counter: 5, spentMinor: 1000n, previous: bytesOf('a', 8) }),
    quick({ counter: 9, spentMinor: 1699n, previous: bytesOf('b', 8) }),
  ],
];

const HONEST: readonly (readonly [string, Payment, Payment])[] = [
  ['the same payment twice', quick(), quick()],
  ['the same bound payment twice', bound(), bound()],
  ['two pictures of one presentation', quick(), quick({ iatS: EPOCH_S + 9000, ttlS: 10 })],
  [
    'a quick code that was left unused',
    quick({ counter: 1 }),
    quick({ counter: 2, spentMinor: 0n, previous: bytesOf('a', 8) }),
  ],
  [
    'a bound payment and what it cost',
    bound({ counter: 5, spentMinor: 1000n, previous: bytesOf('a', 8) }),
    quick({ counter: 6, spentMinor: 1700n, previous: bytesOf('b', 8) }),
  ],
];

describe('§3 double-spend proof', () => {
  it.each(CONTRADICTIONS)('%s → proof, in either order', (_what, a, b) => {
    expect(contradict(a, b)).toBe(true);
    expect(contradict(b, a)).toBe(true);
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const bytes = encodeDoubleSpendProof(purse.certificate, first, second);
      expect(bytes.length).toBeLessThan(400);
      expect(bytes.length).toBeLessThanOrEqual(MAX_PROOF_BYTES);
      const opened = openDoubleSpendProof(bytes, check);
      expect(opened).toMatchObject({
        ok: true,
        value: { certificate: { purseId: purse.certificate.purseId } },
      });
    }
  });

  it.each(HONEST)('%s → forged, it proves nothing', (_what, a, b) => {
    expect(contradict(a, b)).toBe(false);
    expect(contradict(b, a)).toBe(false);
    expect(openDoubleSpendProof(encodeDoubleSpendProof(purse.certificate, a, b), check)).toEqual({
      ok: false,
      refusal: { code: 'forged' },
    });
  });

  const [, a, b] = CONTRADICTIONS[0] ?? [];
  const proofOf = (x: Payment | undefined, y: Payment | undefined, certificate = purse.certificate) => {
    if (x === undefined || y === undefined) throw new TypeError('two payments');
    return encodeDoubleSpendProof(certificate, x, y);
  };

  it('a payment signed by another key → forged: nobody is accused by another’s hand', () => {
    const other = { certificate: purse.certificate, wallet: signerOf('stranger') };
    const framed = payWith(other, quickFields({ nonce: bytesOf('other', 8) }));
    expect(openDoubleSpendProof(proofOf(a, framed), check)).toEqual({
      ok: false,
      refusal: { code: 'forged' },
    });
  });

  it('a payment of another purse of the same key → forged', () => {
    const second = purseOf({ statusIndex: 8 });
    const elsewhere = payWith(second, quickFields({ nonce: bytesOf('other', 8) }));
    expect(openDoubleSpendProof(proofOf(a, elsewhere), check)).toEqual({
      ok: false,
      refusal: { code: 'forged' },
    });
  });

  it('a certificate by an unknown issuer → untrusted; by another’s hand → certificate-forged', () => {
    const stranger = purseOf({ signedBy: signerOf('stranger') });
    expect(openDoubleSpendProof(proofOf(a, b, stranger.certificate), check)).toEqual({
      ok: false,
      refusal: { code: 'untrusted' },
    });
    const { sign1 } = purse.certificate;
    const altered = {
      ...purse.certificate,
      sign1: { ...sign1, signature: stranger.certificate.sign1.signature },
    };
    expect(openDoubleSpendProof(proofOf(a, b, altered), check)).toEqual({
      ok: false,
      refusal: { code: 'certificate-forged' },
    });
  });

  it('more bytes than any proof has → malformed, before they are read', () => {
    const bytes = encodeCbor([proofOf(a, b), new Uint8Array(MAX_PROOF_BYTES)]);
    expect(openDoubleSpendProof(bytes, check)).toEqual({ ok: false, refusal: { code: 'malformed' } });
  });

  it('any history of an honest wallet → no two of its payments contradict', () => {
    const step = fc.record({
      kind: fc.constantFrom('quick', 'bound', 'abandoned'),
      amount: fc.bigInt({ min: 1n, max: 1000n }),
      pictures: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        const signed: Payment[] = [];
        let spentMinor = 0n;
        let previous: Uint8Array = new Uint8Array(8);
        for (const [i, { kind, amount, pictures }] of steps.entries()) {
          const chain = { counter: i + 1, spentMinor, previous };
          const invoiceDigest = bytesOf(`invoice ${i}`, 16);
          const shown =
            kind === 'bound'
              ? [bound({ ...chain, amountMinor: amount, invoiceDigest })]
              : Array.from({ length: pictures }, (_, n) =>
                  quick({
                    ...chain,
                    capMinor: 1000n,
                    iatS: EPOCH_S + i * 100 + n,
                    nonce: bytesOf(`n ${i}`, 8),
                  }),
                );
          signed.push(...shown);
          const [first] = shown;
          if (first === undefined) throw new TypeError('a picture');
          previous = idBytes(paymentIdOf(first.sign1, WORLD, purse.certificate.digest)).subarray(0, 8);
          spentMinor += kind === 'abandoned' ? 0n : amount;
        }
        for (const x of signed) for (const y of signed) expect(contradict(x, y)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});
