/**
 * One recorded decision of a terminal, made again under a policy. What a journal does not tell stays as it was
 * recorded: signatures, revocation, replay, the shop's own rules, the draw of lots, and what the clearing house
 * answered. Pure.
 */

import { toHex } from '../../shared/bytes.ts';
import { decide } from '../../shared/decision/decide.ts';
import { idBytes } from '../../shared/ids.ts';
import type { DeclineBody, SaleBody } from '../../shared/protocol/journal-bodies.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import type { Policy } from '../../shared/protocol/policy.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { REFUSALS, type RefusalStage } from '../../shared/refusals.ts';

/** What was approved at this terminal before, as far as its journal and the outcomes tell. */
export interface PastSums {
  readonly purseDay: { readonly amountMinor: bigint; readonly count: number };
  readonly exposure: { readonly amountMinor: bigint; readonly count: number };
}

export interface PastDecision {
  readonly atMs: number;
  readonly body: SaleBody | DeclineBody;
  readonly certificate: PurseCertificate;
  readonly payment: Payment;
  readonly sums: PastSums;
  /** The bundle that the terminal decided by. */
  readonly trust: TrustBundle;
}

export type Replayed = 'same' | 'now-declined' | 'now-approved' | 'now-asked' | 'not-reproduced';

/** Reasons that a policy has a hand in; all others stand whatever it says. */
const BY_POLICY: readonly RefusalStage[] = ['freshness', 'limit'];

export function isByPolicy(body: SaleBody | DeclineBody): boolean {
  return !('refusal' in body) || BY_POLICY.includes(REFUSALS[body.refusal.code].stage);
}

type Verdict = 'approved' | 'declined' | 'asked';

function verdictUnder(policy: Policy, past: PastDecision): Verdict {
  const { body, payment, certificate, sums, trust, atMs } = past;
  const { decided } = body.decision;
  // asked in vain: the terminal decided as if nobody could be asked
  const isReachable = body.decision.reachable && decided !== 'stand-in';
  const { outcome } = decide({
    amount: { minor: body.amountMinor, currency: body.currency },
    certificate,
    payment,
    clock: { effectiveMs: atMs, certainMs: atMs, behindS: 0, aheadS: 0 },
    hasEnded: false,
    invoice:
      payment.mode === 'bound'
        ? { state: 'open', expiresAtS: Number.MAX_SAFE_INTEGER, amountMinor: body.amountMinor }
        : null,
    isRevoked: false,
    seen: null,
    isDoubleSpend: false,
    ...sums,
    trust: { ...trust, policy },
    isReachable,
    isOnlineRequired: false,
    // nobody is picked: what chance would have asked is not counted
    randomUnit: 1 - Number.EPSILON,
  });
  if (outcome.verdict === 'decline') return 'declined';
  if (outcome.verdict === 'approve') return 'approved';
  return decided === 'online' ? 'approved' : 'asked';
}

/** The recorded decision against the one under a draft; only where the policy of its day gives what was recorded. */
export function replay(past: PastDecision, draft: Policy): Replayed {
  const recorded: Verdict = 'refusal' in past.body ? 'declined' : 'approved';
  if (verdictUnder(past.trust.policy, past) !== recorded) return 'not-reproduced';
  const now = verdictUnder(draft, past);
  if (now === recorded) return 'same';
  if (now === 'asked') return 'now-asked';
  return now === 'declined' ? 'now-declined' : 'now-approved';
}

const DAY_MS = 86_400_000;

interface PastSale {
  readonly atMs: number;
  readonly amountMinor: bigint;
  readonly purse: string;
  readonly currency: string;
  /** Null: not settled yet. */
  readonly decidedAtMs: number | null;
}

/** Running sums of one terminal, in the order of its journal. */
export class TerminalPast {
  #sales: readonly PastSale[] = [];

  sumsFor(purse: PurseCertificate, currency: string, atMs: number): PastSums {
    const id = toHex(idBytes(purse.purseId));
    const day = this.#sales.filter((sale) => sale.purse === id && sale.atMs > atMs - DAY_MS);
    const open = this.#sales.filter(
      (sale) => sale.currency === currency && (sale.decidedAtMs === null || sale.decidedAtMs > atMs),
    );
    const sum = (sales: readonly PastSale[]) => ({
      amountMinor: sales.reduce((total, { amountMinor }) => total + amountMinor, 0n),
      count: sales.length,
    });
    return { purseDay: sum(day), exposure: sum(open) };
  }

  add(purse: PurseCertificate, body: SaleBody, atMs: number, decidedAtMs: number | null): void {
    const { amountMinor, currency } = body;
    // what is older than a day and settled counts for nothing any more
    const kept = this.#sales.filter(
      (sale) => sale.atMs > atMs - DAY_MS || sale.decidedAtMs === null || sale.decidedAtMs > atMs,
    );
    this.#sales = [
      ...kept,
      { atMs, amountMinor, currency, decidedAtMs, purse: toHex(idBytes(purse.purseId)) },
    ];
  }
}
