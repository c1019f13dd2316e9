/**
 * What every operation of the clearing house works with: the database, the keys, time, randomness and
 * settings, all given from outside. No operation reads a clock or an environment by itself.
 */
import type { Ed25519BackEnd } from '../shared/protocol/ed25519.ts';
import type { World } from '../shared/protocol/world.ts';
import type { Database } from './db/database.ts';
import type { VerifyAll } from './ingest/verify-all.ts';
import type { ClearingKeys } from './keys.ts';
import type { TakenBatch } from './metrics/clearing-metrics.ts';
import type { News } from './notify/news.ts';
import type { TrustSource } from './trust/trust-source.ts';

export interface HouseConfig {
  readonly world: World;
  /**
   * Where clients reach this clearing house, such as https://clearing.example: enrolment codes name it,
   * and a terminal's signature must cover its authority, whatever a Host header says. Null: where the
   * server listens, for tests and one computer.
   */
  readonly publicOrigin: string | null;
  readonly operatorToken: string;
  /** Whether webhooks may go to http and to private addresses: for tests and one computer. */
  readonly allowsPrivateWebhooks: boolean;
  /** argon2id; OWASP's first choice of parameters, or more. */
  readonly passwordCost: { readonly memoryKiB: number; readonly passes: number };
}

export interface HouseCore {
  readonly database: Database;
  readonly keys: ClearingKeys;
  readonly backEnd: Ed25519BackEnd;
  readonly verifyAll: VerifyAll;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly config: HouseConfig;
  readonly publicOrigin: () => string;
  /** Wakes the streams of this and all other processes; call it after the commit, never inside. Never fails. */
  readonly announce: (news: News) => Promise<void>;
  /** For metrics; call it after the commit. Never fails. */
  readonly countBatch: (batch: TakenBatch) => void;
}

/** What making trust bundles needs: a ceremony has no more. */
export type TrustHouse = Pick<HouseCore, 'database' | 'keys' | 'backEnd' | 'nowMs'> & {
  readonly config: Pick<HouseConfig, 'world'>;
};

export interface House extends HouseCore {
  readonly trust: TrustSource;
}

export function nowS(house: Pick<HouseCore, 'nowMs'>): number {
  return Math.floor(house.nowMs() / 1000);
}
