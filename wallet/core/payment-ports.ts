/**
 * What the wallet's core needs from the device: a clock, randomness, the purse's key, and a store whose
 * changes are on disk when they are answered.
 */
import type { PurseId } from '../../shared/ids.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { Result } from '../../shared/result.ts';
import type { PurseState } from './purse-state.ts';

/** Signs with a key that never leaves the device. */
export interface AsyncSigner {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
}

/** A change of a purse's state and what follows from it. */
export interface PurseChange<T> {
  readonly state: PurseState;
  readonly value: T;
}

export type StoreRefusal = Refusal<'storage-failed' | 'not-found'>;

export interface PurseStore {
  /**
   * Reads the state, lets `plan` change it, and writes it: one transaction, so two windows can never take
   * the same counter. Resolves only when the change is durable; a refused plan writes nothing. `plan` must
   * be synchronous, and may run again.
   */
  readonly change: <T, R>(
    purseId: PurseId,
    plan: (state: PurseState) => Result<PurseChange<T>, R>,
  ) => Promise<Result<T, R | StoreRefusal>>;
}

export interface PaymentPorts {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly random: (length: number) => Uint8Array;
  /** The purse's key, by its public half. */
  readonly signerOf: (publicKey: Uint8Array) => Promise<Result<AsyncSigner, Refusal<'storage-damaged'>>>;
  readonly purses: PurseStore;
}
