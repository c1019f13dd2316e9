/** Undoing gzip and zstd with a limit on what may come out: a small bomb must not become a large body. */
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { MAX_BATCH_BYTES } from '../../shared/protocol/journal-batch.ts';
import { RefusedRequest } from './problem.ts';

const DECODERS = { gzip: promisify(gunzip), zstd: promisify(zstdDecompress) };

/** @throws RefusedRequest */
export async function decodeContent(bytes: Uint8Array, coding: string | undefined): Promise<Uint8Array> {
  if (coding === undefined || coding === 'identity') return bytes;
  if (coding !== 'gzip' && coding !== 'zstd') throw new RefusedRequest({ code: 'unsupported' });
  try {
    return await DECODERS[coding](bytes, { maxOutputLength: MAX_BATCH_BYTES });
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError || (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new RefusedRequest(isTooLarge ? { code: 'too-large' } : { code: 'malformed' });
  }
}
