/** What is signed is written without the general encoder: the bytes must be the same at every length. */
import { expect, it } from 'vitest';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import { sigStructure } from '../../shared/protocol/cose.ts';

it.each([0, 1, 23, 24, 255, 256, 65_535, 65_536, 70_000])(
  'a part of %d bytes → as CBOR writes it',
  (size) => {
    const part = new Uint8Array(size).fill(0xa5);
    const small = Uint8Array.of(1, 2, 3);
    for (const [header, aad, payload] of [
      [part, small, small],
      [small, part, small],
      [small, small, part],
    ] as const)
      expect(Buffer.from(sigStructure(header, aad, payload))).toEqual(
        Buffer.from(encodeCbor(['Signature1', header, aad, payload])),
      );
  },
);
