/**
 * What a terminal is paid for, signed by an issuer key (protocol §3, §7): how far its journal is settled, the sums,
 * and the root of a Merkle tree over the outcomes, so that anybody who holds a statement can check that a payment
 * is in it, or that it is not. The leaves are in the order of the journal: absence is shown by two neighbours.
 */
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyOf } from '../iso-4217.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { LOSS_BEARERS, OUTCOME_STATES, type Outcome, REJECT_REASONS } from './acknowledgement.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { isInTree, merklePath, merkleRoot } from './merkle.ts';
import { readCurrency } from './read-currency.ts';
import {
  readArray,
  readBytes,
  readBytesUpTo,
  reading,
  readMinor,
  readNullable,
  readOrdinal,
  readTuple,
  readUint,
} from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

/** One outcome as a leaf of the tree. */
export interface StatementLeaf extends Omit<Outcome, 'proof'> {
  /** 16 bytes; null where the entry holds no genuine payment of a purse of the house. */
  readonly paymentId: Uint8Array | null;
  /** 16 bytes; set of a refund of that payment. */
  readonly refundId: Uint8Array | null;
  /** Null together. */
  readonly amountMinor: bigint | null;
  readonly currency: CurrencyCode | null;
}

export interface StatementTotals {
  readonly currency: CurrencyCode;
  readonly paymentCount: number;
  readonly paymentsMinor: bigint;
  readonly refundCount: number;
  readonly refundsMinor: bigint;
}

export interface Statement {
  readonly terminalId: TerminalId;
  readonly epoch: number;
  /** Entries of the epoch that it speaks for, from … to. */
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly leafCount: number;
  readonly root: Uint8Array;
  /** Of what is settled, in the order of the currencies' numbers. */
  readonly totals: readonly StatementTotals[];
}

/** Of one answer. */
export const MAX_STATEMENTS = 100;
const MAX_LEAVES = 0x7fff_ffff;
const MAX_TOTALS = 64;
const MAX_LEAF_BYTES = 128;

export function encodeLeaf(leaf: StatementLeaf): Uint8Array<ArrayBuffer> {
  return encodeCbor([
    leaf.epoch,
    leaf.seq,
    leaf.number,
    OUTCOME_STATES.indexOf(leaf.state),
    leaf.reason === null ? null : REJECT_REASONS.indexOf(leaf.reason),
    LOSS_BEARERS.indexOf(leaf.lossBearer),
    leaf.paymentId,
    leaf.refundId,
    leaf.amountMinor,
    leaf.currency === null ? null : currencyOf(leaf.currency).numeric,
  ]);
}

function readNamed<T>(value: CborValue | undefined, names: readonly T[]): T {
  const name = names[readUint(value, names.length - 1)];
  if (name === undefined) throw new Malformed('name');
  return name;
}

function readLeaf(bytes: Uint8Array): StatementLeaf {
  const [epoch, seq, number, state, reason, bearer, paymentId, refundId, amount, currency] = readTuple(
    decodeCbor(bytes),
    10,
  );
  return {
    epoch: readOrdinal(epoch, 0xffff_ffff),
    seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
    number: readOrdinal(number, Number.MAX_SAFE_INTEGER),
    state: readNamed(state, OUTCOME_STATES),
    reason: readNullable(reason, (position) => readNamed(position, REJECT_REASONS)),
    lossBearer: readNamed(bearer, LOSS_BEARERS),
    paymentId: readNullable(paymentId, (id) => readBytes(id, 16)),
    refundId: readNullable(refundId, (id) => readBytes(id, 16)),
    amountMinor: readNullable(amount, readMinor),
    currency: readNullable(currency, readCurrency),
  };
}

/** Leaves as the tree has them: by entry, and of one entry in the order in which they became known. */
export function inTreeOrder<T extends Pick<Outcome, 'epoch' | 'seq' | 'number'>>(
  leaves: readonly T[],
): readonly T[] {
  return leaves.toSorted((a, b) => a.epoch - b.epoch || a.seq - b.seq || a.number - b.number);
}

function totalsOf(leaves: readonly StatementLeaf[]): readonly StatementTotals[] {
  const totals = new Map<CurrencyCode, StatementTotals>();
  for (const { state, amountMinor, currency, refundId } of leaves) {
    if (state === 'rejected' || amountMinor === null || currency === null) continue;
    const sum = totals.get(currency) ?? {
      currency,
      paymentCount: 0,
      paymentsMinor: 0n,
      refundCount: 0,
      refundsMinor: 0n,
    };
    totals.set(
      currency,
      refundId === null
        ? { ...sum, paymentCount: sum.paymentCount + 1, paymentsMinor: sum.paymentsMinor + amountMinor }
        : { ...sum, refundCount: sum.refundCount + 1, refundsMinor: sum.refundsMinor + amountMinor },
    );
  }
  return [...totals.values()].sort((a, b) => currencyOf(a.currency).numeric - currencyOf(b.currency).numeric);
}

/** @param leaves in tree order, at least one, all of the epoch and from … to */
export function makeStatement(
  place: Pick<Statement, 'terminalId' | 'epoch' | 'fromSeq' | 'toSeq'>,
  leaves: readonly StatementLeaf[],
): Statement {
  return {
    ...place,
    leafCount: leaves.length,
    root: merkleRoot(leaves.map(encodeLeaf)),
    totals: totalsOf(leaves),
  };
}

