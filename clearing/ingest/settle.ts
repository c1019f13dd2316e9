/**
 * Which sales of a batch are settled: pure, over what was read under the locks. First committed wins
 * (protocol §6): a payment that is settled already, or a purse that has no more, rejects what comes later,
 * and the loser gets the proof where there is one. What was authorised online was committed then: its counter is
 * that terminal's, and its amount is nobody else's.
 */
import { toHex } from '../../shared/bytes.ts';
import type { LossBearer, OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { contradict, encodeDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { CheckedSale, GenuineSale } from './check-sales.ts';
import { chargedBy } from './read-entry.ts';

/** A purse as it stands under the lock. */
export interface PurseStanding {
  readonly balanceMinor: bigint;
  readonly frozenAtMs: number | null;
  readonly frozenInVersion: number | null;
  readonly closedAtMs: number | null;
  /** Null while no trust bundle lists it as closed. */
  readonly closedInVersion: number | null;
  /** Its settlement window is over: what is left is its customer's again. */
  readonly isOver: boolean;
}

/** What the house itself knows when it is asked online: more than any bundle says. */
export const KNOWS_ALL = Number.MAX_SAFE_INTEGER;

/** An authorised payment whose sale has not come yet. */
export interface HeldAmount {
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly amountMinor: bigint;
  /** By the terminal whose sales are settled here. */
  readonly isOwn: boolean;
  /** Long ago: it no longer holds money. */
  readonly isLapsed: boolean;
}

export interface SettledOutcome {
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly lossBearer: LossBearer;
  readonly proof: Uint8Array | null;
  readonly genuine: GenuineSale | null;
  /** What was settled before, by another entry: this one can be refunded all the same. */
  readonly repeats?: GenuineSale;
}

export interface Standings {
  /** By purse id, hexadecimal. */
  readonly purses: ReadonlyMap<string, PurseStanding>;
  /** Counters settled before this batch, by `settlementKey`. */
  readonly settled: ReadonlySet<string>;
  /** Sales settled for this merchant before this batch, by `saleKey`; true of what another entry had brought back. */
  readonly settledHere: ReadonlyMap<string, boolean>;
  /** Of the purses of this batch. */
  readonly held: readonly HeldAmount[];
}

/** Names one payment of one purse. */
export function settlementKey(purseId: Uint8Array, counter: number): string {
  return `${toHex(purseId)}/${counter}`;
}

/** One sale of one picture: when and for how much it was charged tells it from the same picture charged twice. */
export interface KnownSale {
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly paymentId: Uint8Array;
  readonly amountMinor: bigint;
  /** By the terminal's clock. */
  readonly soldAtMs: number;
  /** The terminal that took it, 8 bytes: on paper it may come in another one's journal. */
  readonly chargedBy: Uint8Array;
}

export function saleKey({ purseId, counter, paymentId, chargedBy: by, ...sale }: KnownSale): string {
  const { amountMinor, soldAtMs } = sale;
  return `${settlementKey(purseId, counter)}/${toHex(paymentId)}/${amountMinor}/${soldAtMs}/${toHex(by)}`;
}

/** Its money was moved when it first came; saying so again moves nothing. */
const SETTLED_BEFORE: SettledOutcome = {
  state: 'settled',
  reason: null,
  lossBearer: 'nobody',
  proof: null,
  genuine: null,
};

function rejected(reason: RejectReason, genuine: GenuineSale | null): SettledOutcome {
  return { state: 'rejected', reason, lossBearer: 'merchant', proof: null, genuine };
}

function isRevoked(standing: PurseStanding, genuine: GenuineSale): boolean {
  const { trustVersion } = genuine.sale;
  // closing is the customer's own word: it must not turn a terminal that could not have heard of it into the loser
  if (standing.closedAtMs !== null && trustVersion >= (standing.closedInVersion ?? KNOWS_ALL)) return true;
  if (standing.frozenAtMs === null || standing.frozenInVersion === null) return false;
  // a terminal that sold before the freeze, by its own clock, must not have known of it either
  return genuine.sale.soldAtMs >= standing.frozenAtMs || trustVersion >= standing.frozenInVersion;
}

export interface SettledBatch {
  /** One for each sale, in their order. */
  readonly outcomes: readonly SettledOutcome[];
  /** Positions of those whose rejection a contradiction may explain. */
  readonly contested: readonly number[];
}

/** What each purse has for sales that were not authorised, by purse id. */
function freeAmounts(standings: Standings): Map<string, bigint> {
  const free = new Map([...standings.purses].map(([id, { balanceMinor }]) => [id, balanceMinor]));
  for (const { purseId, amountMinor, isLapsed } of standings.held) {
    const id = toHex(purseId);
    if (!isLapsed) free.set(id, (free.get(id) ?? 0n) - amountMinor);
  }
  return free;
}

/** @param terminalId whose journal the sales are in, 8 bytes */
export function settle(
  checked: readonly CheckedSale[],
  standings: Standings,
  terminalId: Uint8Array,
): SettledBatch {
  const free = freeAmounts(standings);
  const held = new Map(standings.held.map((one) => [settlementKey(one.purseId, one.counter), one]));
  const taken = new Set(standings.settled);
  const settledHere = new Map(standings.settledHere);
  const contested: number[] = [];
  const outcomes = checked.map((sale, i): SettledOutcome => {
    if (sale.verdict === 'rejected') return rejected(sale.reason, sale.genuine);
    const { genuine } = sale;
    const purseId = toHex(genuine.purse.purseId);
    const standing = standings.purses.get(purseId);
    if (standing === undefined) return rejected('unknown-purse', null);
    const key = settlementKey(genuine.purse.purseId, genuine.sale.payment.counter);
    const { counter } = genuine.sale.payment;
    const payment = saleKey({
      ...genuine.sale,
      ...genuine,
      purseId: genuine.purse.purseId,
      counter,
      chargedBy: chargedBy(genuine.sale, terminalId),
    });
    const before = settledHere.get(payment);
    // one of the two was brought back, in whichever order they come; a sale said twice in its own place is none
    if (before !== undefined && (before || genuine.sale.isBroughtBack))
      return { ...SETTLED_BEFORE, repeats: genuine };
    const authorised = held.get(key);
    // a freeze after the yes takes nothing back, and the money of the yes is held as long as it says
    const isPromised = authorised?.isOwn === true && authorised.amountMinor === genuine.sale.amountMinor;
    if (standing.isOver && !(isPromised && !authorised.isLapsed)) return rejected('expired', genuine);
    if (isRevoked(standing, genuine) && !isPromised) return rejected('revoked', genuine);
    if (taken.has(key) || authorised?.isOwn === false) {
      contested.push(i);
      return rejected('conflict', genuine);
    }
    const releasedMinor = authorised === undefined || authorised.isLapsed ? 0n : authorised.amountMinor;
    const leftMinor = (free.get(purseId) ?? 0n) + releasedMinor - genuine.sale.amountMinor;
    if (leftMinor < 0n) {
      contested.push(i);
      return rejected('overspent', genuine);
    }
    free.set(purseId, leftMinor);
    taken.add(key);
    settledHere.set(payment, genuine.sale.isBroughtBack);
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
