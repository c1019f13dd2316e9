/**
 * The cashier gives money back: part of a payment, all of it, or undoes it; now and then more than is left. The
 * customer's wallet scans the note. What was shown goes into the book; what a power cut kept from the screen does not.
 */
import { creditNoteFor } from '../../wallet/core/accept-credit-note.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import type { Approval } from './book.ts';
import type { Random } from './random.ts';
import type { Till } from './till.ts';
import type { World } from './world.ts';

/** What may kill a terminal between its commit and the cashier's screen. */
type BeforeShown = (till: Till) => Promise<boolean>;

export class Refunds {
  readonly #world: World;
  readonly #beforeShown: BeforeShown;
  readonly #random: Random;

  constructor(world: World, beforeShown: BeforeShown) {
    this.#world = world;
    this.#beforeShown = beforeShown;
    this.#random = world.random.fork('refunds');
  }

  /** Gives back of a payment that this till's cashier saw approved. */
  async giveBack(till: Till): Promise<void> {
    const { book, trace, network } = this.#world;
    const approval = this.#random.pick(book.approvals.filter((one) => one.till === till.name));
    if (approval === undefined || network.isCalm) return;
    const original = { epoch: approval.epoch, journalSeq: approval.journalSeq };
    const isVoid = this.#random.chance(0.25);
    const amountMinor = this.#amountOf(approval);
    const reason = { reason: 'Brought back', approval: null };
    const amount = { minor: amountMinor.toString(), currency: till.currency };
    const act = isVoid ? 'void' : 'refund';
    const answer = isVoid
      ? await till.call('refunds.void', { original, ...reason })
      : await till.call('refunds.make', { original, amount, method: 'credit-note', ...reason });
    if (await this.#beforeShown(till)) return trace.event(act, till.name, 'killed-before-shown');
    trace.event(act, till.name, answer.ok ? 'given-back' : answer.refusal.code);
    if (!answer.ok) return;
    const { refund, digits } = answer.value;
    book.gaveBack(approval, refund);
    if (digits !== null && this.#random.chance(0.7)) this.#show(approval, digits);
  }

  /** Now and then more than was paid. */
  #amountOf({ amountMinor }: Approval): bigint {
    if (this.#random.chance(0.06)) return amountMinor + 1n;
    const part = (amountMinor * BigInt(this.#random.integer(10, 100))) / 100n;
    return part > 0n ? part : 1n;
  }

  /** The wallet of that purse, if its device still knows the payment. */
  #show({ purseId }: Approval, digits: string): void {
    const { wallets, trace } = this.#world;
    const wallet = wallets.find(({ shelf }) => shelf.all().some((purse) => purse.purseId === purseId));
    if (wallet === undefined) return;
    const scanned = readScanned(digits, wallet.terminalCheck, Math.floor(wallet.nowMs / 1000));
    if (!scanned.ok && ['full-code-needed', 'forged', 'malformed'].includes(scanned.refusal.code))
      this.#world.violated('R1', `${wallet.name} cannot read a credit note that a terminal shows`);
    if (!scanned.ok || scanned.value.kind !== 'refund') {
      trace.event('take-note', wallet.name, scanned.ok ? 'wrong-kind' : scanned.refusal.code);
      return;
    }
    const note = creditNoteFor(wallet.shelf.all(), [], scanned.value.checked);
    trace.event('take-note', wallet.name, note.ok ? 'kept' : note.refusal.code);
  }
}
