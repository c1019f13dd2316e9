/** Deltas of the trust bundle (protocol §3): what comes out is what the whole bundle says, or nothing comes out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuerKeyIdFrom, type TerminalId, terminalIdFrom } from '../../shared/ids.ts';
import { tweetnaclBackEnd } from '../../shared/protocol/ed25519.ts';
import {
  applyTrustDelta,
  MAX_FLIPPED,
  makeTrustDelta,
  openTrustDelta,
  signTrustDelta,
  type TrustContent,
  type TrustDelta,
  trustDigest,
} from '../../shared/protocol/trust-delta.ts';
import { decodeTrustUpdate, encodeTrustUpdate } from '../../shared/protocol/trust-update.ts';
import {
  backEnd,
  EPOCH_S,
  issuer,
  kidOf,
  policyOf,
  root,
  seed,
  signerOf,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const { statusList: _, ...FIELDS } = trustBundleOf();
const contentOf = (change: Partial<TrustContent> = {}): TrustContent => ({
  ...FIELDS,
  statusBits: new Uint8Array(128),
  ...change,
});
const idOf = (name: string): TerminalId => terminalIdFrom(seed(name).subarray(0, 8));
const second = signerOf('second issuer');
const further = {
  kid: issuerKeyIdFrom(kidOf(second)),
  publicKey: second.publicKey,
  notBeforeS: EPOCH_S,
  notAfterS: EPOCH_S + 86_400,
};

function deltaOf(from: TrustContent, to: TrustContent): TrustDelta {
  const delta = makeTrustDelta(from, to);
  if (delta === undefined) throw new TypeError('no delta');
  return delta;
}

/** Over the wire and back. */
function sent(delta: TrustDelta): TrustDelta {
  const opened = openTrustDelta(signTrustDelta(delta, WORLD, root), root.publicKey, WORLD, backEnd);
  if (!opened.ok) throw new TypeError(opened.refusal.code);
  return opened.value;
}

const codeOf = (result: ReturnType<typeof applyTrustDelta>) => (result.ok ? 'ok' : result.refusal.code);

describe('3 Trust: a delta', () => {
  it.each<readonly [string, Partial<TrustContent>]>([
    ['a newer time alone', { iatS: EPOCH_S + 60, expS: EPOCH_S + 90_000 }],
    [
      'a purse that is revoked',
      { statusBits: Uint8Array.from({ length: 128 }, (_v, i) => (i === 3 ? 4 : 0)) },
    ],
    ['a longer status list', { statusBits: new Uint8Array(1024) }],
    ['a terminal that is revoked', { revokedTerminals: [idOf('a terminal')] }],
    ['a further issuer', { issuers: [...FIELDS.issuers, further] }],
    ['no issuer any more', { issuers: [] }],
    ['another policy', { policy: policyOf({ clockToleranceS: 30 }) }],
    ['another box key', { clearingBoxKey: seed('box') }],
  ])('%s → what comes out is the whole bundle', (_what, change) => {
    const to = contentOf({ version: 2, ...change });
    expect(applyTrustDelta(contentOf(), sent(deltaOf(contentOf(), to)))).toEqual({ ok: true, value: to });
  });

  it('any change after any other → the chain gives the whole bundle, and the base stays as it was', () => {
    const bits = fc.uint8Array({ minLength: 128, maxLength: 128 });
    const terminals = fc.subarray(['a', 'b', 'c', 'd'].map(idOf)).map((ids) => ids.toSorted());
    const issuers = fc.constantFrom(FIELDS.issuers, [...FIELDS.issuers, further], [further]);
    const change = fc.record({ statusBits: bits, revokedTerminals: terminals, issuers });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        let whole = contentOf();
        let held = contentOf();
        for (const [i, one] of changes.entries()) {
          const next = contentOf({ ...one, version: i + 2 });
          const before = trustDigest(held);
          const applied = applyTrustDelta(held, sent(deltaOf(whole, next)));
          expect(trustDigest(held)).toEqual(before);
          if (!applied.ok) throw new TypeError(applied.refusal.code);
          held = applied.value;
          whole = next;
        }
        expect(held).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('for another base → trust-delta-base, with both versions', () => {
    const delta = deltaOf(contentOf({ version: 4 }), contentOf({ version: 5 }));
    expect(applyTrustDelta(contentOf({ version: 3 }), delta)).toEqual({
      ok: false,
      refusal: { code: 'trust-delta-base', detail: { base: 4, held: 3 } },
    });
  });

  it('of the version that is held, or an older one → untrusted: a version never goes back', () => {
    const delta = deltaOf(contentOf({ version: 4 }), contentOf({ version: 5 }));
    expect(codeOf(applyTrustDelta(contentOf({ version: 5 }), delta))).toBe('untrusted');
    expect(codeOf(applyTrustDelta(contentOf({ version: 9 }), delta))).toBe('untrusted');
  });

  it('on a base of the right version and another content → malformed: the digest tells', () => {
    const delta = deltaOf(contentOf(), contentOf({ version: 2, iatS: EPOCH_S + 1 }));
    const other = contentOf({ revokedTerminals: [idOf('another')] });
    expect(codeOf(applyTrustDelta(other, delta))).toBe('malformed');
  });

  it('one flipped bit left out → malformed: nothing is un-revoked on the way', () => {
    const to = contentOf({ version: 2, statusBits: new Uint8Array(128).fill(1) });
    const delta = deltaOf(contentOf(), to);
    expect(codeOf(applyTrustDelta(contentOf(), { ...delta, flipped: delta.flipped.slice(1) }))).toBe(
      'malformed',
    );
  });

  it('signed by an issuer, for another world, as a bundle → forged, by both back ends', () => {
    const delta = deltaOf(contentOf(), contentOf({ version: 2 }));
    const bytes = signTrustDelta(delta, WORLD, root);
    for (const end of [backEnd, tweetnaclBackEnd]) {
      expect(openTrustDelta(bytes, root.publicKey, WORLD, end).ok).toBe(true);
      expect(openTrustDelta(bytes, issuer.publicKey, WORLD, end)).toMatchObject({
        refusal: { code: 'forged' },
      });
      expect(openTrustDelta(bytes, root.publicKey, 'live', end)).toMatchObject({
        refusal: { code: 'forged' },
      });
    }
  });

  it('more changes than a delta holds, a shorter list, an older version → no delta is made', () => {
    const many = contentOf({ version: 2, statusBits: new Uint8Array(MAX_FLIPPED / 8 + 1).fill(255) });
    expect(makeTrustDelta(contentOf(), many)).toBeUndefined();
    expect(
      makeTrustDelta(contentOf(), contentOf({ version: 2, statusBits: new Uint8Array(64) })),
    ).toBeUndefined();
    expect(makeTrustDelta(contentOf({ version: 2 }), contentOf({ version: 2 }))).toBeUndefined();
  });
});

describe('3 Trust: an update', () => {
  it('a bundle, or deltas in a row → itself; a chain of nothing, one of 65 → malformed', () => {
    const bundle = { kind: 'bundle', bytes: Uint8Array.of(1, 2) } as const;
    const deltas = { kind: 'deltas', deltas: [Uint8Array.of(1), Uint8Array.of(2)] } as const;
    for (const update of [bundle, deltas])
      expect(decodeTrustUpdate(encodeTrustUpdate(update))).toEqual({ ok: true, value: update });
    for (const length of [0, 65]) {
      const chain = Array.from({ length }, () => Uint8Array.of(1));
      expect(decodeTrustUpdate(encodeTrustUpdate({ kind: 'deltas', deltas: chain }))).toMatchObject({
        ok: false,
      });
    }
  });
});
