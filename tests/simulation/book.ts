/**
 * What an onlooker with perfect memory writes down: every "approved" that a cashier saw, every state that a
 * payment was said to be in, everything that a wallet signed. Judges what can be judged at once; the rest is
 * for the audits. It never looks into the parts that it watches.
 */

import type { RefundRow } from '../../shared/contract/terminal/after-the-sale.ts';
import type { PaymentRow, PaymentState } from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { contradict } from '../../shared/protocol/double-spend.ts';
import { type Payment, readPayment } from '../../shared/protocol/payment.ts';
import { readArray } from '../../shared/protocol/shape.ts';

/** What is behind a text that somebody shows to a cashier. */
export interface ShownCode {
  readonly text: string;
  readonly mode: 'quick' | 'bound';
  /** The invoice that a bound one answers. */
  readonly invoiceId: string | null;
  /** Null when no purse of this world has signed it, or not so. */
  readonly purse: { readonly purseId: string; readonly counter: number } | null;
  readonly currency: CurrencyCode;
  /** As much as may be charged with it. */
  readonly mostMinor: bigint;
  /** True time. */
  readonly shownAtMs: number;
  /** True time from which on every right clock calls it expired; never for a bound one, whose invoice expires. */
  readonly staleAtMs: number;
}

/** A cashier saw "approved" and let the customer go. */
export interface Approval {
  readonly till: string;
  readonly epoch: number;
  readonly journalSeq: number;
  readonly paymentId: string;
  readonly purseId: string;
  readonly counter: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** A cashier saw a credit note. */
export interface GivenBack {
  readonly till: string;
  readonly epoch: number;
  readonly journalSeq: number;
  readonly amountMinor: bigint;
  readonly of: Approval;
}

/** Where and when a cashier saw it. */
export interface Place {
  readonly till: string;
  /** True time. */
  readonly nowMs: number;
  readonly isClockRight: boolean;
  /** Of the bundle that the terminal has; 0 when none. */
  readonly trustVersion: number;
  /** Approved there and not settled, this payment included. */
  readonly exposure: { readonly sumMinor: bigint; readonly limitMinor: bigint } | null;
}

const RANK: Record<PaymentState, number> = {
  'approved-offline': 0,
  sent: 1,
  settled: 2,
  'settled-guaranteed': 2,
  rejected: 2,
  declined: 2,
};

export interface Sent {
  readonly till: string;
  readonly epoch: number;
  readonly seq: number;
}

export class Book {
  readonly approvals: Approval[] = [];
  readonly givenBack: GivenBack[] = [];
  readonly codes: ShownCode[] = [];
  /** Purses whose book in the wallet went back: they may contradict themselves. */
  readonly rolledBack = new Set<string>();
  /** Purses that the operator revoked, with the version of the first trust bundle that says so. */
  readonly revoked = new Map<string, number>();
  readonly #violated: (invariant: string, what: string) => void;
  readonly #doubleSpent: () => void;
  readonly #approvedCodes = new Map<string, Approval>();
  readonly #paidInvoices = new Set<string>();
  readonly #states = new Map<string, PaymentState>();
  readonly #signed = new Map<string, Payment[]>();
  /** Refused as expired: till and code. */
  readonly #expired = new Set<string>();
  #sent: Sent[] = [];

  /** @param doubleSpent told of each payment that a second till took, of a purse whose book went back */
  constructor(violated: (invariant: string, what: string) => void, doubleSpent: () => void) {
    this.#violated = violated;
    this.#doubleSpent = doubleSpent;
  }

  shown(code: ShownCode): void {
    this.codes.push(code);
  }