export function signStatement(
  statement: Statement,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const payload: CborValue = [
    idBytes(statement.terminalId),
    statement.epoch,
    statement.fromSeq,
    statement.toSeq,
    [statement.leafCount, statement.root],
    statement.totals.map((sum) => [
      currencyOf(sum.currency).numeric,
      sum.paymentCount,
      sum.paymentsMinor,
      sum.refundCount,
      sum.refundsMinor,
    ]),
  ];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'statement'), payload), issuer));
}

function readTotals(value: CborValue): StatementTotals {
  const [currency, paymentCount, payments, refundCount, refunds] = readTuple(value, 5);
  return {
    currency: readCurrency(currency),
    paymentCount: readUint(paymentCount, MAX_LEAVES),
    paymentsMinor: readMinor(payments),
    refundCount: readUint(refundCount, MAX_LEAVES),
    refundsMinor: readMinor(refunds),
  };
}

function readPayload(payload: Uint8Array): Statement {
  const [id, epoch, from, to, tree, totals] = readTuple(decodeCbor(payload), 6);
  const [count, root] = readTuple(tree, 2);
  const statement = {
    terminalId: terminalIdFrom(readBytes(id, 8)),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    fromSeq: readOrdinal(from, Number.MAX_SAFE_INTEGER),
    toSeq: readOrdinal(to, Number.MAX_SAFE_INTEGER),
    leafCount: readOrdinal(count, MAX_LEAVES),
    root: readBytes(root, 32),
    totals: readArray(totals, MAX_TOTALS).map(readTotals),
  };
  if (statement.fromSeq > statement.toSeq) throw new Malformed('from … to');
  const numbers = statement.totals.map(({ currency }) => currencyOf(currency).numeric);
  if (numbers.some((number, i) => number <= (numbers[i - 1] ?? 0))) throw new Malformed('order of totals');
  return statement;
}

type StatementRefusal = Refusal<'malformed' | 'untrusted' | 'forged'>;

/** A statement under an issuer key of the bundle. */
export function openStatement(
  bytes: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<Statement, StatementRefusal> {
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'statement')))
    return refused({ code: 'forged' });
  return reading(() => readPayload(sign1.value.payload));
}

interface ShownLeaf {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * What shows whether an entry has an outcome in a statement: its leaf; or the leaves before and after where it would
 * be, or the first, or the last, where there is only one of them.
 *
 * @param leaves in tree order, as the statement was made of
 */
export function encodeStatementProof(
  statement: Uint8Array,
  leaves: readonly StatementLeaf[],
  seq: number,
): Uint8Array<ArrayBuffer> {
  const bytes = leaves.map(encodeLeaf);
  const at = leaves.findIndex((leaf) => leaf.seq >= seq);
  const shown =
    at === -1 ? [leaves.length - 1] : leaves[at]?.seq === seq ? [at] : at === 0 ? [0] : [at - 1, at];
  return encodeCbor([
    statement,
    shown.map((index) => [index, bytes[index] ?? new Uint8Array(0), [...merklePath(bytes, index)]]),
  ]);
}

function readShown(value: CborValue): ShownLeaf {
  const [index, leaf, path] = readTuple(value, 3);
  return {
    index: readUint(index, MAX_LEAVES),
    leaf: readBytesUpTo(leaf, MAX_LEAF_BYTES),
    path: readArray(path, 31).map((hash) => readBytes(hash, 32)),
  };
}

export interface StatementAnswer {
  readonly statement: Statement;
  /** Null: the statement speaks for the entry, and has no outcome of it. */
  readonly outcome: StatementLeaf | null;
}

/**
 * What a proof shows of one entry. `malformed` when it shows nothing: a leaf that is not in the tree, neighbours that
 * are none, an entry that the statement does not speak for.
 */
export function openStatementProof(
  bytes: Uint8Array,
  place: { readonly terminalId: TerminalId; readonly epoch: number; readonly seq: number },
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<StatementAnswer, StatementRefusal> {
  const read = reading(() => {
    const [statement, shown] = readTuple(decodeCbor(bytes), 2);
    return {
      statement: readBytesUpTo(statement, 8192),
      shown: readArray(shown, 2)
        .map(readShown)
        .map((one) => ({ ...one, outcome: readLeaf(one.leaf) })),
    };
  });
  if (!read.ok) return read;
  const opened = openStatement(read.value.statement, trust, world, backEnd);
  if (!opened.ok) return opened;
  const statement = opened.value;
  const nothing = refused({ code: 'malformed' } as const);
  if (statement.terminalId !== place.terminalId || statement.epoch !== place.epoch) return nothing;
  if (place.seq < statement.fromSeq || place.seq > statement.toSeq) return nothing;
  const { shown } = read.value;
  const isShown = shown.every(
    ({ index, leaf, path, outcome }) =>
      outcome.epoch === place.epoch && isInTree(leaf, index, path, statement.leafCount, statement.root),
  );
  const [first, second] = shown;
  if (!isShown || first === undefined) return nothing;
  const last = statement.leafCount - 1;
  if (second === undefined) {
    if (first.outcome.seq === place.seq) return ok({ statement, outcome: first.outcome });
    const isBeforeAll = first.index === 0 && first.outcome.seq > place.seq;
    const isAfterAll = first.index === last && first.outcome.seq < place.seq;
    return isBeforeAll || isAfterAll ? ok({ statement, outcome: null }) : nothing;
  }
  const isBetween =
    second.index === first.index + 1 && first.outcome.seq < place.seq && second.outcome.seq > place.seq;
  return isBetween ? ok({ statement, outcome: null }) : nothing;
}
