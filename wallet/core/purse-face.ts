/** A purse as its owner sees it: what is left, what is set aside, and what stands against paying with it. */
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import {
  certificateOf,
  heldMinor,
  leftMinor,
  type PurseState,
  type PurseStop,
  reservedMinor,
} from './purse-state.ts';
import type { WalletTrust } from './trusted-terminal.ts';

export interface PurseFace {
  readonly purse: PurseState;
  readonly currency: CurrencyCode;
  readonly allowanceMinor: bigint;
  readonly leftMinor: bigint;
  readonly reservedMinor: bigint;
  /** Back in the account when the purse ends, and not before. */
  readonly heldMinor: bigint;
  /** Of one payment, by its certificate. */
  readonly perPaymentCapMinor: bigint;
  /** The most that a quick code may carry now: certificate, what is left, and the policy. */
  readonly quickLimitMinor: bigint;
  readonly expiresAtMs: number;
  /** null when it can pay. */
  readonly obstacle: PurseStop | 'ended' | 'empty' | null;
}

/** Math.min knows no bigint. */
export function least(...amounts: readonly bigint[]): bigint {
  const [low] = amounts.toSorted((a, b) => (a < b ? -1 : 1));
  return low ?? 0n;
}

/** @param nowMs milliseconds since 1970 */
export function faceOf(purse: PurseState, trust: WalletTrust | null, nowMs: number): PurseFace {
  const certificate = certificateOf(purse);
  const { currency, allowanceMinor, perPaymentCapMinor } = certificate;
  const left = leftMinor(purse, allowanceMinor);
  const policy = trust?.policy.currencies.find((named) => named.currency === currency);
  const expiresAtMs = certificate.expS * 1000;
  const isSpent = left === 0n || purse.counter >= certificate.paymentCountCap;
  return {
    purse,
    currency,
    allowanceMinor,
    leftMinor: left,
    reservedMinor: reservedMinor(purse),
    heldMinor: heldMinor(purse),
    perPaymentCapMinor,
    quickLimitMinor: least(left, perPaymentCapMinor, policy?.quickPayment.upper ?? perPaymentCapMinor),
    expiresAtMs,
    obstacle: purse.stop ?? (nowMs >= expiresAtMs ? 'ended' : isSpent ? 'empty' : null),
  };
}

/** Those that can pay first; among them the one that ends first, so that none ends with money in it. */
export function inOrderOfUse(faces: readonly PurseFace[]): readonly PurseFace[] {
  return [...faces].sort(
    (a, b) => Number(a.obstacle !== null) - Number(b.obstacle !== null) || a.expiresAtMs - b.expiresAtMs,
  );
}
