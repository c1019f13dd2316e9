/**
 * A terminal joins its merchant: the one-time secret, and proof that it holds the key to be certified.
 * The same terminal may ask again with the same secret (its answer was lost); another key never may.
 */

import { invariant } from '../../shared/assert.ts';
import { equalBytes, fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import { POSSESSION_MAX_AGE_S, type RouteAnswer, type RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { isStrictPublicKey } from '../../shared/protocol/ed25519.ts';
import { openPossession } from '../../shared/protocol/possession.ts';
import { issueTerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import { insertTerminal, lockEnrolmentCode } from '../db/merchants.ts';
import { type House, nowS } from '../house.ts';

const CERTIFICATE_LIFE_S = 60 * 86_400;

type EnrolRefusal = Refusal<
  'bad-request' | 'malformed' | 'forged' | 'expired' | 'enrolment-refused' | 'already-enrolled'
>;

export async function enrolTerminal(
  house: House,
  body: RouteBody<'enrolTerminal'>,
): Promise<Result<RouteAnswer<'enrolTerminal'>, EnrolRefusal>> {
  const secret = fromBase64Url(body.secret);
  const bytes = fromBase64Url(body.possession);
  if (secret === undefined) return refused({ code: 'bad-request', detail: { field: 'secret' } });
  if (bytes === undefined) return refused({ code: 'bad-request', detail: { field: 'possession' } });
  const possession = openPossession(bytes, house.config.world, house.backEnd);
  if (!possession.ok) return possession;
  const { contextDigest, publicKey, boxKey, iatS } = possession.value;
  const secretDigest = sha256(secret);
  if (!equalBytes(contextDigest, secretDigest) || !isStrictPublicKey(publicKey))
    return refused({ code: 'bad-request', detail: { field: 'possession' } });

  const { kid, signer } = await house.trust.issuer();
  const issued = await inTransaction(
    house.database,
    async (tx): Promise<Result<Uint8Array, EnrolRefusal>> => {
      const code = await lockEnrolmentCode(tx, secretDigest);
      if (code === undefined) return refused({ code: 'enrolment-refused' });
      if (code.terminal !== null)
        return equalBytes(code.terminal.publicKey, publicKey)
          ? ok(code.terminal.certificate)
          : refused({ code: 'already-enrolled' });
      if (code.expiresAtMs <= house.nowMs()) return refused({ code: 'enrolment-refused' });
      const issuedAtS = nowS(house);
      const ageS = issuedAtS - iatS;
      if (Math.abs(ageS) > POSSESSION_MAX_AGE_S) return refused({ code: 'expired', detail: { ageS } });
      const { merchant, branchId } = code;
      invariant(isCurrencyCode(merchant.currency), 'a merchant of no known currency');
      const terminalId = house.randomBytes(8);
      const expiresAtS = issuedAtS + CERTIFICATE_LIFE_S;
      const certificate = issueTerminalCertificate(
        {
          terminalId,
          iatS: issuedAtS,
          expS: expiresAtS,
          publicKey,
          merchantId: merchant.merchantId,
          displayName: merchant.displayName,
          boxKey,
          currency: merchant.currency,
        },
        house.config.world,
        kid,
        signer,
      );
      await insertTerminal(tx, {
        terminalId,
        merchantId: merchant.merchantId,
        branchId,
        publicKey,
        boxKey,
        certificate,
        certificateDigest: sha256(certificate),
        expiresAtS,
        nowMs: house.nowMs(),
        secretDigest,
      });
      return ok(certificate);
    },
  );
  if (!issued.ok) return issued;
  const trust = await house.trust.current();
  return ok({ certificate: toBase64Url(issued.value), trustBundle: toBase64Url(trust.bytes) });
}
