/**
 * Shifts: the drawer's cash from opening to closing, and the reports about it as data. Sums are decimal texts of
 * minor units, of either sign; they may outgrow what one amount may be.
 */
import * as z from 'zod/mini';
import { MAX_PIECE_KINDS, MAX_PIECES, MAX_REASON_BYTES } from '../../protocol/bodies/shift.ts';
import { MAX_ENTRY_BYTES } from '../../protocol/journal-entry.ts';
import { PAYMENT_FATES } from '../../protocol/z-report.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, count, digitsText, entryPlace, nothing, text, timeMs } from './call.ts';

const sum = z.string().check(z.regex(/^(0|-?[1-9][0-9]{0,18})$/));
const currency = text(3);
const hex = (bytes: number) => text(bytes * 2);
const reason = boundedText(1, MAX_REASON_BYTES);

/** By note and coin: values in minor units, each once. */
const pieces = z
  .array(
    z.strictObject({
      valueMinor: z.string().check(z.regex(/^[1-9][0-9]{0,15}$/)),
      pieces: z.int().check(z.minimum(0), z.maximum(MAX_PIECES)),
    }),
  )
  .check(z.maxLength(MAX_PIECE_KINDS));

/** Cash that somebody counted. Where pieces are given they must make the total. */
const countedCash = z.strictObject({ total: moneyWire, pieces: z.nullable(pieces) });

const openShift = z.strictObject({
  /** The number that its Z report will have. */
  shiftId: count,
  openedAtMs: timeMs,
  openedBy: text(64),
  float: moneyWire,
});

const tally = z.strictObject({ count, sumMinor: sum });
const keyed = z.strictObject({ key: text(64), count, sumMinor: sum });

const takings = z.strictObject({
  currency,
  /** All payments taken, tips included: the sum of the tenders. */
  sales: tally,
  tenders: z.array(keyed),
  /** Payments taken, for each person. */
  people: z.array(keyed),
  /** By reason: codes of shared/refusals.ts. */
  declines: z.array(keyed),
  taxes: z.array(
    z.strictObject({
      taxRateId: text(64),
      name: text(64),
      basisPoints: count,
      isIncluded: z.boolean(),
      netMinor: sum,
      taxMinor: sum,
    }),
  ),
  orders: tally,
  /** Payments that no order names: no tax rate is known of them. */
  withoutOrder: tally,
  refunds: tally,
  voids: tally,
  discounts: tally,
  overrides: tally,
  tips: tally,
  rounding: tally,
  /** Brought back from paper; not taken here and now, so no part of the sales. */
  imported: tally,
});

const drawer = z.strictObject({
  floatMinor: sum,
  given: tally,
  change: tally,
  refunds: tally,
  paidIn: tally,
  paidOut: tally,
  /** What should lie in it now. */
  dueMinor: sum,
});

const act = z.strictObject({
  place: entryPlace,
  atMs: timeMs,
  actor: text(64),
  approvedBy: z.nullable(text(32)),
  what: z.enum(['in', 'out', 'drawer']),
  amount: moneyWire,
  reason: text(MAX_REASON_BYTES),
});

const fate = z.strictObject({ fate: z.enum(PAYMENT_FATES), currency, count, sumMinor: sum });
const grandTotal = z.strictObject({ currency, sales: tally, refunds: tally });

/** What an X and a Z report have in common. */
const reportParts = {
  currency,
  takings: z.array(takings),
  /** Outside of a shift: after the Z report before and before this shift was opened. */
  outside: z.array(takings),
  drawerOpenings: count,
  /** Cash moved by hand and drawers opened without a sale, the first 500. */
  acts: z.array(act),
  /** What became of the payments since the Z report before, as far as it is known. */
  fates: z.array(fate),
  unsent: tally,
  grandTotals: z.array(grandTotal),
  parkedOrders: count,
} as const;

const xReport = z.strictObject({
  shift: openShift,
  madeAtMs: timeMs,
  /**
   * Blind counting: the sums by which somebody could work out what the drawer holds are left out until it was
   * counted: `drawer` is null, the cash tender and all that cash is part of is missing.
   */
  isBlind: z.boolean(),
  drawer: z.nullable(drawer),
  counts: count,
  ...reportParts,
});

