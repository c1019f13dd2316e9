/** Which sales of a batch are settled, as a pure rule: first wins, nothing above what the purse has. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedSale, GenuineSale } from '../../clearing/ingest/check-sales.ts';
import {
  type HeldAmount,
  KNOWS_ALL,
  type PurseStanding,
  saleKey,
  settle,
  settlementKey,
} from '../../clearing/ingest/settle.ts';
import { toHex } from '../../shared/bytes.ts';
import { EPOCH_S, payWith, purseOf, quickFields } from '../support/protocol-fixture.ts';

const purse = purseOf();
const purseId = new Uint8Array(8).fill(7);
const terminalId = new Uint8Array(8).fill(9);
const OPEN: PurseStanding = {
  balanceMinor: 1000n,
  frozenAtMs: null,
  frozenInVersion: null,
  closedAtMs: null,
  closedInVersion: null,
  isOver: false,
};

function sale(
  counter: number,
  amountMinor: bigint,
  change: { soldAtMs?: number; trustVersion?: number; isBroughtBack?: boolean } = {},
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
      isBroughtBack: change.isBroughtBack ?? false,
      paper: null,
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
  settledHere: readonly string[] = [],
  isSettledFromPaper = false,
): string {
  const standings = {
    purses: new Map(standing === undefined ? [] : [[toHex(purseId), standing]]),
    settled: new Set(settled.map((counter) => settlementKey(purseId, counter))),
    settledHere: new Map(settledHere.map((key) => [key, isSettledFromPaper])),
    held,
  };
  const { outcomes } = settle(sales, standings, terminalId);
  return outcomes.map(({ state, reason }) => reason ?? state).join(' ');
}

const CLOSED: PurseStanding = { ...OPEN, closedAtMs: EPOCH_S * 1000, closedInVersion: 9 };
const FROZEN: PurseStanding = { ...OPEN, frozenAtMs: EPOCH_S * 1000, frozenInVersion: 9 };

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
    ['closed, not known to the terminal', reasons([sale(1, 1n, { trustVersion: 8 })], CLOSED), 'settled'],
    ['closed, known to the terminal', reasons([sale(1, 1n, { trustVersion: 9 })], CLOSED), 'revoked'],
    [
      'closed, and no bundle says so yet',
      reasons([sale(1, 1n, { trustVersion: 99 })], { ...CLOSED, closedInVersion: null }),
      'settled',
    ],
    [
      'closed, and the house itself is asked',
      reasons([sale(1, 1n, { trustVersion: KNOWS_ALL })], { ...CLOSED, closedInVersion: null }),
      'revoked',
    ],
    ['its window over', reasons([sale(1, 1n)], { ...OPEN, isOver: true }), 'expired'],
    ['its window over, frozen', reasons([sale(1, 1n)], { ...FROZEN, isOver: true }), 'expired'],
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
      reasons([sale(1, 9n, { trustVersion: 9 })], CLOSED, [], [holds(1, 9n, true)]),
      'settled',
    ],
    [
      'its own, the window over, the promise not',
      reasons([sale(1, 9n)], { ...OPEN, isOver: true }, [], [holds(1, 9n, true)]),
      'settled',
    ],
    [
      'its own, the window and the promise over',
      reasons([sale(1, 9n)], { ...OPEN, isOver: true }, [], [holds(1, 9n, true, true)]),
      'expired',
    ],
  ])('a counter that was authorised, %s', (_what, given, expected) => {
    expect(given).toBe(expected);
  });

  it('brought back after it was settled here → settled, and nothing moves; another picture, sale or merchant → conflict', () => {
    const again = sale(1, 100n, { isBroughtBack: true });
    const known = {
      purseId,
      counter: 1,
      paymentId: new Uint8Array(16),
      amountMinor: 100n,
      soldAtMs: EPOCH_S * 1000,
      chargedBy: terminalId,
    };
    const here = saleKey(known);
    expect(reasons([again], OPEN, [1], [], [here])).toBe('settled');
    for (const other of [
      { paymentId: new Uint8Array(16).fill(1) },
      { amountMinor: 99n },
      { soldAtMs: 1 },
      { chargedBy: purseId },
    ]) {
      expect(reasons([again], OPEN, [1], [], [saleKey({ ...known, ...other })])).toBe('conflict');
    }
    expect(reasons([again], OPEN, [1])).toBe('conflict');
    expect(reasons([sale(1, 100n)], OPEN, [1], [], [here])).toBe('conflict');
    expect(reasons([sale(1, 900n), sale(1, 900n, { isBroughtBack: true })])).toBe('settled settled');
    expect(reasons([sale(1, 900n, { isBroughtBack: true }), sale(1, 900n)])).toBe('settled settled');
    // its own entry comes after what brought it back
    expect(reasons([sale(1, 100n)], OPEN, [1], [], [here], true)).toBe('settled');
    expect(reasons([sale(1, 99n)], OPEN, [1], [], [here], true)).toBe('conflict');
  });

  it('any sales in any order → never more than the purse, never a counter twice', () => {
    const sales = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.bigInt({ min: 1n, max: 400n })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sales, (pairs) => {
        const { outcomes } = settle(
          pairs.map(([counter, amount]) => sale(counter, amount)),
          { purses: new Map([[toHex(purseId), OPEN]]), settled: new Set(), settledHere: new Map(), held: [] },
          terminalId,
        );
        const settled = pairs.filter((_, i) => outcomes[i]?.state === 'settled');
        expect(settled.reduce((sum, [, amount]) => sum + amount, 0n)).toBeLessThanOrEqual(1000n);
        expect(new Set(settled.map(([counter]) => counter)).size).toBe(settled.length);
      }),
      { numRuns: 100 },
    );
  });
});
