/** After the sale: giving money back, printing again, finding a payment. */
import * as z from 'zod/mini';
import { REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import { MAX_REASON_BYTES } from '../../protocol/bodies/refund.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, count, digitsText, entryPlace, text, timeMs } from './call.ts';
import { paymentRow, paymentState } from './payments.ts';

export const refundRow = z.strictObject({
  epoch: count,
  journalSeq: count,
  /** The sale, or the order whose cash it gave back. */
  original: entryPlace,
  atMs: timeMs,
  what: z.enum(['refund', 'void']),
  method: z.enum(['credit-note', 'cash']),
  /** Cash is settled when it is paid out. */
  state: z.enum(['made', 'sent', 'settled', 'rejected']),
  amount: moneyWire,
  /** Of the credit note. */
  refundId: z.nullable(text(32)),
  cashier: text(64),
  /** Person id of who gave leave for it. */
  approvedBy: z.nullable(text(32)),
  reason: text(MAX_REASON_BYTES),
  rejectReason: z.nullable(z.enum(REJECT_REASONS)),
});

/** Why it is given back: something to read. */
const reason = boundedText(1, MAX_REASON_BYTES).check(z.regex(/\S/u));

const refundAnswer = z.strictObject({
  refund: refundRow,
  /** The credit note, for the customer's wallet to scan; null where cash was paid out. */
  digits: z.nullable(digitsText),
  /** The payment as it is now; null of an order that was paid in cash. */
  payment: z.nullable(paymentRow),
});

/** Where the next page begins. `epoch` and `journalSeq` of the last row that was looked at, and its time. */
const searchCursor = z.strictObject({ epoch: count, journalSeq: count, atMs: timeMs });

export const MAX_SEARCH_TEXT = 100;

export const afterTheSaleCalls = calls({
  /** Gives back all or a part: what is left of a payment by code, or of an order's cash. */
  'refunds.make': {
    needs: 'refund',
    params: z.strictObject({
      original: entryPlace,
      amount: moneyWire,
      method: z.enum(['credit-note', 'cash']),
      reason,
      approval,
    }),
    result: refundAnswer,
  },
  /** Undoes an approved payment of the open shift whole: the same money as a refund of all of it. */
  'refunds.void': {
    needs: 'void',
    params: z.strictObject({ original: entryPlace, reason, approval }),
    result: refundAnswer,
  },
  /** What was given back of a sale or an order, in the order in which it was. */
  'refunds.list': {
    needs: 'person',
    params: z.strictObject({ original: entryPlace }),
    result: z.array(refundRow),
  },
  /** The credit note again, to be scanned; a paper copy is a reprint. */
  'refunds.note': { needs: null, params: entryPlace, result: z.strictObject({ digits: digitsText }) },
  /** Numbers a copy, and gives what is on it; the lines of an order and the digits of a receipt have own calls. */
  'papers.reprint': {
    needs: 'reprint',
    params: z.strictObject({
      what: z.enum(['receipt', 'credit-note', 'order']),
      original: entryPlace,
      approval,
    }),
    result: z.strictObject({
      /** 1 for the first copy; printed on it. */
      copy: count,
      atMs: timeMs,
      /** Of a credit note. */
      digits: z.nullable(digitsText),
      payment: z.nullable(paymentRow),
      refund: z.nullable(refundRow),
    }),
  },
  /**
   * Payments and declines that match all that is given, the newest first. A page looks at a bounded number of
   * rows, so it may hold few or none and `next` still lead on.
   */
  'payments.search': {
    needs: 'see-history',
    params: z.strictObject({
      amountMinor: z.nullable(z.string().check(z.regex(/^[1-9][0-9]{0,15}$/))),
      /** The first 4 or more characters of a payment id, or the last 4 of a purse id. */
      code: z.nullable(z.string().check(z.regex(/^[0-9a-fA-F]{4,32}$/))),
      fromMs: z.nullable(timeMs),
      /** Not included. */
      toMs: z.nullable(timeMs),
      /** Beginnings of words of the order's lines and notes, or the cashier's name. */
      text: z.nullable(text(MAX_SEARCH_TEXT)),
      state: z.nullable(paymentState),
      after: z.nullable(searchCursor),
      limit: z.int().check(z.minimum(1), z.maximum(200)),
    }),
    result: z.strictObject({ rows: z.array(paymentRow), next: z.nullable(searchCursor) }),
  },
});

export type RefundRow = z.infer<typeof refundRow>;
