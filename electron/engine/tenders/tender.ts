/**
 * What a payment method is: one interface, so that a new one is a new folder here and one line in registry.ts.
 * A method decides whether it takes a part of an order; what that means for the order is not its affair. It must
 * call `keep` inside its own transaction, once, and must not say `taken` before that transaction is on disk.
 */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { CashRounding } from '../../../shared/sale/cash-rounding.ts';
import type { Tender } from '../../../shared/sale/order.ts';
import type { Person } from '../db/people.ts';
import type { Session } from '../session.ts';

/** What a method says about the part that it took; tip, time and person are the order's to add. */
export type TenderPart = Pick<Tender, 'amountMinor' | 'roundingMinor' | 'givenMinor' | 'sale'>;

export interface TenderAsk {
  readonly session: Session;
  readonly person: Person;
  readonly orderId: string;
  readonly currency: CurrencyCode;
  /** Still to pay, more than nothing. */
  readonly restMinor: bigint;
  readonly cashRounding: CashRounding;
  /** What to take, more than nothing; null for all of the rest. */
  readonly amountMinor: bigint | null;
  /** What the method needs to know, as the window sent it: anything at all. */
  readonly input: string;
  /** Makes the part one of the order's, and closes the order with it when nothing is left to pay. */
  readonly keep: (part: TenderPart) => void;
}

/** The payment where the method has one. */
export type TenderAnswer =
  | { readonly verdict: 'taken'; readonly payment: PaymentRow | null }
  | { readonly verdict: 'declined'; readonly payment: PaymentRow | null; readonly refusal: Refusal };

export interface TenderMethod {
  /** For ever: it is in journals. Lower-case words with hyphens, 32 bytes at most. */
  readonly method: string;
  readonly take: (ask: TenderAsk) => Result<TenderAnswer> | Promise<Result<TenderAnswer>>;
}

/** For a method that pays to the unit and gives nothing back: what to take, never above what is due. */
export function exactAmount({
  amountMinor,
  restMinor,
}: TenderAsk): Result<bigint, Refusal<'tender-over-due'>> {
  const asked = amountMinor ?? restMinor;
  return asked > restMinor
    ? refused({ code: 'tender-over-due', detail: { amountMinor: restMinor.toString() } })
    : ok(asked);
}
