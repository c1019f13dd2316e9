/** All that the screens show, as one value that is replaced and never changed. */
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { Answer, CheckedInvoice } from '../core/answer-invoice.ts';
import type { Presentation } from '../core/present.ts';
import type { PurseState } from '../core/purse-state.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';
import type { CreditNote, Profile, PurseRequest } from '../store/records.ts';

export type Phase = 'starting' | 'signed-out' | 'signed-in';

/** By the last answer of the clearing house itself, never by what the browser believes. */
export type ContactState = 'checking' | 'online' | 'offline';

/** What covers the screens while it lasts. */
export type Overlay =
  | {
      readonly kind: 'quick';
      readonly presentation: Presentation;
      /** Why there is no further picture; null while it lives. */
      readonly ended: Refusal | null;
    }
  | { readonly kind: 'confirm'; readonly checked: CheckedInvoice; readonly purse: PurseState }
  | { readonly kind: 'answer'; readonly answer: Answer };

export type PaymentNews = 'settled' | 'rejected' | 'returned' | 'kept';

/** What the clearing house says of a payment, or of a refund of one. */
export function newsOf({ state, refundId }: WalletPayment): PaymentNews {
  if (refundId) return state === 'rejected' ? 'kept' : 'returned';
  return state === 'rejected' ? 'rejected' : 'settled';
}

export type Notice =
  | { readonly id: number; readonly kind: PaymentNews; readonly payment: WalletPayment }
  | { readonly id: number; readonly kind: 'refund'; readonly note: CreditNote }
  | { readonly id: number; readonly kind: 'settled-many'; readonly count: number }
  | { readonly id: number; readonly kind: 'receipt' | 'copied' | 'purse-ready' };

export interface WalletSnapshot {
  readonly phase: Phase;
  readonly profile: Profile | null;
  /** Of the customer who is signed in; the newest first. */
  readonly purses: readonly PurseState[];
  readonly damagedPurses: number;
  readonly purseRequests: readonly PurseRequest[];
  /** The clearing house's word, the newest first. */
  readonly cleared: readonly WalletPayment[];
  /** What shops promised to give back. */
  readonly creditNotes: readonly CreditNote[];
  readonly trust: WalletTrust | null;
  readonly contact: ContactState;
  /** The session cookie is no longer good: what is on the device works, news need a sign-in. */
  readonly isSessionEnded: boolean;
  /** Server time less device time; null while unknown. */
  readonly clockOffsetMs: number | null;
  /** Whether the browser promised to keep the data; null while unknown. */
  readonly isPersisted: boolean | null;
  readonly overlay: Overlay | null;
  readonly notices: readonly Notice[];
}

export const FIRST_SNAPSHOT: WalletSnapshot = {
  phase: 'starting',
  profile: null,
  purses: [],
  damagedPurses: 0,
  purseRequests: [],
  cleared: [],
  creditNotes: [],
  trust: null,
  contact: 'checking',
  isSessionEnded: false,
  clockOffsetMs: null,
  isPersisted: null,
  overlay: null,
  notices: [],
};

/** Holds the value, and tells who listens. The shape that React's useSyncExternalStore asks for. */
export class SnapshotStore {
  #value: WalletSnapshot = FIRST_SNAPSHOT;
  readonly #listeners = new Set<() => void>();

  readonly get = (): WalletSnapshot => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(change: Partial<WalletSnapshot>): void {
    this.#value = { ...this.#value, ...change };
    for (const listener of this.#listeners) listener();
  }
}
