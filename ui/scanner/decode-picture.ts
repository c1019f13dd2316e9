/**
 * Reads the code in a picture file that was dropped, pasted or chosen. The file comes from anywhere: it is
 * decoded by the browser's own picture reader and a worker under a watchdog, and it must never be shown or
 * kept. Two codes in a picture are both named, never one picked.
 */
import { maxFramePixels } from './decode-frame.ts';
import { createGuardedDecoder, type DecoderWorker } from './guarded-decoder.ts';

/**
 * What became of a picture: its text, `no-code`, `several-codes`, `not-a-picture` (not a kind that the browser
 * reads), `too-large`, `too-slow`, or `decoder-unavailable`.
 */
export type PictureReading =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly code:
        | 'no-code'
        | 'several-codes'
        | 'not-a-picture'
        | 'too-large'
        | 'too-slow'
        | 'decoder-unavailable';
    };

/** A photograph is tried at several sizes, so it is given longer than a camera's frame. */
const pictureLimitMs = 10_000;
const maxFileBytes = 32 * 1024 * 1024;

/** Reads `file` in a worker of its own, which is ended afterwards. */
export async function decodePicture(file: Blob, spawn: () => DecoderWorker): Promise<PictureReading> {
  if (file.size > maxFileBytes) return { ok: false, code: 'too-large' };
  const frame = await pixelsOf(file);
  if (!frame) return { ok: false, code: 'not-a-picture' };
  const decoder = createGuardedDecoder(spawn);
  const outcome = await decoder.decode({ ...frame, effort: 'utmost' }, pictureLimitMs);
  decoder.close();
  if (!outcome.ok) {
    return { ok: false, code: outcome.code === 'decoder-unavailable' ? 'decoder-unavailable' : 'too-slow' };
  }
  if (outcome.reading.kind === 'one') return { ok: true, text: outcome.reading.text };
  return { ok: false, code: outcome.reading.kind === 'several' ? 'several-codes' : 'no-code' };
}

/** The first picture file in what was dropped or pasted; null when there is none. */
export function pictureIn(transfer: DataTransfer | null): File | null {
  const files = [...(transfer?.files ?? [])];
  return files.find((file) => file.type.startsWith('image/')) ?? null;
}

/** The picture's pixels on white, made smaller until they are no more than the decoder takes. */
async function pixelsOf(file: Blob) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, Math.sqrt(maxFramePixels / (bitmap.width * bitmap.height)));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
  canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { data, width, height };
}
