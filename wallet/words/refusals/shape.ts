/** The shape of the words for every way in which a wallet says no. A missing one does not compile. */
import type { RejectReason } from '../../../shared/protocol/acknowledgement.ts';
import type { RefusalCode } from '../../../shared/refusals.ts';

/** The refusals that a wallet can come upon; any other is shown as `unavailable`. */
export const SHOWN_REFUSALS = [
  'unreadable',
  'malformed',
  'unsupported',
  'wrong-kind',
  'full-code-needed',
  'untrusted',
  'certificate-forged',
  'certificate-expired',
  'certificate-not-yet-valid',
  'forged',
  'expired',
  'invoice-expired',
  'revoked',
  'terminal-revoked',
  'currency-mismatch',
  'over-cap',
  'amount-differs',
  'over-allowance',
  'over-count',
  'no-trust-bundle',
  'storage-failed',
  'storage-damaged',
  'clearing-unreachable',
  'clearing-answer-invalid',
  'amount-invalid',
  'picture-without-code',
  'several-codes',
  'not-signed-in',
  'not-allowed',
  'locked-out',
  'wrong-credentials',
  'bad-request',
  'not-found',
  'too-large',
  'too-many-requests',
  'exists-with-different-content',
  'user-name-taken',
  'password-too-weak',
  'not-enough-money',
  'purse-limit',
  'unavailable',
] as const satisfies readonly RefusalCode[];
export type ShownRefusal = (typeof SHOWN_REFUSALS)[number];

/** Two short sentences. */
export interface RefusalWords {
  /** What happened. */
  readonly what: string;
  /** What to do now. */
  readonly todo: string;
}

export type AllRefusalWords = Readonly<Record<ShownRefusal, RefusalWords>>;
/** Where the same code means another thing when it is the customer's own purse. */
export type PurseRefusalWords = Readonly<
  Record<'certificate-expired' | 'certificate-not-yet-valid' | 'revoked', RefusalWords>
>;
/** Why the clearing house turned a payment down, for the customer. */
export type ReasonWords = Readonly<Record<RejectReason, string>>;
