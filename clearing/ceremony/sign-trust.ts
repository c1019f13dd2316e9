/**
 * What the root does on its own machine: it looks at what it is asked to sign, against what it signed before, and
 * signs. The house may be in somebody else's hands: a key that was not certified here, a version that goes back and
 * a revocation that is taken back are never signed. Pure but for the signing.
 */
import * as crypto from 'node:crypto';
import { equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import { isStrictPublicKey } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { policyValue } from '../../shared/protocol/policy.ts';
import { reading } from '../../shared/protocol/shape.ts';
import {
  openTrustBundle,
  readTrustPayload,
  signTrustBundle,
  type TrustBundle,
} from '../../shared/protocol/trust-bundle.ts';
import { makeTrustDelta, signTrustDelta } from '../../shared/protocol/trust-delta.ts';
import { contentOf } from '../trust/deltas.ts';
import { CeremonyRefused, type RootSecret } from './root-file.ts';
import type { SignedTrust, TrustToSign } from './signing-file.ts';

const isoDate = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16);

/** @throws CeremonyRefused */
export function certifyIssuer(
  secret: RootSecret,
  publicKey: string,
  fromS: number,
  untilS: number,
): RootSecret {
  const key = fromHex(publicKey);
  if (key?.length !== 32 || !isStrictPublicKey(key)) throw new CeremonyRefused('this is not a public key');
  if (untilS <= fromS) throw new CeremonyRefused('the key would end before it begins');
  const others = secret.issuers.filter((issuer) => issuer.publicKey !== publicKey);
  return { ...secret, issuers: [...others, { publicKey, fromS, untilS }] };
}

function checkIssuers({ issuers }: TrustBundle, secret: RootSecret): void {
  for (const { kid, publicKey, notBeforeS, notAfterS } of issuers) {
    const certified = secret.issuers.find((one) => one.publicKey === toHex(publicKey));
    if (certified === undefined)
      throw new CeremonyRefused(`issuer ${kid} (${toHex(publicKey)}) was not certified here`);
    if (notBeforeS < certified.fromS || notAfterS > certified.untilS)
      throw new CeremonyRefused(
        `issuer ${kid} would sign ${isoDate(notBeforeS)} to ${isoDate(notAfterS)}, beyond what was certified`,
      );
  }
}

function checkAgainst(base: TrustBundle, next: TrustBundle): void {
  if (next.version <= base.version || next.iatS < base.iatS)
    throw new CeremonyRefused(`version ${next.version} goes back behind ${base.version}`);
  const lost = base.revokedTerminals.find((id) => !next.revokedTerminals.includes(id));
  if (lost !== undefined) throw new CeremonyRefused(`the revocation of terminal ${lost} would be taken back`);
  const before = contentOf(base).statusBits;
  const after = contentOf(next).statusBits;
  if (before.some((byte, i) => (byte & ~(after[i] ?? 0)) !== 0))
    throw new CeremonyRefused('the revocation of a purse would be taken back');
}

function revokedPurses(bundle: TrustBundle): number {
  let count = 0;
  for (const byte of contentOf(bundle).statusBits) for (let b = byte; b > 0; b >>= 1) count += b & 1;
  return count;
}

/** What people look at before they say yes. */
function summaryOf(
  next: TrustBundle,
  base: TrustBundle | null,
  causes: readonly string[],
): readonly string[] {
  const isSamePolicy =
    base !== null && equalBytes(encodeCbor(policyValue(base.policy)), encodeCbor(policyValue(next.policy)));
  return [
    `version ${next.version}${base === null ? ', the first' : ` after ${base.version}`}`,
    `from ${isoDate(next.iatS)} to ${isoDate(next.expS)} UTC`,
    ...next.issuers.map(
      ({ kid, notBeforeS, notAfterS }) => `issuer ${kid}: ${isoDate(notBeforeS)} to ${isoDate(notAfterS)}`,
    ),
    `revoked: ${revokedPurses(next)} purses (before: ${base === null ? 0 : revokedPurses(base)}), ` +
      `${next.revokedTerminals.length} terminals (before: ${base?.revokedTerminals.length ?? 0})`,
    `policy: ${isSamePolicy ? 'as before' : 'NEW'}, SHA-256 ${toHex(sha256(encodeCbor(policyValue(next.policy))))}`,
    ...causes.map((cause) => `because: ${cause}`),
  ];
}

export interface Signing {
  readonly signed: SignedTrust;
  /** The root with what it remembers from now on; keep it before the signed file leaves the machine. */
  readonly secret: RootSecret;
  readonly summary: readonly string[];
}

/** @throws CeremonyRefused with what speaks against it */
export function signTrust(secret: RootSecret, toSign: TrustToSign): Signing {
  const { world } = secret;
  if (toSign.world !== world)
    throw new CeremonyRefused(`it is of the ${toSign.world} world, the root is not`);
  const root = nodeSigner(crypto, secret.seed);
  const payload = fromBase64Url(toSign.payload) ?? new Uint8Array();
  const read = reading(() => readTrustPayload(payload));
  if (!read.ok) throw new CeremonyRefused('what is to be signed cannot be read');
  const next = read.value;
  const digest = toBase64Url(sha256(payload));
  const { last } = secret;
  if (last !== null && last.digest !== digest && next.version <= last.version)
    throw new CeremonyRefused(`version ${last.version} was signed before; ${next.version} would go back`);
  let base: TrustBundle | null = null;
  if (toSign.base !== null) {
    const bytes = fromBase64Url(toSign.base) ?? new Uint8Array();
    const opened = openTrustBundle(bytes, root.publicKey, world, nodeBackEnd(crypto));
    if (!opened.ok) throw new CeremonyRefused('the bundle that it builds on was not signed by this root');
    base = opened.value;
    checkAgainst(base, next);
  } else if (last !== null && last.digest !== digest) {
    throw new CeremonyRefused('this root has signed before, and this names no bundle that it builds on');
  }
  checkIssuers(next, secret);
  const delta = base === null ? undefined : makeTrustDelta(contentOf(base), contentOf(next));
  return {
    signed: {
      format: 'fieldtill-trust-signed/1',
      version: next.version,
      bundle: toBase64Url(signTrustBundle(next, world, root)),
      delta: delta === undefined ? null : toBase64Url(signTrustDelta(delta, world, root)),
    },
    secret: { ...secret, last: { version: next.version, digest } },
    summary: summaryOf(next, base, toSign.causes),
  };
}
