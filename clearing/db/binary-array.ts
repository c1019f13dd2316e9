/**
 * Array parameters in PostgreSQL's binary form (array_send): a third of the bytes of the text form, and
 * nothing to escape or parse on either side. A Buffer parameter is sent as binary, so the statement must
 * cast it to the very array type that it was made for: `${byteaArray(…)}::bytea[]`.
 */

const OID = { bytea: 17, int8: 20, int4: 23, text: 25 } as const;
const HEADER_BYTES = 20;

function arrayOf<T>(
  oid: number,
  values: readonly (T | null)[],
  sizeOf: (value: T) => number,
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  let length = HEADER_BYTES;
  for (const value of values) length += 4 + (value === null ? 0 : sizeOf(value));
  const buffer = Buffer.allocUnsafe(length);
  // an empty array has no dimensions, and its header ends early
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (values.length === 0) return buffer.subarray(0, 12);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    const size = value === null ? -1 : sizeOf(value);
    buffer.writeInt32BE(size, at);
    at += 4;
    if (value === null) continue;
    write(buffer, value, at);
    at += size;
  }
  return buffer;
}

/** For `::bytea[]`. */
export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  return arrayOf(
    OID.bytea,
    values,
    (bytes) => bytes.length,
    (buffer, bytes, at) => buffer.set(bytes, at),
  );
}

/** For `::bigint[]`. */
export function bigintArray(values: readonly (bigint | number | null)[]): Buffer {
  return arrayOf(
    OID.int8,
    values,
    () => 8,
    (buffer, value, at) => {
      if (typeof value === 'bigint') {
        buffer.writeBigInt64BE(value, at);
        return;
      }
      // two halves: a bigint for each number would be garbage at once
      buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
      buffer.writeUInt32BE(value >>> 0, at + 4);
    },
  );
}

/** For `::integer[]`. */
export function integerArray(values: readonly (number | null)[]): Buffer {
  return arrayOf(
    OID.int4,
    values,
    () => 4,
    (buffer, value, at) => buffer.writeInt32BE(value, at),
  );
}

/** For `::text[]`. */
export function textArray(values: readonly (string | null)[]): Buffer {
  // most columns of text say one of a few words
  const known = new Map<string, Uint8Array>();
  const bytesOf = (text: string): Uint8Array => {
    let bytes = known.get(text);
    if (bytes === undefined) {
      bytes = Buffer.from(text);
      known.set(text, bytes);
    }
    return bytes;
  };
  return arrayOf(
    OID.text,
    values.map((text) => (text === null ? null : bytesOf(text))),
    (bytes) => bytes.length,
    (buffer, bytes, at) => buffer.set(bytes, at),
  );
}
