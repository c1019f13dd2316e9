/** Hexadecimal written in a test or a vector; a slip of the pen throws. */
import { fromHex } from '../../shared/bytes.ts';

export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${hex}`);
  return bytes;
}
