/**
 * Every way in which Fieldtill says no, once. A code is for ever: a journal holds it. Each has a typed
 * detail, a stage that fixes its place in the order of reasons, and a retry class. The words that
 * people read are in the programs' languages, one text per code (a test fails on a code without them).
 */

/** `never`: this input will not pass later; `later`: the same may pass; `operator`: someone must act. */
export type RetryClass = 'never' | 'later' | 'operator';

/** Protocol §4: the stage that refused. `engine`, `access`, `request`: outside of the decision. */
export type RefusalStage =
  | 'decode'
  | 'certificate'
  | 'signature'
  | 'freshness'
  | 'clock'
  | 'revocation'
  | 'replay'
  | 'consistency'
  | 'amount'
  | 'limit'
  | 'online'
  | 'engine'
  | 'access'
  | 'request';

interface RefusalClass {
  readonly stage: RefusalStage;
  readonly retry: RetryClass;
}

/** In the order in which the decision looks (protocol §4); the first that holds is the reason given. */
export const REFUSALS = {
  // decode
  unreadable: { stage: 'decode', retry: 'later' },
  malformed: { stage: 'decode', retry: 'never' },
  unsupported: { stage: 'decode', retry: 'operator' },
  'wrong-kind': { stage: 'decode', retry: 'never' },
  'sealed-for-another': { stage: 'decode', retry: 'never' },
  'full-code-needed': { stage: 'decode', retry: 'later' },
  // certificate
  untrusted: { stage: 'certificate', retry: 'never' },
  'certificate-forged': { stage: 'certificate', retry: 'never' },
  'certificate-expired': { stage: 'certificate', retry: 'never' },
  'certificate-not-yet-valid': { stage: 'certificate', retry: 'later' },
  // signature
  forged: { stage: 'signature', retry: 'never' },
  // freshness
  expired: { stage: 'freshness', retry: 'later' },
  'customer-clock-ahead': { stage: 'freshness', retry: 'later' },
  'invoice-unknown': { stage: 'freshness', retry: 'never' },
  'invoice-used': { stage: 'freshness', retry: 'never' },
  'invoice-expired': { stage: 'freshness', retry: 'later' },
  // clock
  'clock-turned-back': { stage: 'clock', retry: 'operator' },
  'clock-jumped-forward': { stage: 'clock', retry: 'operator' },
  // revocation
  revoked: { stage: 'revocation', retry: 'never' },
  // replay
  'already-used': { stage: 'replay', retry: 'never' },
  // consistency
  'double-spend': { stage: 'consistency', retry: 'never' },
  // amount
  'currency-mismatch': { stage: 'amount', retry: 'never' },
  'amount-differs': { stage: 'amount', retry: 'never' },
  'over-cap': { stage: 'amount', retry: 'later' },
  'over-allowance': { stage: 'amount', retry: 'never' },
  'over-count': { stage: 'amount', retry: 'never' },
  // limits; trust grown too old leaves limits of nothing, so its own reason comes first
  'limit-trust-age': { stage: 'limit', retry: 'operator' },
  'limit-payment': { stage: 'limit', retry: 'later' },
  'limit-purse-amount': { stage: 'limit', retry: 'later' },
  'limit-purse-count': { stage: 'limit', retry: 'later' },
  'limit-exposure-amount': { stage: 'limit', retry: 'later' },
  'limit-exposure-count': { stage: 'limit', retry: 'later' },
  // online
  'declined-online': { stage: 'online', retry: 'never' },
  'online-required': { stage: 'online', retry: 'later' },
  // the terminal's engine
  'not-enrolled': { stage: 'engine', retry: 'operator' },
  'enrolment-refused': { stage: 'engine', retry: 'operator' },
  'already-enrolled': { stage: 'engine', retry: 'never' },
  'no-trust-bundle': { stage: 'engine', retry: 'operator' },
  'terminal-revoked': { stage: 'engine', retry: 'operator' },
  'storage-failed': { stage: 'engine', retry: 'operator' },
  'storage-damaged': { stage: 'engine', retry: 'operator' },
  'storage-newer': { stage: 'engine', retry: 'operator' },
  'storage-in-use': { stage: 'engine', retry: 'operator' },
  'disk-almost-full': { stage: 'engine', retry: 'operator' },
  'backup-failed': { stage: 'engine', retry: 'later' },
  'engine-stopped': { stage: 'engine', retry: 'operator' },
  'clock-off-from-server': { stage: 'engine', retry: 'operator' },
  'clearing-unreachable': { stage: 'engine', retry: 'later' },
  'clearing-answer-invalid': { stage: 'engine', retry: 'later' },
  'trust-delta-base': { stage: 'engine', retry: 'later' },
  'amount-invalid': { stage: 'engine', retry: 'never' },
  'rule-milder': { stage: 'engine', retry: 'never' },
  'order-empty': { stage: 'engine', retry: 'later' },
  'order-full': { stage: 'engine', retry: 'never' },
  'parked-full': { stage: 'engine', retry: 'later' },
  'order-in-hand': { stage: 'engine', retry: 'later' },
  'order-part-paid': { stage: 'engine', retry: 'never' },
  'order-holds-payments': { stage: 'engine', retry: 'operator' },
  'payment-running': { stage: 'engine', retry: 'later' },
  'item-unknown': { stage: 'engine', retry: 'never' },
  'price-needed': { stage: 'engine', retry: 'never' },
  'nothing-to-undo': { stage: 'engine', retry: 'never' },
  'tender-unknown': { stage: 'engine', retry: 'never' },
  'tender-over-due': { stage: 'engine', retry: 'never' },
  'cash-short': { stage: 'engine', retry: 'never' },
  'cash-not-payable': { stage: 'engine', retry: 'never' },
  'picture-without-code': { stage: 'engine', retry: 'later' },
  'several-codes': { stage: 'engine', retry: 'later' },
  'shift-open': { stage: 'engine', retry: 'operator' },
  'not-refundable': { stage: 'engine', retry: 'never' },
  'over-refund': { stage: 'engine', retry: 'never' },
  'limit-refund': { stage: 'engine', retry: 'operator' },
  'limit-refund-day': { stage: 'engine', retry: 'operator' },
  'void-too-late': { stage: 'engine', retry: 'never' },
  'shift-needed': { stage: 'engine', retry: 'operator' },
  'count-needed': { stage: 'engine', retry: 'operator' },
  'reason-needed': { stage: 'engine', retry: 'operator' },
  'orders-hold-cash': { stage: 'engine', retry: 'operator' },
  'unsent-payments': { stage: 'engine', retry: 'operator' },
  'nothing-unsent': { stage: 'engine', retry: 'never' },
  'export-failed': { stage: 'engine', retry: 'operator' },
  'paper-incomplete': { stage: 'engine', retry: 'later' },
  'paper-of-another-shop': { stage: 'engine', retry: 'never' },
  'charged-otherwise': { stage: 'engine', retry: 'operator' },
  // access
  'not-signed-in': { stage: 'access', retry: 'operator' },
  'wrong-pin': { stage: 'access', retry: 'later' },
  'locked-out': { stage: 'access', retry: 'later' },
  'wrong-badge': { stage: 'access', retry: 'operator' },
  'pin-needed': { stage: 'access', retry: 'later' },
  'weak-pin': { stage: 'access', retry: 'operator' },
  'wrong-passphrase': { stage: 'access', retry: 'later' },
  'passphrase-needed': { stage: 'access', retry: 'operator' },
  'wrong-credentials': { stage: 'access', retry: 'later' },
  'not-allowed': { stage: 'access', retry: 'operator' },
  'last-administrator': { stage: 'access', retry: 'operator' },
  'in-training': { stage: 'access', retry: 'operator' },
  'approval-needed': { stage: 'access', retry: 'operator' },
  // requests between programs
  'bad-request': { stage: 'request', retry: 'never' },
  'bad-request-signature': { stage: 'request', retry: 'never' },
  'not-found': { stage: 'request', retry: 'never' },
  'too-large': { stage: 'request', retry: 'never' },
  'too-many-requests': { stage: 'request', retry: 'later' },
  'exists-with-different-content': { stage: 'request', retry: 'never' },
  'transfer-ended': { stage: 'request', retry: 'never' },
  'over-pending': { stage: 'request', retry: 'never' },
  'user-name-taken': { stage: 'request', retry: 'never' },
  'password-too-weak': { stage: 'request', retry: 'never' },
  'barcode-taken': { stage: 'request', retry: 'never' },
  'catalogue-changed': { stage: 'request', retry: 'later' },
  'not-enough-money': { stage: 'request', retry: 'later' },
  'purse-limit': { stage: 'request', retry: 'never' },
  'journal-gap': { stage: 'request', retry: 'later' },
  'journal-forked': { stage: 'request', retry: 'operator' },
  unavailable: { stage: 'request', retry: 'later' },
} as const satisfies Record<string, RefusalClass>;

