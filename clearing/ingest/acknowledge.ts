/** The signed answer to a terminal: what is held, and what became of it. Signed after the commit, never before. */

import { terminalIdFrom } from '../../shared/ids.ts';
import {
  type Acknowledgement,
  MAX_OUTCOMES,
  signAcknowledgement,
} from '../../shared/protocol/acknowledgement.ts';
import { encodeHeldEntries, MAX_HELD_ENTRIES } from '../../shared/protocol/held-entries.ts';
import { NO_HASH } from '../../shared/protocol/journal-entry.ts';
import { readEntriesAfter, readLastHead } from '../db/journal.ts';
import type { TerminalRow } from '../db/merchants.ts';
import { readOutcomesAfter } from '../db/terminal-outcomes.ts';
import type { House } from '../house.ts';

export async function signedAcknowledgement(
  house: House,
  ack: Omit<Acknowledgement, 'serverTimeMs'>,
): Promise<Uint8Array> {
  const { kid, signer } = await house.trust.issuer();
  return signAcknowledgement({ ...ack, serverTimeMs: house.nowMs() }, house.config.world, kid, signer);
}

/** Entries that are held after a place, under a signed head that is the last of them. */
export async function heldEntriesAfter(
  house: House,
  { terminalId }: TerminalRow,
  epoch: number,
  afterSeq: number,
): Promise<Uint8Array> {
  const held = await readEntriesAfter(house.database, terminalId, epoch, afterSeq, MAX_HELD_ENTRIES);
  const last = held.at(-1);
  const acknowledgement = await signedAcknowledgement(house, {
    terminalId: terminalIdFrom(terminalId),
    epoch,
    seq: last?.seq ?? 0,
    headHash: last?.hash ?? NO_HASH,
    outcomes: [],
  });
  return encodeHeldEntries({ acknowledgement, entries: held.map(({ entry }) => entry) });
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
