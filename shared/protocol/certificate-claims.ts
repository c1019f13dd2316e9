/** CWT claims (RFC 8392) and `cnf` with a COSE_Key (RFC 8747) that both kinds of certificate carry. */
import type { CborValue } from './cbor.ts';
import { isStrictPublicKey } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, readMap, readOneOf, readTimeS } from './shape.ts';

const EXP = 4;
const IAT = 6;
const CTI = 7;
const CNF = 8;

export interface Claims {
  readonly id: Uint8Array;
  /** Seconds since 1970; valid from `iatS` (included) to `expS` (excluded). */
  readonly iatS: number;
  readonly expS: number;
  /** The certified Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** COSE_Key of an Ed25519 public key: kty 1 (OKP), crv 6 (Ed25519), x. */
function coseKey(publicKey: Uint8Array): CborValue {
  return new Map<number, CborValue>([
    [1, 1],
    [-1, 6],
    [-2, publicKey],
  ]);
}

export function claimsValue(claims: Claims, privateKey: number, privateClaim: CborValue): CborValue {
  return new Map<number, CborValue>([
    [EXP, claims.expS],
    [IAT, claims.iatS],
    [CTI, claims.id],
    [CNF, new Map([[1, coseKey(claims.publicKey)]])],
    [privateKey, privateClaim],
  ]);
}

/** @throws Malformed */
export function readClaims(
  value: CborValue,
  privateKey: number,
): { claims: Claims; privateClaim: CborValue } {
  const [exp, iat, cti, cnf, privateClaim] = readMap(value, [EXP, IAT, CTI, CNF, privateKey]);
  const [key] = readMap(cnf, [1]);
  const [kty, crv, x] = readMap(key, [1, -1, -2]);
  readOneOf(kty, [1]);
  readOneOf(crv, [6]);
  const claims = {
    id: readBytes(cti, 8),
    iatS: readTimeS(iat),
    expS: readTimeS(exp),
    publicKey: readBytes(x, 32),
  };
  if (claims.expS <= claims.iatS) throw new Malformed('a certificate that ends before it begins');
  if (!isStrictPublicKey(claims.publicKey)) throw new Malformed('a key that no signature could verify under');
  if (privateClaim === undefined) throw new Malformed('private claim');
  return { claims, privateClaim };
}
