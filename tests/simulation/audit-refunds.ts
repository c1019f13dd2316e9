/**
 * What must be true of refunds at the end, by a till's file and the clearing house's tables: every note that a
 * cashier saw is there, each is decided, the same on both sides, and rejected only for a reason that an honest till
 * can meet (S1, S11, S22).
 */
import type { ClearedPayment } from './audit-clearing.ts';
import type { TillFile } from './audit-till.ts';
import type { Till } from './till.ts';
import type { World } from './world.ts';

const STATES = ['made', 'sent', 'settled', 'rejected'];
/** The payment was rejected; or the shop has given back, of others, more than it has here. */
const HONEST_REASONS = ['payment-rejected', 'not-covered'];

export function auditRefunds(
  world: World,
  till: Till,
  file: TillFile,
  refunds: readonly ClearedPayment[],
): void {
  const inFile = new Map(file.refunds.map((refund) => [`${refund.epoch}/${refund.seq}`, refund]));
  for (const { till: name, epoch, journalSeq, amountMinor } of world.book.givenBack) {
    if (name !== till.name) continue;
    if (inFile.get(`${epoch}/${journalSeq}`)?.amountMinor !== amountMinor)
      world.violated('S1', `${name} lost the refund ${epoch}/${journalSeq}, which was shown`);
  }
  const own = refunds.filter(({ terminalId }) => terminalId === till.terminalId);
  const outcomes = new Map(own.map((outcome) => [`${outcome.epoch}/${outcome.seq}`, outcome]));
  for (const [place, { state, amountMinor }] of inFile) {
    const outcome = outcomes.get(place);
    if (outcome?.state !== STATES[state] || outcome?.amountMinor !== amountMinor)
      world.violated(
        'S11',
        `the refund ${till.name} ${place} is ${STATES[state]} there and ${outcome?.state} here`,
      );
  }
  for (const { epoch, seq, reason } of own) {
    if (reason !== null && !HONEST_REASONS.includes(reason))
      world.violated('S22', `the refund ${till.name} ${epoch}/${seq} was rejected as ${reason}`);
  }
}
