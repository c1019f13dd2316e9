/**
 * Many signatures at once, over all cores: node:crypto's asynchronous form on the thread pool, so that
 * the event loop goes on serving. The verdicts are those of shared/protocol/ed25519.ts: the same guard
 * runs before the same equation.
 */
import { verify as verifyOnThreadPool } from 'node:crypto';
import { isStrictlyEncoded } from '../../shared/protocol/ed25519.ts';
import { type NodeCrypto, nodePublicKeyCache } from '../../shared/protocol/ed25519-node.ts';

export interface SignatureClaim {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** One verdict for each claim, in their order. */
export type VerifyAll = (claims: readonly SignatureClaim[]) => Promise<readonly boolean[]>;

export function verifyAllWith(crypto: NodeCrypto): VerifyAll {
  const keyOf = nodePublicKeyCache(crypto);
  const verifyOne = ({ publicKey, message, signature }: SignatureClaim): boolean | Promise<boolean> => {
    if (!isStrictlyEncoded(publicKey, signature)) return false;
    const key = keyOf(publicKey);
    if (key === undefined) return false;
    return new Promise((settle, reject) => {
      verifyOnThreadPool(null, message, key, signature, (error, genuine) => {
        if (error === null) settle(genuine);
        else reject(error);
      });
    });
  };
  return async (claims) => await Promise.all(claims.map(verifyOne));
}
