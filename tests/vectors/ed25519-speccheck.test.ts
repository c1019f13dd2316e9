/** The twelve cases on which verifiers differ: strict verification takes the one that is sound, and no other. */
import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isStrictlyEncoded, tweetnaclBackEnd, verifyStrict } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd } from '../../shared/protocol/ed25519-node.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

const FILE = 'ed25519-speccheck/cases.json';
interface Case {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}
/** Both points of mixed order, S < L, everything canonical: the equation alone decides. */
const SOUND = 3;

describe.skipIf(!hasMaterial(FILE))('§2 strict Ed25519, speccheck', () => {
  const cases = hasMaterial(FILE) ? readMaterial<readonly Case[]>(FILE) : [];

  it('the set → twelve cases', () => {
    expect(cases).toHaveLength(12);
  });

  it.each(cases.map((one, number) => ({ ...one, number })))(
    'case $number → the same verdict by both back ends',
    (one) => {
      const [message, key, signature] = [one.message, one.pub_key, one.signature].map(bytesOfHex);
      if (!message || !key || !signature) throw new TypeError('a case');
      for (const backEnd of [nodeBackEnd(crypto), tweetnaclBackEnd]) {
        expect(verifyStrict(backEnd, key, message, signature)).toBe(one.number === SOUND);
      }
    },
  );

  it('the guard → lets by no case on which back ends differ', () => {
    const passed = cases.flatMap((one, number) =>
      isStrictlyEncoded(bytesOfHex(one.pub_key), bytesOfHex(one.signature)) ? [number] : [],
    );
    // 4 and 5 hold only with the cofactor: both back ends refuse them by the cofactorless equation
    expect(passed).toEqual([3, 4, 5]);
  });
});
