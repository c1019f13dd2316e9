/**
 * A purse whose key a script holds: got from the real clearing house by its real routes, so that a demo or
 * a load can show codes that no honest wallet would show (expired, forged, replayed), and many of them.
 */
import * as crypto from 'node:crypto';
import { fromBase64Url, fromHex, toBase64Url } from '../../shared/bytes.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import {
  draftPayment,
  type Payment,
  type PaymentFields,
  paymentIdOf,
  readPayment,
} from '../../shared/protocol/payment.ts';
import { pictureText } from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import {
  issuePurseCertificate,
  type PurseCertificate,
  readPurseCertificate,
} from '../../shared/protocol/purse-certificate.ts';
import type { World } from '../../shared/protocol/world.ts';

export interface ScriptedPurse {
  readonly certificate: PurseCertificate;
  readonly signer: Signer;
  readonly world: World;
}

/** Signs in as the customer and has the clearing house issue purses for keys that are made here. */
export async function issueScriptedPurses(
  origin: string,
  customer: { userName: string; password: string; currency: string; allowanceMinor: string },
  nowS: number,
  count: number,
): Promise<ScriptedPurse[]> {
  const json = { 'content-type': 'application/json' };
  const { userName, password, currency, allowanceMinor } = customer;
  const signedIn = await fetch(origin + clearingRoutes.signIn.path, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ userName, password }),
  });
  const { customerId, world } = clearingRoutes.signIn.answer.parse(await signedIn.json());
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const purses: ScriptedPurse[] = [];
  while (purses.length < count) {
    const signer = nodeSigner(crypto, crypto.randomBytes(32));
    const contextDigest = sha256(fromHex(customerId) ?? new Uint8Array());
    const claim = { contextDigest, publicKey: signer.publicKey, boxKey: new Uint8Array(32), iatS: nowS };
    const possession = toBase64Url(encodeSign1(signDraft(draftPossession(claim, world), signer)));
    const requestId = crypto.randomBytes(16).toString('hex');
    const issued = await fetch(origin + clearingRoutes.issuePurse.path, {
      method: 'POST',
      headers: { ...json, cookie },
      body: JSON.stringify({ requestId, currency, allowanceMinor, possession }),
    });
    if (issued.status !== clearingRoutes.issuePurse.status)
      throw new Error(`no purse: ${await issued.text()}`);
    const { certificate } = clearingRoutes.issuePurse.answer.parse(await issued.json());
    const bytes = fromBase64Url(certificate) ?? new Uint8Array();
    purses.push({ certificate: readPurseCertificate(decodeCbor(bytes)), signer, world });
  }
  return purses;
}

/** The same purse as a forger would make it: all fields alike, signed by an issuer of his own. */
export function forgedPurse(purse: ScriptedPurse): ScriptedPurse {
  const issuer = nodeSigner(crypto, crypto.randomBytes(32));
  const { certificate, signer, world } = purse;
  const purseId = fromHex(certificate.purseId) ?? new Uint8Array(8);
  const kid = sha256(issuer.publicKey).subarray(0, 4);
  const bytes = issuePurseCertificate({ ...certificate, purseId }, world, kid, issuer);
  return { certificate: readPurseCertificate(decodeCbor(bytes)), signer, world };
}

/** A payment of this purse, and its id. */
export function paymentOf(
  purse: ScriptedPurse,
  fields: PaymentFields,
): { payment: Payment; paymentId: PaymentId } {
  const { certificate, world, signer } = purse;
  const sign1 = signDraft(draftPayment(fields, world, certificate.digest), signer);
  return {
    payment: readPayment(sign1Value(sign1)),
    paymentId: paymentIdOf(sign1, world, certificate.digest),
  };
}

/** The digits of a quick code of this purse. */
export function quickCode(
  purse: ScriptedPurse,
  change: Partial<Extract<PaymentFields, { mode: 'quick' }>> & { readonly iatS: number },
): string {
  const fields: PaymentFields = {
    mode: 'quick',
    counter: 1,
    spentMinor: 0n,
    previous: new Uint8Array(8),
    capMinor: 1000n,
    ttlS: 30,
    nonce: crypto.randomBytes(8),
    ...change,
  };
  const { payment } = paymentOf(purse, fields);
  return pictureText({ kind: 'presented', certificate: purse.certificate, payment });
}

/** The code with one digit changed, as a bad print or a clumsy forger would. */
export function withOneDigitChanged(digits: string): string {
  const at = Math.floor(digits.length / 2);
  return digits.slice(0, at) + String((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
}