const zSummary = z.strictObject({
  number: count,
  openedAtMs: timeMs,
  closedAtMs: timeMs,
  closedBy: text(64),
  /** Copies printed since the first. */
  copies: count,
  place: entryPlace,
});

const zReport = z.strictObject({
  number: count,
  terminalId: hex(8),
  openedAtMs: timeMs,
  openedBy: text(64),
  closedAtMs: timeMs,
  closedBy: text(64),
  /** Person ids of who gave leave: to close at all, for the difference, for what is unsent. */
  approvedBy: z.nullable(text(32)),
  differenceApprovedBy: z.nullable(text(32)),
  unsentApprovedBy: z.nullable(text(32)),
  /** Where the journal ended when it was made: the root that it prints. */
  journal: z.strictObject({ epoch: count, seq: count, hash: hex(32) }),
  previousDigest: hex(32),
  digest: hex(32),
  drawer,
  counted: countedCash,
  counts: count,
  firstCountMinor: sum,
  /** Counted less due: below zero where cash is missing. */
  differenceMinor: sum,
  reason: text(MAX_REASON_BYTES),
  copies: count,
  place: entryPlace,
  /** Digits of its signed head, to be printed as a QR. */
  digits: digitsText,
  /** The signed report, byte for byte as the journal keeps it. */
  signed: hex(MAX_ENTRY_BYTES),
  ...reportParts,
});

export const shiftCalls = calls({
  'shifts.open': {
    needs: 'run-shift',
    params: z.strictObject({ float: countedCash, approval }),
    result: openShift,
  },
  /** Null where no shift is open. */
  'shifts.current': { needs: null, params: nothing, result: z.nullable(openShift) },
  /** The last closing count: what should still lie in the drawer. Null before the first closing. */
  'shifts.suggestFloat': { needs: 'run-shift', params: nothing, result: z.nullable(countedCash) },
  'shifts.moveCash': {
    needs: 'move-cash',
    params: z.strictObject({
      direction: z.enum(['in', 'out']),
      /** More than zero. */
      amount: moneyWire,
      reason,
      approval,
    }),
    result: entryPlace,
  },
  /** Without a sale. */
  'shifts.openDrawer': {
    needs: 'open-drawer',
    params: z.strictObject({ reason, approval }),
    result: entryPlace,
  },
  /** Notes a count; as often as anybody wants before closing. Only now is it said what should be there. */
  'shifts.count': {
    needs: 'run-shift',
    params: z.strictObject({ counted: countedCash, approval }),
    result: z.strictObject({
      counts: count,
      dueMinor: sum,
      /** Counted less due. */
      differenceMinor: sum,
      /** A difference beyond this needs leave of somebody who may move cash. */
      limitMinor: sum,
    }),
  },
  'shifts.xReport': { needs: 'see-reports', params: z.strictObject({ approval }), result: xReport },
  /** Closes the shift with its last count and makes the Z report. */
  'shifts.close': {
    needs: 'run-shift',
    params: z.strictObject({
      /** Why the count differs; "" where it does not. */
      reason: boundedText(0, MAX_REASON_BYTES),
      /** True: close though payments are unsent. They stay, and are sent later. */
      confirmUnsent: z.boolean(),
      approval,
      /** Leave of `move-cash`, for a difference beyond the limit. */
      differenceApproval: approval,
      /** Leave of `leave-unsent`. */
      unsentApproval: approval,
    }),
    result: zReport,
  },
  'shifts.list': {
    needs: 'see-reports',
    params: z.strictObject({
      /** Z reports with numbers below this; null for the newest. */
      before: z.nullable(count),
      limit: z.int().check(z.minimum(1), z.maximum(200)),
      approval,
    }),
    result: z.strictObject({ rows: z.array(zSummary), hasMore: z.boolean() }),
  },
  'shifts.zReport': {
    needs: 'see-reports',
    params: z.strictObject({ number: count, approval }),
    result: zReport,
  },
  /** Notes that a Z report is printed again; which copy it is stands on it. */
  'shifts.reprint': {
    needs: 'reprint',
    params: z.strictObject({ number: count, approval }),
    result: z.strictObject({ copy: count, report: zReport }),
  },
});
