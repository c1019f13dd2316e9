/** Reports as the contract carries them. */
import { toHex } from '../../../shared/bytes.ts';
import type { CallResult } from '../../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import { money, toWire } from '../../../shared/money.ts';
import type { CountedCash } from '../../../shared/protocol/bodies/shift.ts';
import { signZHead, zHeadText } from '../../../shared/protocol/z-head.ts';
import type { ZReport } from '../../../shared/protocol/z-report.ts';
import {
  cashDue,
  type Drawer,
  type KeyedTally,
  salesOf,
  type Takings,
  type Tally,
} from '../../../shared/shift/takings.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import type { ClosedShift, OpenShift, ShiftAct } from '../db/shifts.ts';
import type { Session } from '../session.ts';
import type { ReportParts } from './reports.ts';

type XReportWire = CallResult<'shifts.xReport'>;
type ZReportWire = CallResult<'shifts.zReport'>;
type TakingsWire = XReportWire['takings'][number];

/** Listed in a report; the sums have all of them. */
const MAX_LISTED_ACTS = 500;

export function openShiftWire(shift: OpenShift): CallResult<'shifts.open'> {
  const { shiftId, openedAtMs, openedBy, currency, floatMinor } = shift;
  return { shiftId, openedAtMs, openedBy, float: toWire(money(floatMinor, currency)) };
}

export function countedWire(
  { totalMinor, pieces }: CountedCash,
  currency: CurrencyCode,
): ZReportWire['counted'] {
  return {
    total: toWire(money(totalMinor, currency)),
    pieces:
      pieces?.map(({ valueMinor, pieces: count }) => ({
        valueMinor: valueMinor.toString(),
        pieces: count,
      })) ?? null,
  };
}

export function placeWire(position: bigint): { epoch: number; journalSeq: number } {
  return { epoch: epochOf(position), journalSeq: seqOf(position) };
}

const tally = ({ count, sumMinor }: Tally) => ({ count, sumMinor: sumMinor.toString() });
const keyed = ({ key, count, sumMinor }: KeyedTally) => ({ key, count, sumMinor: sumMinor.toString() });

function takingsWire(takings: Takings): TakingsWire {
  return {
    currency: takings.currency,
    sales: tally(salesOf(takings)),
    tenders: takings.tenders.map(keyed),
    people: takings.people.map(keyed),
    declines: takings.declines.map(keyed),
    taxes: takings.taxes.map(({ netMinor, taxMinor, ...rate }) => ({
      ...rate,
      netMinor: netMinor.toString(),
      taxMinor: taxMinor.toString(),
    })),
    orders: tally(takings.orders),
    withoutOrder: tally(takings.withoutOrder),
    refunds: tally(takings.refunds),
    voids: tally(takings.voids),
    discounts: tally(takings.discounts),
    overrides: tally(takings.overrides),
    tips: tally(takings.tips),
    rounding: tally(takings.rounding),
    imported: tally(takings.imported),
  };
}

function drawerWire(drawer: Drawer): ZReportWire['drawer'] {
  return {
    floatMinor: drawer.floatMinor.toString(),
    given: tally(drawer.given),
    change: tally(drawer.change),
    refunds: tally(drawer.refunds),
    paidIn: tally(drawer.paidIn),
    paidOut: tally(drawer.paidOut),
    dueMinor: cashDue(drawer).toString(),
  };
}

function actWire(act: ShiftAct): ZReportWire['acts'][number] {
  const { position, atMs, actor, approvedBy, what, amountMinor, currency, reason } = act;
  const amount = toWire(money(amountMinor, currency));
  return { place: placeWire(position), atMs, actor, approvedBy, what, amount, reason };
}

function partsWire(
  { store }: Session,
  number: number,
  currency: CurrencyCode,
  parts: Omit<ReportParts, 'drawer'>,
) {
  return {
    currency,
    takings: parts.takings.map(takingsWire),
    outside: parts.outside.map(takingsWire),
    acts: store.shifts.acts(number, MAX_LISTED_ACTS).map(actWire),
    fates: parts.fates.map((row) => ({ ...row, sumMinor: row.sumMinor.toString() })),
    unsent: tally(parts.unsent),
    grandTotals: parts.grandTotals.map(({ currency: of, sales, refunds }) => ({
      currency: of,
      sales: tally(sales),
      refunds: tally(refunds),
    })),
    parkedOrders: parts.parkedOrders,
  };
}

const HIDDEN = { count: 0, sumMinor: '0' };

/** Without all that cash is part of: what is left tells nobody what the drawer should hold. */
function withoutCash(takings: TakingsWire): TakingsWire {
  return {
    ...takings,
    tenders: takings.tenders.filter(({ key }) => key.endsWith('-code')),
    sales: HIDDEN,
    people: [],
    taxes: [],
    orders: HIDDEN,
    refunds: HIDDEN,
    voids: HIDDEN,
    tips: HIDDEN,
    rounding: HIDDEN,
  };
}

export function xReportWire(
  session: Session,
  shift: OpenShift,
  parts: ReportParts,
  isBlind: boolean,
): XReportWire {
  const wire = partsWire(session, shift.shiftId, shift.currency, parts);
  return {
    ...wire,
    takings: isBlind ? wire.takings.map(withoutCash) : wire.takings,
    acts: isBlind ? [] : wire.acts,
    grandTotals: isBlind ? [] : wire.grandTotals,
    shift: openShiftWire(shift),
    madeAtMs: session.ports.clock.nowMs(),
    isBlind,
    drawer: isBlind ? null : drawerWire(parts.drawer),
    counts: session.store.shifts.counts(shift.shiftId).length,
    drawerOpenings: parts.drawer.openings,
  };
}

export function zReportWire(session: Session, shift: ClosedShift, report: ZReport): ZReportWire {
  const { enrolment, keys } = session;
  const { number, currency, journal } = report;
  return {
    ...partsWire(session, number, currency, report),
    number,
    terminalId: toHex(report.terminalId),
    openedAtMs: report.openedAtMs,
    openedBy: report.openedBy,
    closedAtMs: report.closedAtMs,
    closedBy: report.closedBy,
    approvedBy: report.approvedBy,
    differenceApprovedBy: report.differenceApprovedBy,
    unsentApprovedBy: report.unsentApprovedBy,
    journal: { epoch: journal.epoch, seq: journal.seq, hash: toHex(journal.hash) },
    previousDigest: toHex(report.previousDigest),
    digest: toHex(report.digest),
    drawer: drawerWire(report.drawer),
    drawerOpenings: report.drawer.openings,
    counted: countedWire(report.counted, currency),
    counts: report.counts,
    firstCountMinor: report.firstCountMinor.toString(),
    differenceMinor: report.differenceMinor.toString(),
    reason: report.reason,
    copies: shift.copies,
    place: placeWire(shift.closedPosition),
    // Ed25519 is deterministic here: the same head, the same digits, each time
    digits: zHeadText(signZHead(report, enrolment.world, keys.signer), enrolment.certificate),
    signed: toHex(report.bytes),
  };
}
