/** Trust in the operator's hands: what waits for the root, issuer keys, and policies from draft to publication. */
import * as z from 'zod/mini';
import { POLICY_FINDINGS } from '../../protocol/policy.ts';
import { currency, hexId, minor, nothing, timeMs } from './fields.ts';

const count = z.int().check(z.minimum(0), z.maximum(1_000_000));
const percent = z.int().check(z.minimum(0), z.maximum(100));
const minorBounds = z.strictObject({ lower: minor, upper: minor });
const countBounds = z.strictObject({ lower: count, upper: count });
const action = z.strictObject({
  online: z.enum(['approve', 'go-online', 'decline']),
  offline: z.enum(['approve', 'decline']),
});

/** shared/protocol/policy.ts, amounts as decimal strings. */
export const policyView = z.strictObject({
  clockToleranceS: count,
  quickTtlMaxS: count,
  invoiceTtlS: count,
  trustAge: z.array(z.strictObject({ fromH: count, percent })).check(z.maxLength(32)),
  actions: z.strictObject(
    Object.fromEntries(POLICY_FINDINGS.map((finding) => [finding, action])) as Record<
      (typeof POLICY_FINDINGS)[number],
      typeof action
    >,
  ),
  currencies: z
    .array(
      z.strictObject({
        currency,
        quickPayment: minorBounds,
        boundPayment: minorBounds,
        purseDayAmount: minorBounds,
        purseDayCount: countBounds,
        exposureAmount: minorBounds,
        exposureCount: countBounds,
        refundPayment: minorBounds,
        refundDayAmount: minorBounds,
        randomSelection: z.strictObject({
          targetPercent: percent,
          thresholdMinor: minor,
          maxTargetPercent: percent,
        }),
      }),
    )
    .check(z.maxLength(64)),
});

/** Why a recorded decision was not made again. */
export const NOT_REPLAYED = [
  /** A check of signatures, revocation, replay or consistency, the shop's own rules, or the clearing house's no. */
  'not-by-policy',
  /** Only the answer that the terminal got tells how it came out, or what it knew is not in its journal. */
  'not-reproduced',
  /** The trust bundle that the terminal decided by, or the purse, is not one of this house. */
  'not-known-here',
] as const;

const sum = z.strictObject({ count: z.int(), amountMinor: minor });

export const trialReport = z.strictObject({
  fromMs: timeMs,
  toMs: timeMs,
  /** False where there was more than one trial looks at; what is reported is the beginning. */
  isComplete: z.boolean(),
  currencies: z.array(
    z.strictObject({
      currency,
      /** Decided anew from what the journals tell. */
      replayed: sum,
      /** Was approved, would be declined. */
      nowDeclined: sum,
      /** Was declined, would be approved. */
      nowApproved: sum,
      /** Was decided by the terminal alone, would be asked online: the answer is not known. */
      nowAsked: sum,
      notReplayed: z.array(z.strictObject({ why: z.enum(NOT_REPLAYED), count: z.int(), amountMinor: minor })),
    }),
  ),
});

const draftId = z.strictObject({ draftId: hexId(16) });
const note = z.string().check(z.regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u));
const version = z.int().check(z.minimum(1));

/** Routes of shared/contract/clearing.ts. */
export const trustRoutes = {
  trustState: {
    method: 'GET',
    path: '/v1/admin/trust',
    guard: 'operator',
    status: 200,
    answer: z.strictObject({
      version: z.int(),
      issuedAtMs: timeMs,
      root: z.enum(['offline', 'in-key-folder']),
      /** What no bundle says yet. Empty where the root is at hand. */
      waiting: z.array(z.strictObject({ cause: z.string(), queuedAtMs: timeMs })),
      issuers: z.array(
        z.strictObject({
          kid: hexId(4),
          notBeforeMs: timeMs,
          notAfterMs: timeMs,
          /** Whether the process that answers holds its secret, and signs with it now. */
          isAtHand: z.boolean(),
          signsNow: z.boolean(),
        }),
      ),
    }),
  },
  /** Certificates that the key signed after `asOfMs` are trusted no more; nothing is signed with it from now on. */
  retireIssuer: {
    method: 'POST',
    path: '/v1/admin/issuers/:kid/retirement',
    guard: 'operator',
    // only who may decide about people may change what all terminals believe
    needs: 'people',
    status: 200,
    params: z.strictObject({ kid: hexId(4) }),
    body: z.strictObject({ asOfMs: timeMs }),
    answer: z.strictObject({ trustVersion: z.int() }),
  },
  policies: {
    method: 'GET',
    path: '/v1/admin/policies',
    guard: 'operator',
    status: 200,
    /** Newest first. `note` is null of the policy that the house began with. */
    answer: z.strictObject({
      policies: z.array(
        z.strictObject({
          version,
          createdAtMs: timeMs,
          note: z.nullable(z.string()),
          restores: z.nullable(version),
        }),
      ),
    }),
  },
  policy: {
    method: 'GET',
    path: '/v1/admin/policies/:version',
    guard: 'operator',
    status: 200,
    params: z.strictObject({ version: z.string().check(z.regex(/^[1-9][0-9]{0,8}$/)) }),
    answer: z.strictObject({ version, policy: policyView }),
  },
  /** The same id with the same content answers the same for ever. */
  draftPolicy: {
    method: 'POST',
    path: '/v1/admin/policy-drafts',
    guard: 'operator',
    status: 201,
    body: z.strictObject({ draftId: hexId(16), note, policy: policyView }),
    answer: draftId,
  },
  /** A draft that brings an earlier version back; it becomes a version of its own. */
  restorePolicy: {
    method: 'POST',
    path: '/v1/admin/policies/:version/restoration',
    guard: 'operator',
    status: 201,
    params: z.strictObject({ version: z.string().check(z.regex(/^[1-9][0-9]{0,8}$/)) }),
    body: z.strictObject({ draftId: hexId(16), note }),
    answer: draftId,
  },
  /** Decides the sales and declines of the last days anew, under the draft. Changes nothing. */
  tryPolicy: {
    method: 'POST',
    path: '/v1/admin/policy-drafts/:draftId/trials',
    guard: 'operator',
    status: 201,
    params: draftId,
    body: z.strictObject({ days: z.int().check(z.minimum(1), z.maximum(90)) }),
    answer: trialReport,
  },
  /** Only what was tried within the last day. Publishing again answers the same. */
  publishPolicy: {
    method: 'POST',
    path: '/v1/admin/policy-drafts/:draftId/publication',
    guard: 'operator',
    // only who may decide about people may change what all terminals believe
    needs: 'people',
    status: 200,
    params: draftId,
    body: nothing,
    /** `trustVersion`: a bundle that carries it; where the root is offline, once it is signed. */
    answer: z.strictObject({ version, trustVersion: z.int() }),
  },
} as const;

export type PolicyView = z.infer<typeof policyView>;
export type TrialReport = z.infer<typeof trialReport>;
export type NotReplayed = (typeof NOT_REPLAYED)[number];
