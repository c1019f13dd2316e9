/** What the wallet keeps beside its purses. */
import type { CustomerView } from '../../shared/contract/clearing.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';

/** A customer who signed in on this device. */
export interface Profile {
  readonly customerId: string;
  readonly userName: string;
  /** Pinned at the first sign-in on this device; another root is never taken in its place. */
  readonly rootPublicKey: Uint8Array;
  readonly world: World;
  /** Accounts and purses as the clearing house last told them. */
  readonly lastView: CustomerView;
  readonly lastViewAtMs: number;
  /** Number of the last payment that was fetched; null before the first fetch. */
  readonly fetchedUpTo: number | null;
}

/** A purse that was asked for. The same is asked for, under the same id, until there is an answer. */
export interface PurseRequest {
  readonly requestId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly allowanceMinor: bigint;
  readonly publicKey: Uint8Array;
}

/** What a shop signed that it gives back of a payment of a purse on this device. */
export interface CreditNote {
  readonly refundId: string;
  readonly customerId: string;
  readonly paymentId: string;
  readonly purseId: string;
  readonly counter: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly merchantName: string;
  readonly atMs: number;
}

export interface StoredTrust {
  readonly version: number;
  readonly trust: WalletTrust;
}
