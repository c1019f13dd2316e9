/**
 * Reads a folder of pictures of codes. `NAME.png|jpg|jpeg|webp` beside `NAME.txt` shows the code that says
 * what the text file says. A picture without a text file shows no code: whatever is read from it is a false
 * read. In a folder whose name begins with `multi` pictures show several symbols, ours and others': only
 * tests that name them judge them. Folders within are read too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Frame } from '../../ui/scanner/frame.ts';

export interface ListedPicture {
  path: string;
  /** What it says; null when it must not be read. */
  text: string | null;
}

/** The pictures to judge in `folder` and below, in the order of their paths. */
export function listPictures(folder: string): ListedPicture[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(png|jpe?g|webp)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !basename(dirname(path)).startsWith('multi'))
    .sort()
    .map((path) => {
      const textPath = path.replace(/\.\w+$/, '.txt');
      return { path, text: existsSync(textPath) ? readFileSync(textPath, 'utf8') : null };
    });
}

/** Whether `read` is what the text file says; an editor's line end at its close is not part of it. */
export function saysTheSame(read: string, listed: string): boolean {
  return read === listed || read === listed.replace(/\r?\n$/, '');
}

/** Loads a picture as RGBA, what is transparent in it on white, turned as its camera noted. */
export async function loadPicture(path: string): Promise<Frame> {
  const image = sharp(path).autoOrient().flatten({ background: 'white' }).toColourspace('srgb').ensureAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: info.height,
  };
}
