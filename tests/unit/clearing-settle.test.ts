/** Which sales of a batch are settled, as a pure rule: first wins, nothing above what the purse has. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedSale, GenuineSale } from '../../clearing/ingest/check-sales.ts';
import { type HeldAmount, type PurseStanding, settle, settlementKey } from '../../clearing/ingest/settle.ts';
import { toHex } from '../../shared/bytes.ts';
import { EPOCH_S, payWith, purseOf, quickFields } from '../support/protocol-fixture.ts';

const purse = purseOf();
const purseId = new Uint8Array(8).fill(7);
const OPEN: PurseStanding = { balanceMinor: 1000n, state: 'open', frozenAtMs: null, frozenInVersion: null };

function sale(
  counter: number,
  amountMinor: bigint,
  change: { soldAtMs?: number; trustVersion?: number } = {},
): CheckedSale {
  const genuine: GenuineSale = {
    sale: {
      soldAtMs: change.soldAtMs ?? EPOCH_S * 1000,
      amountMinor,
      currency: 'EUR',
      certificate: purse.certificate,
      payment: payWith(purse, quickFields({ counter })),
      invoice: null,
      trustVersion: change.trustVersion ?? 1,
    },
    purse: {
      purseId,
      customerId: new Uint8Array(8),
      accountId: 1n,
      publicKey: purse.certificate.publicKey,
      currency: 'EUR',
      perPaymentCapMinor: 5000n,
      paymentCountCap: 200,
      expiresAtS: purse.certificate.expS,
      certificate: purse.certificate.bytes,
      certificateDigest: purse.certificate.digest,
    },
    paymentId: new Uint8Array(16),
  };
  return { verdict: 'good', genuine };
}

function reasons(
  sales: readonly CheckedSale[],
  standing: PurseStanding | undefined = OPEN,
  settled: number[] = [],
  held: readonly HeldAmount[] = [],
): string {
  const { outcomes } = settle(sales, {
    purses: new Map(standing === undefined ? [] : [[toHex(purseId), standing]]),
    settled: new Set(settled.map((counter) => settlementKey(purseId, counter))),
    held,
  });
  return outcomes.map(({ state, reason }) => reason ?? state).join(' ');
}

const FROZEN: PurseStanding = { ...OPEN, state: 'frozen', frozenAtMs: EPOCH_S * 1000, frozenInVersion: 9 };

describe('settling', () => {
  it.each<[string, string, string]>([
    ['within the purse', reasons([sale(1, 400n), sale(2, 600n)]), 'settled settled'],
    ['one unit above it', reasons([sale(1, 400n), sale(2, 601n)]), 'settled overspent'],
    ['a smaller one after one too large', reasons([sale(1, 1001n), sale(2, 1000n)]), 'overspent settled'],
    ['one counter twice in a batch', reasons([sale(1, 1n), sale(1, 1n)]), 'settled conflict'],
    ['a counter settled before', reasons([sale(3, 1n), sale(4, 1n)], OPEN, [3]), 'conflict settled'],
    ['a counter whose first was overspent', reasons([sale(1, 1001n), sale(1, 1n)]), 'overspent settled'],
    [
      'frozen, sold before',
      reasons([sale(1, 1n, { soldAtMs: EPOCH_S * 1000 - 1, trustVersion: 8 })], FROZEN),
      'settled',
    ],
    ['frozen, sold at that moment', reasons([sale(1, 1n, { trustVersion: 8 })], FROZEN), 'revoked'],
    [
      'frozen, known to the terminal',
      reasons([sale(1, 1n, { soldAtMs: 0, trustVersion: 9 })], FROZEN),
      'revoked',
    ],
    ['closed', reasons([sale(1, 1n)], { ...OPEN, state: 'closed' }), 'revoked'],
    ['revoked and taken', reasons([sale(1, 1n)], FROZEN, [1]), 'revoked'],
  ])('%s → %s', (_, got, expected) => {
    expect(got).toBe(expected);
  });

  const holds = (counter: number, amountMinor: bigint, isOwn: boolean, isLapsed = false): HeldAmount => ({
    purseId,
    counter,
    amountMinor,
    isOwn,
    isLapsed,
  });

  it.each<[string, string, string]>([
    ['its own', reasons([sale(1, 900n)], OPEN, [], [holds(1, 900n, true)]), 'settled'],
    ['another terminal’s', reasons([sale(1, 900n)], OPEN, [], [holds(1, 900n, false)]), 'conflict'],
    ['long ago', reasons([sale(1, 9n)], OPEN, [], [holds(1, 9n, false, true)]), 'conflict'],
    [
      'of another counter, which leaves less',
      reasons([sale(2, 101n), sale(2, 100n), sale(1, 900n)], OPEN, [], [holds(1, 900n, true)]),
      'overspent settled settled',
    ],
    [
      'of another counter, long ago',
      reasons([sale(2, 1000n)], OPEN, [], [holds(1, 900n, true, true)]),
      'settled',
    ],
    [
      'its own, twice',
      reasons([sale(1, 9n), sale(1, 9n)], OPEN, [], [holds(1, 9n, true)]),
      'settled conflict',
    ],
    ['its own, for another amount', reasons([sale(1, 950n)], OPEN, [], [holds(1, 900n, true)]), 'settled'],
    ['its own, frozen since', reasons([sale(1, 9n)], FROZEN, [], [holds(1, 9n, true)]), 'settled'],
    ['its own for less, frozen since', reasons([sale(1, 9n)], FROZEN, [], [holds(1, 8n, true)]), 'revoked'],
    [
      'its own, closed since',
      reasons([sale(1, 9n)], { ...OPEN, state: 'closed' }, [], [holds(1, 9n, true)]),
      'revoked',
    ],
  ])('a counter that was authorised, %s', (_what, given, expected) => {
    expect(given).toBe(expected);
  });

  it('any sales in any order → never more than the purse, never a counter twice', () => {
    const sales = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.bigInt({ min: 1n, max: 400n })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sales, (pairs) => {
        const { outcomes } = settle(
          pairs.map(([counter, amount]) => sale(counter, amount)),
          { purses: new Map([[toHex(purseId), OPEN]]), settled: new Set(), held: [] },
        );
        const settled = pairs.filter((_, i) => outcomes[i]?.state === 'settled');
        expect(settled.reduce((sum, [, amount]) => sum + amount, 0n)).toBeLessThanOrEqual(1000n);
        expect(new Set(settled.map(([counter]) => counter)).size).toBe(settled.length);
      }),
      { numRuns: 100 },
    );
  });
});
