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
  return (claims) =>
    new Promise((settle, reject) => {
      const verdicts = new Array<boolean>(claims.length).fill(false);
      let waiting = 1;
      const done = (): void => {
        waiting -= 1;
        if (waiting === 0) settle(verdicts);
      };
      for (const [i, { publicKey, message, signature }] of claims.entries()) {
        const key = isStrictlyEncoded(publicKey, signature) ? keyOf(publicKey) : undefined;
        if (key === undefined) continue;
        waiting += 1;
        verifyOnThreadPool(null, message, key, signature, (error, genuine) => {
          if (error !== null) return reject(error);
          verdicts[i] = genuine;
          return done();
        });
      }
      done();
    });
}
