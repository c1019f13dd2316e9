/**
 * The issuer's guarantee: a payment that a purse can no longer pay for, because it was spent double, is paid from
 * the guarantee fund where the market's rule says so. What qualifies was genuine and good in all else, taken within
 * the policy's limits (as old as the terminal's bundle was) by a terminal that is not revoked. A counter that is
 * settled already (`conflict`) is never guaranteed: two tills could charge one code.
 */
import { toHex } from '../../shared/bytes.ts';
import { scaleMinor, trustPercent } from '../../shared/decision/limits.ts';
import type { Policy } from '../../shared/protocol/policy.ts';
import type { Tx } from '../db/database.ts';
import * as store from '../db/guarantee.ts';
import type { TerminalRow } from '../db/merchants.ts';
import type { House } from '../house.ts';
import type { GenuineSale } from './check-sales.ts';
import type { SettledOutcome } from './settle.ts';

const DAY_MS = 86_400_000;

/** The most that the policy lets a terminal take alone, with a bundle of this age. */
function offlineLimit(policy: Policy, { sale }: GenuineSale, issuedS: number): bigint {
  const limits = policy.currencies.find(({ currency }) => currency === sale.currency);
  if (limits === undefined) return 0n;
  const ageH = Math.max(0, Math.floor((sale.soldAtMs / 1000 - issuedS) / 3600));
  const bounds = sale.payment.mode === 'quick' ? limits.quickPayment : limits.boundPayment;
  return scaleMinor(bounds, trustPercent(policy, ageH)).upper;
}

export interface Guaranteed {
  readonly outcomes: readonly SettledOutcome[];
  /** The account that pays for what is guaranteed; null when nothing is. */
  readonly fundId: bigint | null;
}

/**
 * Turns what the rule covers into `settled-guaranteed`, under the lock of the fund.
 *
 * @param policy read before: a transaction waits for no second connection
 */
export async function guarantee(
  tx: Tx,
  house: Pick<House, 'nowMs'>,
  terminal: TerminalRow,
  policy: Policy,
  outcomes: readonly SettledOutcome[],
): Promise<Guaranteed> {
  const nothing: Guaranteed = { outcomes, fundId: null };
  const lost = outcomes.flatMap(({ reason, genuine }) =>
    reason === 'overspent' && genuine !== null && genuine.sale.paper === null ? [genuine] : [],
  );
  if (lost.length === 0 || terminal.isRevoked) return nothing;
  const { currency } = terminal.merchant;
  const rule = await store.findRule(tx, currency);
  if (rule === undefined || rule.upToMinor === 0n) return nothing;
  const nowMs = house.nowMs();
  const fund = await store.lockFund(tx, currency);
  const issued = await store.issuedOf(tx, [...new Set(lost.map(({ sale }) => sale.trustVersion))]);
  const purses = [...new Map(lost.map(({ purse }) => [toHex(purse.purseId), purse.purseId])).values()];
  const before = await store.guaranteedOfPurses(tx, purses);
  const ofPurse = new Map(purses.map((id, i) => [toHex(id), before[i] ?? 0n]));
  const perDay = policy.currencies.find((limits) => limits.currency === currency)?.exposureAmount.upper ?? 0n;
  let dayMinor = await store.guaranteedOfTerminal(tx, terminal.terminalId, nowMs - DAY_MS);
  let leftMinor = fund.balanceMinor;
  const covered = outcomes.map((outcome): SettledOutcome => {
    const { genuine } = outcome;
    if (genuine === null || !lost.includes(genuine)) return outcome;
    const { amountMinor, trustVersion, soldAtMs } = genuine.sale;
    const issuedS = issued.get(trustVersion);
    const purseId = toHex(genuine.purse.purseId);
    const purseMinor = (ofPurse.get(purseId) ?? 0n) + amountMinor;
    const isCovered =
      issuedS !== undefined &&
      soldAtMs <= nowMs + policy.clockToleranceS * 1000 &&
      amountMinor <= rule.upToMinor &&
      amountMinor <= offlineLimit(policy, genuine, issuedS) &&
      purseMinor <= rule.perPurseMinor &&
      dayMinor + amountMinor <= perDay &&
      amountMinor <= leftMinor;
    if (!isCovered) return outcome;
    ofPurse.set(purseId, purseMinor);
    dayMinor += amountMinor;
    leftMinor -= amountMinor;
    return { ...outcome, state: 'settled-guaranteed', reason: null, lossBearer: 'issuer' };
  });
  return { outcomes: covered, fundId: fund.accountId };
}
