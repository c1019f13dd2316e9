/** A refusal as it crosses a process boundary: code and plain detail, checked at run time. */
import * as z from 'zod/mini';
import { type Refusal, refusalCodes } from '../refusals.ts';

export const refusalWire = z.strictObject({
  code: z.enum(refusalCodes as [string, ...string[]]),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});

/** The wire form came through its schema; the code fixes the detail's type on the sending side. */
export function refusalFromWire(wire: z.infer<typeof refusalWire>): Refusal {
  return wire as Refusal;
}

export const moneyWire = z.strictObject({
  minor: z.string().check(z.regex(/^(0|-?[1-9][0-9]{0,15})$/)),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
});