export type RefusalCode = keyof typeof REFUSALS;

/** What a code says beside itself. Times in milliseconds since 1970 or seconds, as named; money as minor units. */
interface RefusalDetails {
  expired: { readonly ageS: number };
  'customer-clock-ahead': { readonly aheadS: number };
  'certificate-expired': { readonly sinceS: number };
  'already-used': { readonly atMs: number; readonly amountMinor: string; readonly journalSeq: number };
  'clock-turned-back': { readonly behindS: number };
  'clock-jumped-forward': { readonly aheadS: number };
  /** The clock less the clearing house's: negative when it is behind. */
  'clock-off-from-server': { readonly differenceS: number };
  /** The version that the delta builds on, and the one that is held. */
  'trust-delta-base': { readonly base: number; readonly held: number };
  'over-cap': { readonly capMinor: string };
  'amount-differs': { readonly signedMinor: string };
  'over-allowance': { readonly leftMinor: string };
  'currency-mismatch': { readonly purseCurrency: string };
  'limit-payment': { readonly limitMinor: string };
  'limit-purse-amount': { readonly limitMinor: string };
  'limit-purse-count': { readonly limit: number };
  'limit-exposure-amount': { readonly limitMinor: string };
  'limit-exposure-count': { readonly limit: number };
  'limit-trust-age': { readonly ageH: number };
  'over-refund': { readonly leftMinor: string };
  /** Of whoever does it or gave leave for it. */
  'limit-refund': { readonly limitMinor: string };
  'limit-refund-day': { readonly leftMinor: string };
  'declined-online': { readonly reason: string };
  'locked-out': { readonly waitS: number };
  'wrong-pin': { readonly triesLeft: number };
  'approval-needed': { readonly permission: string };
  'too-many-requests': { readonly waitS: number };
  'journal-gap': { readonly expectedSeq: number };
  'journal-forked': { readonly lastSeq: number };
  'barcode-taken': { readonly itemId: string };
  'not-enough-money': { readonly availableMinor: string };
  /** Paid by code for the order, less what was refunded. */
  'order-holds-payments': { readonly amountMinor: string };
  /** What is due. */
  'tender-over-due': { readonly amountMinor: string };
  'cash-short': { readonly amountMinor: string };
  /** The smallest step of coins. */
  'cash-not-payable': { readonly amountMinor: string };
  'bad-request': { readonly field: string };
  /** Which field it was; left out where there is nothing to compare field by field. */
  'exists-with-different-content': { readonly field: string } | undefined;
  /** How the pending transfer ended before. */
  'transfer-ended': { readonly how: string };
  /** What was pending. */
  'over-pending': { readonly pendingMinor: string };
  'rule-milder': { readonly rule: string };
  'shift-open': { readonly atMs: number };
  'reason-needed': { readonly differenceMinor: string };
  /** Cash that lies in the drawer for orders that are not closed. */
  'orders-hold-cash': { readonly count: number; readonly amountMinor: string };
  /** Approved here and not acknowledged by the clearing house. */
  'unsent-payments': { readonly count: number; readonly amountMinor: string };
  /** Pictures of the paper that were not scanned. */
  'paper-incomplete': { readonly missing: number };
  /** What stands here of the payment. */
  'charged-otherwise': { readonly amountMinor: string };
}

/** A refusal of one code, with that code's detail where it has one. */
type RefusalOf<C extends RefusalCode> = C extends keyof RefusalDetails
  ? undefined extends RefusalDetails[C]
    ? { readonly code: C; readonly detail?: Exclude<RefusalDetails[C], undefined> }
    : { readonly code: C; readonly detail: RefusalDetails[C] }
  : { readonly code: C };

export type Refusal<C extends RefusalCode = RefusalCode> = C extends RefusalCode ? RefusalOf<C> : never;

export const refusalCodes: readonly RefusalCode[] = Object.freeze(Object.keys(REFUSALS) as RefusalCode[]);

export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text);
}

/** Lower comes first in the order of reasons. */
export function precedence(code: RefusalCode): number {
  return refusalCodes.indexOf(code);
}
