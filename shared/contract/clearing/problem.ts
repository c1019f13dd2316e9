/** How the clearing house says no: problem+json (RFC 9457) with our `code` and its detail. */
import * as z from 'zod/mini';
import { refusalCodes } from '../../refusals.ts';

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(refusalCodes as [string, ...string[]]),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});
