/** What operations ask of trust; trust-desk.ts answers. */
import type { TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { TrustUpdate } from '../../shared/protocol/trust-update.ts';
import type { IssuerSigner } from '../keys.ts';

export interface CurrentTrust {
  readonly version: number;
  /** As signed. */
  readonly bytes: Uint8Array;
  readonly bundle: TrustBundle;
}

export interface TrustSource {
  /** The newest bundle. */
  readonly current: () => Promise<CurrentTrust>;
  /** What leads from a version to the newest; null when that is the newest. */
  readonly update: (from: number) => Promise<TrustUpdate | null>;
  /** The newest as of a moment ago: saves asking the database for each batch. */
  readonly recent: () => Promise<CurrentTrust>;
  /** The key that signs certificates and answers now: of those at hand, the newest that is valid. */
  readonly issuer: () => Promise<IssuerSigner>;
}
