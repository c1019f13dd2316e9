/**
 * Getting a purse. The key and the request are durable before the request is sent, and the same is
 * asked for until there is an answer: an answer that is lost on the way costs no money and no second purse.
 */
import { equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { complete, encodeSign1 } from '../../shared/protocol/cose.ts';
import { tweetnaclBackEnd } from '../../shared/protocol/ed25519.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { checkCertificate } from '../../shared/protocol/presented-code.ts';
import { type PurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { REFUSALS, type Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { newPurseState } from '../core/purse-state.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';
import { makeKey } from '../keys.ts';
import type { WalletDatabase } from '../store/database.ts';
import { dropPurseRequest, keepKeyAndRequest, signerOf } from '../store/purse-keys.ts';
import { addPurse } from '../store/purses.ts';
import type { Profile, PurseRequest } from '../store/records.ts';
import type { ClearingClient } from './client.ts';

export interface PurseDesk {
  readonly db: WalletDatabase;
  readonly client: ClearingClient;
  readonly crypto: Crypto;
  readonly nowMs: () => number;
}

/** Makes the key, keeps the request, and asks. */
export async function requestPurse(
  desk: PurseDesk,
  profile: Profile,
  trust: WalletTrust,
  wish: { readonly currency: string; readonly allowanceMinor: bigint },
): Promise<Result<PurseCertificate>> {
  const key = await makeKey(desk.crypto);
  const request: PurseRequest = {
    requestId: toHex(desk.crypto.getRandomValues(new Uint8Array(16))),
    customerId: profile.customerId,
    ...wish,
    publicKey: key.publicKey,
  };
  const kept = await keepKeyAndRequest(desk.db, key, request);
  return kept.ok ? sendPurseRequest(desk, profile, trust, request) : kept;
}

/** Proof that this device holds the key, made anew each time: an old one is refused. */
async function possessionOf(
  desk: PurseDesk,
  profile: Profile,
  publicKey: Uint8Array,
): Promise<Result<string, Refusal<'storage-damaged'>>> {
  const signer = await signerOf(desk.db, desk.crypto, publicKey);
  if (!signer.ok) return signer;
  const contextDigest = sha256(fromHex(profile.customerId) ?? new Uint8Array());
  const iatS = Math.floor(desk.nowMs() / 1000);
  const possession = { contextDigest, publicKey, boxKey: new Uint8Array(32), iatS };
  const draft = draftPossession(possession, profile.world);
  return ok(toBase64Url(encodeSign1(complete(draft, await signer.value.sign(draft.toBeSigned)))));
}

/** Sends a kept request (again). A refusal that cannot pass later ends it. */
export async function sendPurseRequest(
  desk: PurseDesk,
  profile: Profile,
  trust: WalletTrust,
  request: PurseRequest,
): Promise<Result<PurseCertificate>> {
  const { requestId, currency, allowanceMinor } = request;
  const possession = await possessionOf(desk, profile, request.publicKey);
  if (!possession.ok) return possession;
  const answer = await desk.client.call('issuePurse', {
    body: { requestId, currency, allowanceMinor: allowanceMinor.toString(), possession: possession.value },
  });
  if (!answer.ok) {
    const { code } = answer.refusal;
    if (REFUSALS[code].retry === 'never' || code === 'not-enough-money') {
      await dropPurseRequest(desk.db, requestId);
    }
    return answer;
  }
  const certificate = openPurse(answer.value.certificate, request, profile, trust);
  if (!certificate.ok) return certificate;
  const { customerId, world } = profile;
  const added = await addPurse(desk.db, newPurseState(certificate.value, { customerId, world }), requestId);
  return added.ok ? certificate : added;
}

/** The certificate, if it is what was asked for, for our key, by an issuer that the root vouches for. */
function openPurse(
  text: string,
  request: PurseRequest,
  profile: Profile,
  trust: WalletTrust,
): Result<PurseCertificate> {
  const bytes = fromBase64Url(text);
  const read = reading(() => readPurseCertificate(decodeCbor(bytes ?? new Uint8Array())));
  if (!read.ok) return refused({ code: 'clearing-answer-invalid' });
  const certificate = read.value;
  const isOurs =
    equalBytes(certificate.publicKey, request.publicKey) &&
    certificate.currency === request.currency &&
    certificate.allowanceMinor === request.allowanceMinor;
  if (!isOurs) return refused({ code: 'clearing-answer-invalid' });
  const issued = checkCertificate(certificate, {
    world: profile.world,
    backEnd: tweetnaclBackEnd,
    trust,
    isKnownCertificate: () => false,
  });
  return issued.ok ? read : issued;
}
