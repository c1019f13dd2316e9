/**
 * Which sales of a batch are settled: pure, over what was read under the locks. First committed wins
 * (protocol §6): a payment that is settled already, or a purse that has no more, rejects what comes later,
 * and the loser gets the proof where there is one.
 */
import { toHex } from '../../shared/bytes.ts';
import type { LossBearer, OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { contradict, encodeDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { PurseState } from '../db/schema.ts';
import type { CheckedSale, GenuineSale } from './check-sales.ts';

/** A purse as it stands under the lock. */
export interface PurseStanding {
  readonly balanceMinor: bigint;
  readonly state: PurseState;
  readonly frozenAtMs: number | null;
  readonly frozenInVersion: number | null;
}

export interface SettledOutcome {
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly lossBearer: LossBearer;
  readonly proof: Uint8Array | null;
  readonly genuine: GenuineSale | null;
}

export interface Standings {
  /** By purse id, hexadecimal. */
  readonly purses: ReadonlyMap<string, PurseStanding>;
  /** Counters settled before this batch, by `settlementKey`. */
  readonly settled: ReadonlySet<string>;
}

/** Names one payment of one purse. */
export function settlementKey(purseId: Uint8Array, counter: number): string {
  return `${toHex(purseId)}/${counter}`;
}

function rejected(reason: RejectReason, genuine: GenuineSale | null): SettledOutcome {
  return { state: 'rejected', reason, lossBearer: 'merchant', proof: null, genuine };
}

function isRevoked(standing: PurseStanding, genuine: GenuineSale): boolean {
  if (standing.state === 'closed') return true;
  if (standing.frozenAtMs === null || standing.frozenInVersion === null) return false;
  // a terminal that sold before the freeze, by its own clock, must not have known of it either
  return (
    genuine.sale.soldAtMs >= standing.frozenAtMs || genuine.sale.trustVersion >= standing.frozenInVersion
  );
}

export interface SettledBatch {
  /** One for each sale, in their order. */
  readonly outcomes: readonly SettledOutcome[];
  /** Positions of those whose rejection a contradiction may explain. */
  readonly contested: readonly number[];
}

export function settle(checked: readonly CheckedSale[], standings: Standings): SettledBatch {
  const left = new Map<string, bigint>();
  const taken = new Set(standings.settled);
  const contested: number[] = [];
  const outcomes = checked.map((sale, i): SettledOutcome => {
    if (sale.verdict === 'rejected') return rejected(sale.reason, sale.genuine);
    const { genuine } = sale;
    const purseId = toHex(genuine.purse.purseId);
    const standing = standings.purses.get(purseId);
    if (standing === undefined) return rejected('unknown-purse', null);
    if (isRevoked(standing, genuine)) return rejected('revoked', genuine);
    const key = settlementKey(genuine.purse.purseId, genuine.sale.payment.counter);
    if (taken.has(key)) {
      contested.push(i);
      return rejected('conflict', genuine);
    }
    const leftMinor = (left.get(purseId) ?? standing.balanceMinor) - genuine.sale.amountMinor;
    if (leftMinor < 0n) {
      contested.push(i);
      return rejected('overspent', genuine);
    }
    left.set(purseId, leftMinor);
    taken.add(key);
    return { state: 'settled', reason: null, lossBearer: 'nobody', proof: null, genuine };
  });
  return { outcomes, contested };
}

/** The proof that this payment and one of these cannot both come from an honest wallet, if there is one. */
export function proofAgainst(
  certificate: PurseCertificate,
  payment: Payment,
  settled: readonly Payment[],
): Uint8Array | null {
  const other = settled.find((candidate) => contradict(candidate, payment));
  return other === undefined ? null : encodeDoubleSpendProof(certificate, other, payment);
}
