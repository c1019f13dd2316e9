/**
 * The cashier at a till: scans, sees an answer, gives the receipt. What the cashier saw goes into the book; what
 * a power cut kept from the screen does not.
 */
import type { AcceptAnswer } from '../../shared/contract/terminal.ts';
import { planReceipt } from '../../wallet/core/accept-receipt.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import type { Place, ShownCode } from './book.ts';
import type { Till } from './till.ts';
import type { Wallet } from './wallet.ts';
import type { World } from './world.ts';

/** What may kill a terminal between its commit and the cashier's screen. */
type BeforeShown = (till: Till) => Promise<boolean>;

export class Cashier {
  readonly #world: World;
  readonly #beforeShown: BeforeShown;

  constructor(world: World, beforeShown: BeforeShown) {
    this.#world = world;
    this.#beforeShown = beforeShown;
  }

  /** Null when the cashier saw no answer. */
  async charge(act: string, till: Till, code: ShownCode, amountMinor: bigint): Promise<AcceptAnswer | null> {
    const { trace, book, planted, timeline, network } = this.#world;
    // the day is over: nobody buys while the queues empty
    if (network.isCalm) return null;
    const answer = await till.accept(amountMinor, code.text);
    if (answer === undefined) {
      trace.event(act, till.name, 'killed-while-asked');
      return null;
    }
    if (await this.#beforeShown(till)) {
      trace.event(act, till.name, 'killed-before-shown');
      return null;
    }
    if (!answer.ok) {
      trace.event(act, till.name, answer.refusal.code);
      return null;
    }
    const { verdict } = answer.value;
    trace.event(act, till.name, verdict === 'approved' ? verdict : answer.value.refusal.code);
    const isUsed = verdict === 'declined' && /^(already|invoice)-used$/.test(answer.value.refusal.code);
    if (verdict === 'approved' || (isUsed && planted === 'shown-twice'))
      book.approved(await this.#placeOf(till), code, answer.value.payment);
    else if (answer.value.refusal.code === 'expired') book.refusedAsExpired(till.name, code, timeline.nowMs);
    return answer.value;
  }

  async #placeOf(till: Till): Promise<Place> {
    const state = await till.call('state.get', {});
    const exposure = state.ok ? state.value.sync.exposure : null;
    return {
      till: till.name,
      nowMs: this.#world.timeline.nowMs,
      isClockRight: till.clockOffsetMs === 0,
      trustVersion: state.ok ? (state.value.trust?.version ?? 0) : 0,
      exposure:
        exposure === null
          ? null
          : { sumMinor: BigInt(exposure.sum.minor), limitMinor: BigInt(exposure.limit.minor) },
    };
  }

  /** The wallet scans the receipt of what was approved: a customer who was charged can always have it. */
  async giveReceipt(till: Till, wallet: Wallet, answer: AcceptAnswer): Promise<void> {
    const { epoch, journalSeq } = answer.payment;
    const issued = await till.call('payments.receipt', { epoch, journalSeq });
    if (!issued.ok) return;
    const { trace } = this.#world;
    const scanned = readScanned(issued.value.digits, wallet.terminalCheck, Math.floor(wallet.nowMs / 1000));
    if (!scanned.ok && scanned.refusal.code === 'full-code-needed')
      this.#world.violated('R1', `${wallet.name} cannot read a receipt that a terminal shows`);
    if (!scanned.ok || scanned.value.kind !== 'receipt') {
      trace.event('take-receipt', wallet.name, scanned.ok ? 'wrong-kind' : scanned.refusal.code);
      return;
    }
    const { checked } = scanned.value;
    let code = 'not-found';
    for (const purse of wallet.shelf.all()) {
      const noted = await wallet.shelf.change(purse.purseId, (state) => planReceipt(state, checked));
      if (noted.ok || noted.refusal.code !== 'not-found') code = noted.ok ? 'noted' : noted.refusal.code;
    }
    trace.event('take-receipt', wallet.name, code);
  }
}
