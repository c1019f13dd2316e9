/** Cash that somebody counted, as the contract brings it, to what the journal keeps. */
import type { CallParams } from '../../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import { fromWire, MAX_MINOR } from '../../../shared/money.ts';
import { type CountedCash, sumOfPieces } from '../../../shared/protocol/bodies/shift.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';

/** `amount-invalid` where it is of another currency, below zero, or its notes and coins do not make the sum. */
export function readCountedCash(
  wire: CallParams<'shifts.open'>['float'],
  currency: CurrencyCode,
): Result<CountedCash, Refusal<'amount-invalid'>> {
  const total = fromWire(wire.total);
  if (total === undefined || total.currency !== currency || total.minor < 0n) {
    return refused({ code: 'amount-invalid' });
  }
  const pieces =
    wire.pieces?.map(({ valueMinor, pieces: count }) => ({
      valueMinor: BigInt(valueMinor),
      pieces: count,
    })) ?? null;
  if (pieces === null) return ok({ totalMinor: total.minor, pieces });
  const isOnce = new Set(pieces.map(({ valueMinor }) => valueMinor)).size === pieces.length;
  const isInRange = pieces.every(({ valueMinor }) => valueMinor <= MAX_MINOR);
  if (!isOnce || !isInRange || sumOfPieces(pieces) !== total.minor)
    return refused({ code: 'amount-invalid' });
  return ok({ totalMinor: total.minor, pieces });
}
