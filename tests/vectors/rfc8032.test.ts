/** RFC 8032 §7.1: the RFC's own signatures, made and taken by both back ends. */
import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { tweetnaclBackEnd, tweetnaclSigner, verifyStrict } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

const FILE = 'rfc8032/ed25519-section7.1.json';
interface Vector {
  readonly name: string;
  readonly secretKey: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

describe.skipIf(!hasMaterial(FILE))('RFC 8032 §7.1', () => {
  const vectors = hasMaterial(FILE) ? readMaterial<readonly Vector[]>(FILE) : [];

  it('the set → five vectors', () => {
    expect(vectors).toHaveLength(5);
  });

  it.each(vectors)('$name → its signature, by both signers and both back ends', (vector) => {
    const message = bytesOfHex(vector.message);
    const secret = bytesOfHex(vector.secretKey).subarray(0, 32);
    for (const signer of [nodeSigner(crypto, secret), tweetnaclSigner(secret)]) {
      expect(toHex(signer.publicKey)).toBe(vector.publicKey);
      expect(toHex(signer.sign(message))).toBe(vector.signature);
    }
    for (const backEnd of [nodeBackEnd(crypto), tweetnaclBackEnd]) {
      const [key, signature] = [bytesOfHex(vector.publicKey), bytesOfHex(vector.signature)];
      expect(verifyStrict(backEnd, key, message, signature)).toBe(true);
    }
  });
});
