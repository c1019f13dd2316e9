/**
 * Who asks for money: the terminal certificate's signature, validity and revocation. Only what passes here
 * may put a merchant's name on the screen, else a sticker over the shop's code could choose the name.
 */
import { verifySign1 } from '../../shared/protocol/cose.ts';
import type { Ed25519BackEnd } from '../../shared/protocol/ed25519.ts';
import { checkValidity } from '../../shared/protocol/presented-code.ts';
import type { TerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import { issuerOf, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { aadOf, type World } from '../../shared/protocol/world.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';

/** The part of the trust bundle that a wallet keeps. */
export type WalletTrust = Omit<TrustBundle, 'statusList' | 'clearingBoxKey'>;

export interface TerminalCheck {
  readonly trust: WalletTrust;
  readonly world: World;
  readonly backEnd: Ed25519BackEnd;
}

export type TerminalRefusal = Refusal<
  | 'untrusted'
  | 'certificate-forged'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'terminal-revoked'
>;

/** @param atS when the certificate was used, seconds since 1970 */
export function checkTerminal(
  certificate: TerminalCertificate,
  check: TerminalCheck,
  atS: number,
): Result<null, TerminalRefusal> {
  const { trust, world, backEnd } = check;
  const issuer = issuerOf(trust, certificate.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (certificate.iatS < issuer.notBeforeS || certificate.iatS >= issuer.notAfterS) {
    return refused({ code: 'untrusted' });
  }
  if (!verifySign1(backEnd, issuer.publicKey, certificate.sign1, aadOf(world, 'terminal'))) {
    return refused({ code: 'certificate-forged' });
  }
  const valid = checkValidity(certificate, atS, trust.policy.clockToleranceS);
  if (!valid.ok) return valid;
  if (trust.revokedTerminals.includes(certificate.terminalId)) return refused({ code: 'terminal-revoked' });
  return ok(null);
}
