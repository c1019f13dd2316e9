/** Calls about payments and invoices. */
import { fromWire } from '../../../shared/money.ts';
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { positionOf } from '../db/journal.ts';
import type { RoomCalls } from '../room.ts';
import { acceptPayment } from './accept-payment.ts';
import { importPaper } from './import-paper.ts';
import { cancelInvoice, issueInvoice } from './issue-invoice.ts';
import { issueReceipt } from './issue-receipt.ts';
import { paperCopy, unsentPapers } from './paper-copy.ts';

/** Larger than any position: the newest rows. */
const NEWEST = 2n ** 62n;

export function paymentCalls(
  core: EngineCore,
): RoomCalls<
  | 'payments.accept'
  | 'payments.receipt'
  | 'payments.list'
  | 'payments.paperCopy'
  | 'payments.paperCopies'
  | 'payments.import'
  | 'invoices.issue'
  | 'invoices.cancel'
> {
  return {
    'payments.accept': async ({ amount, scan }, { session, person }) => {
      const read = fromWire(amount);
      if (read === undefined) return refused({ code: 'amount-invalid' });
      const answer = await acceptPayment(session, person.name, read, scan);
      if (answer.ok) core.tellLater(answer.value.payment);
      return answer;
    },

    'payments.receipt': ({ epoch, journalSeq }) => {
      if (core.session === undefined) return refused({ code: 'not-enrolled' });
      return issueReceipt(core.session, epoch, journalSeq);
    },

    'payments.list': ({ before, limit }) => {
      if (core.session === undefined) return refused({ code: 'not-enrolled' });
      const from = before === null ? NEWEST : positionOf(before.epoch, before.journalSeq);
      const rows = core.session.store.payments.list(from, limit + 1);
      return ok({ rows: rows.slice(0, limit), hasMore: rows.length > limit });
    },

    'payments.paperCopy': ({ epoch, journalSeq }, { session }) => {
      const digits = paperCopy(session, positionOf(epoch, journalSeq));
      return digits.ok ? ok({ digits: [...digits.value] }) : digits;
    },

    'payments.paperCopies': ({ shift, after, limit }, { session }) => {
      const from = after === null ? 0n : positionOf(after.epoch, after.journalSeq);
      return unsentPapers(session, shift, from, limit);
    },

    'payments.import': ({ scans }, by) => {
      const imported = importPaper(by, scans);
      if (!imported.ok) return imported;
      const isNews = imported.value.some(({ isNew }) => isNew);
      if (isNews) core.tellLater(imported.value.at(-1)?.payment);
      return ok({ payments: [...imported.value] });
    },

    'invoices.issue': ({ amount, reference }, { session, person }) => {
      const read = fromWire(amount);
      if (read === undefined) return refused({ code: 'amount-invalid' });
      const issued = issueInvoice(session, person.name, read, reference);
      if (issued.ok) core.queue?.wake();
      return issued;
    },

    'invoices.cancel': ({ invoiceId }, { session, person }) => {
      const cancelled = cancelInvoice(session, person.name, invoiceId);
      return cancelled.ok ? ok({}) : cancelled;
    },
  };
}
