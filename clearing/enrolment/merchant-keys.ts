/** Keys by which merchants' own programs speak to us: made by the operator, shown once, revoked for good. */
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { findMerchantByKey, insertMerchantKey, revokeMerchantKey as revoke } from '../db/merchant-keys.ts';
import type { House } from '../house.ts';

const PREFIX = 'mk_';
const KEY_BYTES = 32;

export async function createMerchantKey(
  house: House,
  merchantId: string,
): Promise<Result<RouteAnswer<'createMerchantKey'>, Refusal<'not-found'>>> {
  const merchant = fromHex(merchantId);
  if (merchant === undefined) return refused({ code: 'not-found' });
  const keyId = house.randomBytes(8);
  const key = house.randomBytes(KEY_BYTES);
  const row = { keyId, merchantId: merchant, keyDigest: sha256(key), nowMs: house.nowMs() };
  if (!(await insertMerchantKey(house.database, row))) return refused({ code: 'not-found' });
  return ok({ keyId: toHex(keyId), key: PREFIX + toBase64Url(key) });
}

export async function revokeMerchantKey(
  house: House,
  keyId: string,
): Promise<Result<Record<string, never>, Refusal<'not-found'>>> {
  const id = fromHex(keyId);
  const isThere = id !== undefined && (await revoke(house.database, id, house.nowMs()));
  return isThere ? ok({}) : refused({ code: 'not-found' });
}

/** The merchant (8 bytes) whose key this text is. */
export async function merchantOfKey(house: House, text: string): Promise<Uint8Array | undefined> {
  const key = text.startsWith(PREFIX) ? fromBase64Url(text.slice(PREFIX.length)) : undefined;
  return key?.length === KEY_BYTES ? await findMerchantByKey(house.database, sha256(key)) : undefined;
}
