/** Takes a trust bundle in: signed by the pinned root, else it is not looked at. Keeps what a wallet needs of it. */
import { tweetnaclBackEnd } from '../../shared/protocol/ed25519.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';

export function openWalletTrust(
  bytes: Uint8Array,
  rootPublicKey: Uint8Array,
  world: World,
): Result<WalletTrust, Refusal<'malformed' | 'forged'>> {
  const opened = openTrustBundle(bytes, rootPublicKey, world, tweetnaclBackEnd);
  if (!opened.ok) return opened;
  const { version, iatS, expS, issuers, revokedTerminals, policy } = opened.value;
  return ok({ version, iatS, expS, issuers, revokedTerminals, policy });
}
