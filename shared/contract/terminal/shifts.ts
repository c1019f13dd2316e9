/** Shifts: the drawer's cash from opening to closing, and the reports about it. */
import * as z from 'zod/mini';
import { MAX_PIECE_KINDS, MAX_PIECES } from '../../protocol/bodies/shift.ts';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, count, nothing, text, timeMs } from './call.ts';

/** By note and coin: values in minor units, each once. */
const pieces = z
  .array(
    z.strictObject({
      valueMinor: z.string().check(z.regex(/^[1-9][0-9]{0,15}$/)),
      pieces: z.int().check(z.minimum(0), z.maximum(MAX_PIECES)),
    }),
  )
  .check(z.maxLength(MAX_PIECE_KINDS));

/** Cash that somebody counted. Where pieces are given they must make the total. */
const countedCash = z.strictObject({ total: moneyWire, pieces: z.nullable(pieces) });

const openShift = z.strictObject({
  /** The number that its Z report will have. */
  shiftId: count,
  openedAtMs: timeMs,
  openedBy: text(64),
  float: moneyWire,
});

export const shiftCalls = calls({
  'shifts.open': {
    needs: 'run-shift',
    params: z.strictObject({ float: countedCash, approval }),
    result: openShift,
  },
  /** Null where no shift is open. */
  'shifts.current': { needs: null, params: nothing, result: z.nullable(openShift) },
});