  /** The cashier saw the credit note. What the shop has given back is never more than it took (S22). */
  gaveBack(of: Approval, { epoch, journalSeq, amount }: RefundRow): void {
    const { till } = of;
    this.givenBack.push({ till, epoch, journalSeq, amountMinor: BigInt(amount.minor), of });
    const sum = this.givenBack
      .filter((one) => one.of === of)
      .reduce((total, { amountMinor }) => total + amountMinor, 0n);
    // a rejected refund may be made again: then the payment was rejected, or the till was told so
    if (sum > of.amountMinor && this.#states.get(`${till} ${of.epoch}/${of.journalSeq}`) !== 'rejected')
      this.#violated('S22', `${till} gave back ${sum} of ${of.amountMinor}`);
  }

  /** The cashier saw "approved" for this code. */
  approved(place: Place, code: ShownCode, row: PaymentRow): void {
    const { till } = place;
    const amountMinor = BigInt(row.amount.minor);
    if (code.purse === null || amountMinor > code.mostMinor || row.amount.currency !== code.currency) {
      this.#violated('S12', `${till} approved ${row.amount.minor} on a code that is not worth it`);
      return;
    }
    const approval: Approval = {
      till,
      epoch: row.epoch,
      journalSeq: row.journalSeq,
      paymentId: row.paymentId ?? '',
      ...code.purse,
      amountMinor,
      currency: code.currency,
    };
    const name = `${till} ${approval.purseId}/${approval.counter}`;
    if (this.#approvedCodes.has(name))
      this.#violated('S13', `${till} approved counter ${approval.counter} twice`);
    this.#judge(place, code, approval);
    if (this.#expired.has(`${till} ${code.text}`))
      this.#violated('S17', `${till} approved what was expired before`);
    if (
      this.rolledBack.has(approval.purseId) &&
      this.approvedAt(approval.purseId, approval.counter).length > 0
    )
      this.#doubleSpent();
    if (code.invoiceId !== null && this.#paidInvoices.has(code.invoiceId))
      this.#violated('S13', `${till} took two payments for one invoice`);
    if (code.invoiceId !== null) this.#paidInvoices.add(code.invoiceId);
    this.#approvedCodes.set(name, approval);
    this.approvals.push(approval);
  }

  /** What the terminal could know when it said yes. */
  #judge(
    { till, nowMs, isClockRight, trustVersion, exposure }: Place,
    code: ShownCode,
    approval: Approval,
  ): void {
    if (isClockRight && nowMs >= code.staleAtMs)
      this.#violated('S17', `${till} approved a code that was shown ${nowMs - code.shownAtMs} ms before`);
    const revokedIn = this.revoked.get(approval.purseId);
    if (revokedIn !== undefined && trustVersion >= revokedIn)
      this.#violated('S19', `${till} approved a purse that its trust bundle calls revoked`);
    if (exposure !== null && exposure.sumMinor > exposure.limitMinor)
      this.#violated('S15', `${till} has ${exposure.sumMinor} at risk, and ${exposure.limitMinor} allowed`);
  }

  /** @param nowMs true time: what a wrong clock calls expired may be fresh again when it is mended */
  refusedAsExpired(till: string, code: ShownCode, nowMs: number): void {
    if (nowMs >= code.staleAtMs) this.#expired.add(`${till} ${code.text}`);
  }

  /** Tills at which this payment was approved. */
  approvedAt(purseId: string, counter: number): readonly string[] {
    return this.approvals
      .filter((approval) => approval.purseId === purseId && approval.counter === counter)
      .map(({ till }) => till);
  }

  /** A terminal says how a payment stands. */
  stated(till: string, row: PaymentRow): void {
    const name = `${till} ${row.epoch}/${row.journalSeq}`;
    const before = this.#states.get(name);
    const isForward = before === undefined || before === row.state || RANK[row.state] > RANK[before];
    if (!isForward) this.#violated('S16', `${name} went from ${before} to ${row.state}`);
    this.#states.set(name, row.state);
    if (row.state !== 'approved-offline' && row.state !== 'declined' && before !== row.state)
      this.#sent.push({ till, epoch: row.epoch, seq: row.journalSeq });
  }

  /** Payments that were said to be sent since the last time. */
  takeSent(): readonly Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** A wallet's key signed this Sig_structure. */
  signed(purseId: string, toBeSigned: Uint8Array): void {
    const [, header, , payload] = readArray(decodeCbor(toBeSigned), 4);
    const payment = readPayment([header ?? null, new Map(), payload ?? null, new Uint8Array(64)]);
    const earlier = this.#signed.get(purseId) ?? [];
    this.#signed.set(purseId, [...earlier, payment]);
    if (this.rolledBack.has(purseId)) return;
    if (payment.spentMinor < this.#chargedBefore(purseId, payment.counter) && !this.revoked.has(purseId))
      this.#violated('W4', `an honest wallet signed ${payment.spentMinor} as spent, and more was charged`);
    const other = earlier.find((candidate) => contradict(candidate, payment));
    if (other !== undefined)
      this.#violated(
        'W1',
        `an honest wallet signed counters ${other.counter} and ${payment.counter}, which contradict`,
      );
  }

  /** What tills took from the purse: of a payment that several took the least, for only one of them is settled. */
  #chargedBefore(purseId: string, counter: number): bigint {
    const least = new Map<number, bigint>();
    for (const approval of this.approvals) {
      if (approval.purseId !== purseId || approval.counter >= counter) continue;
      const known = least.get(approval.counter);
      if (known === undefined || approval.amountMinor < known)
        least.set(approval.counter, approval.amountMinor);
    }
    return [...least.values()].reduce((sum, amountMinor) => sum + amountMinor, 0n);
  }
}
