/**
 * The Z report: what a till took in one shift, signed by the terminal when the shift closes, and never changed
 * after. Reports are numbered without a gap, each names the digest of the one before and the head of the journal
 * at its making, so a missing, swapped or second one shows (docs/shifts.md). Anybody with the terminal's
 * certificate can check one (`verifyZReport`). Amounts are minor units.
 */
import { equalBytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { idBytes } from '../ids.ts';
import { type CurrencyCode, currencyOf } from '../iso-4217.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { cashDue, type Drawer, type GrandTotal, type Takings } from '../shift/takings.ts';
import { type CountedCash, countedValue, MAX_REASON_BYTES, readCounted } from './bodies/shift.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, type Sign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { MAX_ACTOR_BYTES } from './journal-entry.ts';
import { Malformed } from './malformed.ts';
import {
  readArray,
  readBytes,
  reading,
  readMinor,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTimeMs,
  readTuple,
  readUint,
} from './shape.ts';
import type { TerminalCertificate } from './terminal-certificate.ts';
import { aadOf, type World } from './world.ts';
import {
  grandTotalValue,
  MAX_LISTED_CURRENCIES,
  readCurrency,
  readGrandTotal,
  readSigned,
  readTakings,
  readTally,
  takingsValue,
  tallyValue,
} from './z-report-parts.ts';

/** What became of the payments since the Z report before, as far as it is known. For ever: numbers are signed. */
export const PAYMENT_FATES = [
  'approved-offline',
  'sent',
  'settled',
  'settled-guaranteed',
  'rejected',
] as const;
export type PaymentFate = (typeof PAYMENT_FATES)[number];

export interface FateTally {
  readonly fate: PaymentFate;
  readonly currency: CurrencyCode;
  readonly count: number;
  readonly sumMinor: bigint;
}

export interface ZReportFields {
  /** 1…n without a gap. */
  readonly number: number;
  /** 8 bytes. */
  readonly terminalId: Uint8Array;
  readonly currency: CurrencyCode;
  /** SHA-256 of the signed bytes of the report before; 32 zeros before the first. */
  readonly previousDigest: Uint8Array;
  /** Where the journal ended when the report was made; its own entry comes next. */
  readonly journal: { readonly epoch: number; readonly seq: number; readonly hash: Uint8Array };
  /** By the till's clock: evidence. The order is that of the journal. */
  readonly openedAtMs: number;
  readonly openedBy: string;
  readonly closedAtMs: number;
  readonly closedBy: string;
  /** Person ids of who gave leave: to close at all, for the difference, for what is unsent. */
  readonly approvedBy: string | null;
  readonly differenceApprovedBy: string | null;
  readonly unsentApprovedBy: string | null;
  readonly drawer: Drawer;
  readonly counted: CountedCash;
  /** Times that the drawer was counted in this shift, and what the first of them gave. */
  readonly counts: number;
  readonly firstCountMinor: bigint;
  /** Why the count differs; "" where it does not. */
  readonly reason: string;
  /** Parked orders, carried over into the next shift. */
  readonly parkedOrders: number;
  /** While the shift was open. */
  readonly takings: readonly Takings[];
  /** Outside of a shift: between the report before and the opening of this shift. */
  readonly outside: readonly Takings[];
  readonly fates: readonly FateTally[];
  /** Approved here, of whatever shift, and not yet acknowledged by the clearing house. */
  readonly unsent: { readonly count: number; readonly sumMinor: bigint };
  readonly grandTotals: readonly GrandTotal[];
}

export interface ZReport extends ZReportFields {
  readonly dueMinor: bigint;
  /** Counted less due: below zero where cash is missing. */
  readonly differenceMinor: bigint;
  readonly sign1: Sign1;
  /** SHA-256 of the signed bytes. */
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Before the first report. */
export const NO_DIGEST: Uint8Array = new Uint8Array(32);
export const MAX_SHIFT_NUMBER = 0xffff_ffff;
const MAX_PERSON_ID_BYTES = 32;
const MAX_FATE_ROWS = PAYMENT_FATES.length * MAX_LISTED_CURRENCIES;
const MAX_COUNT = Number.MAX_SAFE_INTEGER;

function drawerValue(drawer: Drawer): CborValue {
  return [
    drawer.floatMinor,
    tallyValue(drawer.given),
    tallyValue(drawer.change),
    tallyValue(drawer.refunds),
    tallyValue(drawer.paidIn),
    tallyValue(drawer.paidOut),
    drawer.openings,
  ];
}

function readDrawer(value: CborValue | undefined): Drawer {
  const [floatMinor, given, change, refunds, paidIn, paidOut, openings] = readTuple(value, 7);
  return {
    floatMinor: readMinor(floatMinor),
    given: readTally(given),
    change: readTally(change),
    refunds: readTally(refunds),
    paidIn: readTally(paidIn),
    paidOut: readTally(paidOut),
    openings: readUint(openings, MAX_COUNT),
  };
}

function payloadOf(fields: ZReportFields): CborValue {
  const dueMinor = cashDue(fields.drawer);
  return [
    fields.number,
    fields.terminalId,
    currencyOf(fields.currency).numeric,
    fields.previousDigest,
    [fields.journal.epoch, fields.journal.seq, fields.journal.hash],
    [fields.openedAtMs, fields.openedBy, fields.closedAtMs, fields.closedBy],
    [fields.approvedBy, fields.differenceApprovedBy, fields.unsentApprovedBy],
    drawerValue(fields.drawer),
    [dueMinor, countedValue(fields.counted), fields.counts, fields.firstCountMinor, fields.reason],
    fields.parkedOrders,
    fields.takings.map(takingsValue),
    fields.outside.map(takingsValue),
    fields.fates.map(({ fate, currency, count, sumMinor }) => [
      PAYMENT_FATES.indexOf(fate),
      currencyOf(currency).numeric,
      count,
      sumMinor,
    ]),
    [fields.unsent.count, fields.unsent.sumMinor],
    fields.grandTotals.map(grandTotalValue),
  ];
}

function readFate(value: CborValue): FateTally {
  const [fate, numeric, count, sumMinor] = readTuple(value, 4);
  const found = PAYMENT_FATES[readOneOf(fate, [0, 1, 2, 3, 4])];
  if (found === undefined) throw new Malformed('fate');
  return {
    fate: found,
    currency: readCurrency(numeric),
    count: readUint(count, MAX_COUNT),
    sumMinor: readSigned(sumMinor),
  };
}

const readPersonId = (value: CborValue | undefined): string | null =>
  readNullable(value, (text) => readText(text, MAX_PERSON_ID_BYTES));

function readPayload(value: CborValue): Omit<ZReport, 'sign1' | 'digest' | 'bytes'> {
  const items = readTuple(value, 15);
  const [number, terminalId, numeric, previous, journal, times, leave, drawerItem, count] = items;
  const [parked, takings, outside, fates, unsent, grand] = items.slice(9);
  const [epoch, seq, hash] = readTuple(journal, 3);
  const [openedAt, openedBy, closedAt, closedBy] = readTuple(times, 4);
  const [approvedBy, differenceApprovedBy, unsentApprovedBy] = readTuple(leave, 3);
  const [due, countedItem, counts, firstCount, reason] = readTuple(count, 5);
  const [unsentCount, unsentSum] = readTuple(unsent, 2);
  const drawer = readDrawer(drawerItem);
  const counted = readCounted(countedItem);
  const dueMinor = readSigned(due);
  if (dueMinor !== cashDue(drawer)) throw new Malformed('a drawer that adds up');
  return {
    number: readOrdinal(number, MAX_SHIFT_NUMBER),
    terminalId: readBytes(terminalId, 8),
    currency: readCurrency(numeric),
    previousDigest: readBytes(previous, 32),
    journal: {
      epoch: readOrdinal(epoch, 0xffff_ffff),
      seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
      hash: readBytes(hash, 32),
    },
    openedAtMs: readTimeMs(openedAt),
    openedBy: readText(openedBy, MAX_ACTOR_BYTES),
    closedAtMs: readTimeMs(closedAt),
    closedBy: readText(closedBy, MAX_ACTOR_BYTES),
    approvedBy: readPersonId(approvedBy),
    differenceApprovedBy: readPersonId(differenceApprovedBy),
    unsentApprovedBy: readPersonId(unsentApprovedBy),
    drawer,
    counted,
    counts: readOrdinal(counts, MAX_COUNT),
    firstCountMinor: readMinor(firstCount),
    reason: readText(reason, MAX_REASON_BYTES),
    parkedOrders: readUint(parked, MAX_COUNT),
    takings: readArray(takings, MAX_LISTED_CURRENCIES).map(readTakings),
    outside: readArray(outside, MAX_LISTED_CURRENCIES).map(readTakings),
    fates: readArray(fates, MAX_FATE_ROWS).map(readFate),
    unsent: { count: readUint(unsentCount, MAX_COUNT), sumMinor: readSigned(unsentSum) },
    grandTotals: readArray(grand, MAX_LISTED_CURRENCIES).map(readGrandTotal),
    dueMinor,
    differenceMinor: counted.totalMinor - dueMinor,
  };
}

/** The signed bytes: what a journal keeps and a printer never changes. */
export function signZReport(fields: ZReportFields, world: World, terminal: Signer): Uint8Array<ArrayBuffer> {
  return encodeSign1(signDraft(draft(null, aadOf(world, 'z-report'), payloadOf(fields)), terminal));
}

/** Shape only. @throws Malformed */
export function readZReport(bytes: Uint8Array): ZReport {
  const sign1 = decodeSign1(bytes, 'without-kid');
  return { ...readPayload(decodeCbor(sign1.payload)), sign1, digest: sha256(bytes), bytes };
}

/**
 * Whether this terminal made this report, and what it says. `malformed` where it is none; `forged` where another
 * key or another world signed it, or it names another terminal.
 */
export function verifyZReport(
  bytes: Uint8Array,
  certificate: TerminalCertificate,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<ZReport, Refusal<'malformed' | 'forged'>> {
  const read = reading(() => readZReport(bytes));
  if (!read.ok) return read;
  const isGenuine = verifySign1(backEnd, certificate.publicKey, read.value.sign1, aadOf(world, 'z-report'));
  if (!isGenuine || !equalBytes(read.value.terminalId, idBytes(certificate.terminalId))) {
    return refused({ code: 'forged' });
  }
  return read;
}
