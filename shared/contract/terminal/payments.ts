/** Payments and invoices: taking them, listing them, their receipts. */
import * as z from 'zod/mini';
import { LOSS_BEARERS, OUTCOME_STATES, REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import { MAX_REFERENCE_BYTES } from '../../protocol/invoice.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire, refusalWire } from '../refusal-wire.ts';
import { approval, calls, count, digitsText, entryPlace, nothing, scanText, text, timeMs } from './call.ts';

export const paymentState = z.enum(['approved-offline', 'sent', ...OUTCOME_STATES, 'declined']);

export const paymentRow = z.strictObject({
  epoch: count,
  journalSeq: count,
  atMs: timeMs,
  state: paymentState,
  amount: moneyWire,
  mode: z.enum(['quick', 'bound', 'unknown']),
  paymentId: z.nullable(text(32)),
  /** Last four characters of the purse id: enough to find it, not to name the customer. */
  purseTail: z.nullable(text(4)),
  cashier: text(64),
  /** Why the terminal declined. */
  refusal: z.nullable(refusalWire),
  /** Why the clearing house rejected. */
  rejectReason: z.nullable(z.enum(REJECT_REASONS)),
  lossBearer: z.nullable(z.enum(LOSS_BEARERS)),
  /** Given back of it so far, without what the clearing house rejected. */
  refunded: moneyWire,
  isVoided: z.boolean(),
  /** Charged by another terminal of the shop, and brought back here from its receipt. */
  isFromPaper: z.boolean(),
  /** The order that it is a tender of. */
  orderId: z.nullable(text(16)),
});

/** To be scanned in any order. */
const paperDigits = z.array(digitsText).check(z.minLength(1), z.maxLength(2));

export const acceptAnswer = z.union([
  z.strictObject({ verdict: z.literal('approved'), payment: paymentRow }),
  z.strictObject({ verdict: z.literal('declined'), payment: paymentRow, refusal: refusalWire }),
]);

/**
 * `accept` never answers before its journal entry is on disk. Refusals outside of a decision (nobody signed
 * in, storage failed) come as `{ok: false}` of the call itself.
 */
export const paymentCalls = calls({
  'payments.accept': {
    needs: 'sell',
    params: z.strictObject({ amount: moneyWire, scan: scanText }),
    result: acceptAnswer,
  },
  /** The signed receipt of a payment that was approved here, as often as anybody asks. */
  'payments.receipt': {
    needs: null,
    params: entryPlace,
    /** Digits, for the customer's wallet to scan. */
    result: z.strictObject({ digits: digitsText }),
  },
  'payments.list': {
    needs: null,
    params: z.strictObject({
      /** Rows before this journal seq of this epoch; null for the newest. */
      before: z.nullable(entryPlace),
      limit: z.int().check(z.minimum(1), z.maximum(200)),
    }),
    result: z.strictObject({ rows: z.array(paymentRow), hasMore: z.boolean() }),
  },
  /** What a receipt carries beside its words, so that a dead terminal is rebuilt from paper: one picture or two. */
  'payments.paperCopy': {
    needs: 'reprint',
    params: entryPlace,
    result: z.strictObject({ digits: paperDigits }),
  },
  /** The same of all payments that the clearing house does not hold, in pages: for the paper of a Z report. */
  'payments.paperCopies': {
    needs: 'reprint',
    params: z.strictObject({
      /** Of this shift, open or closed; null for all. */
      shift: z.nullable(count),
      after: z.nullable(entryPlace),
      limit: z.int().check(z.minimum(1), z.maximum(50)),
    }),
    result: z.strictObject({
      papers: z.array(
        z.strictObject({ epoch: count, journalSeq: count, amount: moneyWire, digits: paperDigits }),
      ),
      /** Pass it as `after`; null when this was the last page. */
      next: z.nullable(entryPlace),
    }),
  },
  /**
   * Brings payments of a dead terminal of this shop back from its receipts: all of them, or none. A payment that is
   * here already is answered as it is, and nothing is written.
   */
  'payments.import': {
    needs: 'backup',
    params: z.strictObject({ scans: z.array(scanText).check(z.minLength(1), z.maxLength(64)), approval }),
    result: z.strictObject({
      payments: z.array(z.strictObject({ payment: paymentRow, isNew: z.boolean() })),
    }),
  },
  'invoices.issue': {
    needs: 'sell',
    params: z.strictObject({ amount: moneyWire, reference: boundedText(0, MAX_REFERENCE_BYTES) }),
    result: z.strictObject({ invoiceId: text(32), digits: digitsText, expiresAtMs: timeMs }),
  },
  'invoices.cancel': { needs: 'sell', params: z.strictObject({ invoiceId: text(32) }), result: nothing },
});

export type PaymentRow = z.infer<typeof paymentRow>;
export type PaymentState = z.infer<typeof paymentState>;
export type AcceptAnswer = z.infer<typeof acceptAnswer>;
