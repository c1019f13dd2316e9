/** Locks the purses behind sales, reads where they stand and what was authorised of them, and decides. */
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { decodePictureBytes } from '../../shared/protocol/picture.ts';
import { readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { findOpenAuthorisations, type OpenAuthorisation } from '../db/authorisations.ts';
import type { Tx } from '../db/database.ts';
import * as journal from '../db/journal.ts';
import type { TerminalRow } from '../db/merchants.ts';
import { returnsAtMs } from '../purses/settlement-window.ts';
import type { CheckedSale } from './check-sales.ts';
import { chargedBy, originOf, paymentIn, type Sale } from './read-entry.ts';
import {
  type HeldAmount,
  proofAgainst,
  type SettledOutcome,
  saleKey,
  settle,
  settlementKey,
} from './settle.ts';

/** Settled payments of one purse that a proof is looked for in; a purse makes 200 at most. */
const MAX_PROOF_CANDIDATES = 200;

/**
 * How long an authorised amount is held for a sale that no journal has brought: as long as a wallet counts a
 * presentation without a result as spent (protocol §3). The counter stays the terminal's for ever.
 */
export const HOLD_MS = 30 * 86_400_000;

/** Whether what was authorised is this sale's: the terminal that asked is the one that charged. */
function isFor(held: OpenAuthorisation, sale: Sale, purseId: Uint8Array, terminalId: Uint8Array): boolean {
  return (
    held.counter === sale.payment.counter &&
    equalBytes(held.purseId, purseId) &&
    equalBytes(held.terminalId, chargedBy(sale, terminalId))
  );
}

/** Sales of this terminal, under the locks of their purses. */
export async function decideSales(
  tx: Tx,
  { terminalId, merchant: { merchantId } }: TerminalRow,
  nowMs: number,
  checked: readonly CheckedSale[],
): Promise<readonly SettledOutcome[]> {
  const good = checked.flatMap((sale) => (sale.verdict === 'good' ? [sale.genuine] : []));
  const accounts = [...new Set(good.map(({ purse }) => purse.accountId))];
  const locked = await journal.lockPurses(tx, accounts);
  const settled = await journal.findSettled(
    tx,
    good.map(({ purse, sale }) => ({ purseId: purse.purseId, counter: sale.payment.counter })),
  );
  const open = await findOpenAuthorisations(
    tx,
    locked.map(({ purseId }) => purseId),
  );
  const { outcomes, contested } = settle(
    checked,
    {
      purses: new Map(
        locked.map((purse) => [
          toHex(purse.purseId),
          { ...purse, isOver: purse.isReturned || nowMs >= returnsAtMs(purse.endsAtMs) },
        ]),
      ),
      settled: new Set(settled.map(({ purseId, counter }) => settlementKey(purseId, counter))),
      settledHere: new Map(
        settled.flatMap(({ merchantId: of, terminalId: by, entry, sale }) => {
          if (sale === null || !equalBytes(of, merchantId)) return [];
          const { isBroughtBack, ...origin } = originOf(entry, by);
          return [[saleKey({ ...sale, ...origin }), isBroughtBack] as const];
        }),
      ),
      held: open.map(
        (held): HeldAmount => ({
          purseId: held.purseId,
          counter: held.counter,
          amountMinor: held.amountMinor,
          isOwn: good.some(({ sale, purse }) => isFor(held, sale, purse.purseId, terminalId)),
          isLapsed: nowMs - held.authorisedAtMs > HOLD_MS,
        }),
      ),
    },
    terminalId,
  );
  return contested.length === 0 ? outcomes : await withProofs(tx, outcomes, contested, open);
}

/** The payment of a presented code that was genuine when it was kept. */
export function paymentOfCode(code: Uint8Array): Payment | undefined {
  const picture = decodePictureBytes(code);
  return picture.ok && picture.value.kind === 'presented' ? picture.value.payment : undefined;
}

/** Looks for the contradiction behind a conflict: among what is settled or authorised, and what this batch settles. */
async function withProofs(
  tx: Tx,
  outcomes: readonly SettledOutcome[],
  contested: readonly number[],
  open: readonly OpenAuthorisation[],
): Promise<readonly SettledOutcome[]> {
  const proven = [...outcomes];
  const stored = new Map<string, readonly Payment[]>();
  for (const i of contested) {
    const outcome = outcomes[i];
    if (outcome === undefined || outcome.genuine === null) continue;
    const { purse, sale } = outcome.genuine;
    const purseId = toHex(purse.purseId);
    let payments = stored.get(purseId);
    if (payments === undefined) {
      const entries = await journal.readSettledEntries(tx, purse.purseId, MAX_PROOF_CANDIDATES);
      const here = outcomes.flatMap(({ state, genuine }) =>
        state === 'settled' && genuine !== null && toHex(genuine.purse.purseId) === purseId
          ? [genuine.sale.payment]
          : [],
      );
      const authorised = open.flatMap((held) =>
        toHex(held.purseId) === purseId ? (paymentOfCode(held.code) ?? []) : [],
      );
      payments = [...here, ...authorised, ...entries.flatMap((bytes) => paymentIn(bytes) ?? [])];
      stored.set(purseId, payments);
    }
    const certificate = readPurseCertificate(decodeCbor(purse.certificate));
    proven[i] = { ...outcome, proof: proofAgainst(certificate, sale.payment, payments) };
  }
  return proven;
}
