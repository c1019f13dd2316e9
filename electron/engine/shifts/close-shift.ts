/**
 * Closes the shift: compares the last count with what should be there and makes the Z report, which is the body of
 * the closing entry. One transaction, so after a crash the shift is open, or closed with its one report. Loses
 * nothing that is unsent, and says how much that is.
 */
import { idBytes } from '../../../shared/ids.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import type { Permission } from '../../../shared/people/roles.ts';
import { NO_DIGEST, readZReport, signZReport, type ZReport } from '../../../shared/protocol/z-report.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenOrder } from '../../../shared/sale/order.ts';
import { smallestNote } from '../../../shared/shift/denominations.ts';
import { cashDue } from '../../../shared/shift/takings.ts';
import type { Person } from '../db/people.ts';
import type { OpenShift } from '../db/shifts.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { reportParts } from './reports.ts';

export interface Closing {
  readonly reason: string;
  readonly confirmUnsent: boolean;
  /** Who gave leave for what the closing person may not do alone; null where they may. */
  readonly leave: (permission: Permission, of: 'difference' | 'unsent') => Result<Person | null>;
}

/** A difference beyond this needs leave: the smallest note, what a shop feels in each currency's own measure. */
export function differenceLimit(currency: CurrencyCode): bigint {
  return smallestNote(currency);
}

const cashOf = ({ tenders }: OpenOrder): bigint =>
  tenders.reduce((sum, { givenMinor, amountMinor }) => sum + (givenMinor === null ? 0n : amountMinor), 0n);

/** Cash of orders that are not closed lies in the drawer, and no entry says so yet. */
function checkOrders(store: Store): Result<undefined> {
  const current = store.openOrders.current();
  const orders = [
    ...(current === undefined ? [] : [current]),
    ...store.openOrders.parked().map(({ order }) => order),
  ];
  const holding = orders.map(cashOf).filter((cashMinor) => cashMinor > 0n);
  if (holding.length === 0) return ok(undefined);
  const amountMinor = holding.reduce((sum, cashMinor) => sum + cashMinor, 0n).toString();
  return refused({ code: 'orders-hold-cash', detail: { count: holding.length, amountMinor } });
}

/** The leave that a difference beyond the limit needs; null where it needs none or the closing person has it. */
function checkDifference(
  shift: OpenShift,
  differenceMinor: bigint,
  { reason, leave }: Closing,
): Result<Person | null> {
  if (differenceMinor === 0n) return ok(null);
  if (reason === '') {
    return refused({ code: 'reason-needed', detail: { differenceMinor: differenceMinor.toString() } });
  }
  const limitMinor = differenceLimit(shift.currency);
  const isBeyond = differenceMinor > limitMinor || differenceMinor < -limitMinor;
  return isBeyond ? leave('move-cash', 'difference') : ok(null);
}

function checkUnsent(
  unsent: { readonly count: number; readonly sumMinor: bigint },
  { confirmUnsent, leave }: Closing,
): Result<Person | null> {
  if (unsent.count === 0) return ok(null);
  if (!confirmUnsent) {
    const { count, sumMinor } = unsent;
    return refused({ code: 'unsent-payments', detail: { count, amountMinor: sumMinor.toString() } });
  }
  return leave('leave-unsent', 'unsent');
}

export function closeShift({ session, person, approver }: Attended, closing: Closing): Result<ZReport> {
  const { store, ports, keys, enrolment } = session;
  const shift = store.shifts.current();
  if (shift === undefined) return refused({ code: 'shift-needed' });
  const orders = checkOrders(store);
  if (!orders.ok) return orders;
  const counts = store.shifts.counts(shift.shiftId);
  const counted = counts.at(-1);
  if (counted === undefined) return refused({ code: 'count-needed' });
  const parts = reportParts(store, shift);
  const difference = checkDifference(shift, counted.totalMinor - cashDue(parts.drawer), closing);
  if (!difference.ok) return difference;
  const unsent = checkUnsent(parts.unsent, closing);
  if (!unsent.ok) return unsent;
  const closedAtMs = ports.clock.nowMs();
  return store.write(() => {
    const { epoch, seq, hash } = store.journal.tip;
    const body = signZReport(
      {
        ...parts,
        number: shift.shiftId,
        terminalId: idBytes(enrolment.certificate.terminalId),
        currency: shift.currency,
        previousDigest: store.shifts.closed(shift.shiftId - 1)?.zDigest ?? NO_DIGEST,
        journal: { epoch, seq, hash },
        openedAtMs: shift.openedAtMs,
        openedBy: shift.openedBy,
        closedAtMs,
        closedBy: person.name,
        approvedBy: approver?.personId ?? null,
        differenceApprovedBy: difference.value?.personId ?? null,
        unsentApprovedBy: unsent.value?.personId ?? null,
        counted: { totalMinor: counted.totalMinor, pieces: counted.pieces },
        counts: counts.length,
        firstCountMinor: counts[0]?.totalMinor ?? counted.totalMinor,
        reason: closing.reason,
      },
      enrolment.world,
      keys.signer,
    );
    record(store, { kind: 'shift-closed', atMs: closedAtMs, actor: person.name, body });
    return readZReport(body);
  });
}
