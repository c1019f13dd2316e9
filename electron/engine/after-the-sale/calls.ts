/** Calls about what comes after a sale. */

import type { RefundRow } from '../../../shared/contract/terminal/after-the-sale.ts';
import type { CallResult } from '../../../shared/contract/terminal.ts';
import { fromWire, money } from '../../../shared/money.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { positionOf } from '../db/journal.ts';
import type { Attended, RoomCalls } from '../room.ts';
import type { Session } from '../session.ts';
import { creditNote } from './credit-note.ts';
import { findOriginal, findVoidable, giveBack } from './give-back.ts';
import { reprint } from './reprint.ts';

type RefundAnswer = CallResult<'refunds.make'>;

export function afterTheSaleCalls(
  core: EngineCore,
): RoomCalls<
  'refunds.make' | 'refunds.void' | 'refunds.list' | 'refunds.note' | 'papers.reprint' | 'payments.search'
> {
  /** Told after it is on disk, as every answer. */
  const answered = ({ session }: Attended, given: Result<RefundRow>): Result<RefundAnswer> => {
    if (!given.ok) return given;
    const { epoch, journalSeq, original, method } = given.value;
    const digits = method === 'cash' ? ok(null) : creditNote(session, positionOf(epoch, journalSeq));
    if (!digits.ok) return digits;
    const payment = paymentAt(session, original);
    core.tellLater(payment ?? undefined);
    return ok({ refund: given.value, digits: digits.value, payment });
  };

  return {
    'refunds.make': ({ original, amount, method, reason }, by) => {
      const wanted = fromWire(amount);
      if (wanted === undefined) return refused({ code: 'amount-invalid' });
      const found = findOriginal(by, positionOf(original.epoch, original.journalSeq), method);
      if (!found.ok) return found;
      const wish = { original: found.value, amount: wanted, what: 'refund', method, reason } as const;
      return answered(by, giveBack(by, wish));
    },

    'refunds.void': ({ original, reason }, by) => {
      const found = findVoidable(by, positionOf(original.epoch, original.journalSeq));
      if (!found.ok) return found;
      const { left } = found.value;
      const amount = money(left.minor, left.currency);
      const wish = { original: found.value, amount, what: 'void', method: 'credit-note', reason } as const;
      return answered(by, giveBack(by, wish));
    },

    'refunds.list': ({ original }, { session }) =>
      ok([...session.store.refunds.of(positionOf(original.epoch, original.journalSeq))]),

    'refunds.note': ({ epoch, journalSeq }) => {
      if (core.session === undefined) return refused({ code: 'not-enrolled' });
      const digits = creditNote(core.session, positionOf(epoch, journalSeq));
      return digits.ok ? ok({ digits: digits.value }) : digits;
    },

    'papers.reprint': ({ what, original }, by) => {
      const copied = reprint(by, what, original);
      if (!copied.ok) return copied;
      const position = positionOf(original.epoch, original.journalSeq);
      const note = what === 'credit-note' ? creditNote(by.session, position) : undefined;
      core.tellLater();
      return ok({
        ...copied.value,
        digits: note?.ok === true ? note.value : null,
        payment: what === 'receipt' ? paymentAt(by.session, original) : null,
        refund: what === 'credit-note' ? (by.session.store.refunds.find(position) ?? null) : null,
      });
    },

    'payments.search': ({ amountMinor, ...search }, { session }) => {
      const found = session.store.paymentSearch.find({
        ...search,
        amountMinor: amountMinor === null ? null : BigInt(amountMinor),
      });
      return ok({ rows: [...found.rows], next: found.next });
    },
  };
}

function paymentAt(session: Session, place: RefundRow['original']): RefundAnswer['payment'] {
  return session.store.payments.find(positionOf(place.epoch, place.journalSeq)) ?? null;
}
