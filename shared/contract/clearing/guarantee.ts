/** The issuer's guarantee: which losses the fund bears, and the fund's money. */
import * as z from 'zod/mini';
import { currency, hexId, minor, nothing } from './fields.ts';

/** Routes of shared/contract/clearing.ts. */
export const guaranteeRoutes = {
  /** The next version of a currency's rule; the newest counts. `upToMinor` 0 guarantees nothing from now on. */
  setGuarantee: {
    method: 'POST',
    path: '/v1/admin/guarantees',
    guard: 'operator',
    status: 201,
    body: z.strictObject({
      currency,
      version: z.int().check(z.minimum(1), z.maximum(1_000_000)),
      upToMinor: minor,
      perPurseMinor: minor,
    }),
    answer: nothing,
  },
  fundGuarantee: {
    method: 'POST',
    path: '/v1/admin/guarantee-fundings',
    guard: 'operator',
    status: 201,
    body: z.strictObject({ transferId: hexId(16), currency, amountMinor: minor }),
    answer: nothing,
  },
} as const;
