/** The signed answer to a terminal: what is held, and what became of it. Signed after the commit, never before. */

import { terminalIdFrom } from '../../shared/ids.ts';
import {
  type Acknowledgement,
  MAX_OUTCOMES,
  signAcknowledgement,
} from '../../shared/protocol/acknowledgement.ts';
import { NO_HASH } from '../../shared/protocol/journal-entry.ts';
import { readLastHead, readOutcomesAfter } from '../db/journal.ts';
import type { TerminalRow } from '../db/merchants.ts';
import type { House } from '../house.ts';

export async function signedAcknowledgement(
  house: House,
  ack: Omit<Acknowledgement, 'serverTimeMs'>,
): Promise<Uint8Array> {
  const { kid, signer } = await house.trust.issuer();
  return signAcknowledgement({ ...ack, serverTimeMs: house.nowMs() }, house.config.world, kid, signer);
}

/** Outcomes after a number, with the head of the newest epoch. */
export async function outcomesAfter(house: House, terminal: TerminalRow, after: bigint): Promise<Uint8Array> {
  const { terminalId } = terminal;
  // outcomes first: whatever they speak of is below a head that is read later
  const outcomes = await readOutcomesAfter(house.database, terminalId, after, MAX_OUTCOMES);
  const head = await readLastHead(house.database, terminalId);
  return await signedAcknowledgement(house, {
    terminalId: terminalIdFrom(terminalId),
    epoch: head?.epoch ?? 1,
    seq: head?.seq ?? 0,
    headHash: head?.hash ?? NO_HASH,
    outcomes,
  });
}
