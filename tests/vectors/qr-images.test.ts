/**
 * The published test pictures of zxing-cpp, where they lie beside the project: every code is read as its text
 * file says, nothing is read where nothing is, and pictures with several codes are never resolved to one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FrameDecoder } from '../../ui/scanner/decode-frame.ts';
import { listPictures, loadPicture, saysTheSame } from '../support/picture-folder.ts';
import { openTestDecoder } from '../support/scanner-engine.ts';

const folder = fileURLToPath(new URL('../../../shared/material/qr-images/', import.meta.url));
const present = existsSync(folder);
const pictures = (name: string) => (present ? listPictures(join(folder, name)) : []);

let decoder: FrameDecoder;
beforeAll(async () => {
  decoder = await openTestDecoder();
});

describe.skipIf(!present)('published QR pictures', () => {
  it.each(['qrcode-1', 'qrcode-2', 'qrcode-3'])(
    '%s → every picture says what its text file says',
    async (name) => {
      for (const { path, text } of pictures(name)) {
        const reading = await decoder.decode(await loadPicture(path), 'utmost');
        // One picture there has a second code drawn inside the first: naming both is right.
        const texts = reading.kind === 'none' ? [] : reading.kind === 'one' ? [reading.text] : reading.texts;
        expect({ path, read: texts.some((read) => saysTheSame(read, text ?? '')) }).toEqual({
          path,
          read: true,
        });
      }
    },
  );

  it('falsepositives-1 → none, at every effort', async () => {
    for (const { path } of pictures('falsepositives-1')) {
      const frame = await loadPicture(path);
      for (const effort of ['quick', 'steady', 'utmost'] as const) {
        expect({ path, reading: await decoder.decode(frame, effort) }).toEqual({
          path,
          reading: { kind: 'none' },
        });
      }
    }
  });

  it('multi-1: four QR codes → several; one among other symbols → one; none → none', async () => {
    const kinds: Record<string, string> = {};
    for (const name of ['multi-qr.png', '1.png', '#360.png', '3xean-8.png', 'multi-dm.png']) {
      kinds[name] = (await decoder.decode(await loadPicture(join(folder, 'multi-1', name)), 'utmost')).kind;
    }
    expect(kinds).toEqual({
      'multi-qr.png': 'several',
      '1.png': 'one',
      '#360.png': 'one',
      '3xean-8.png': 'none',
      'multi-dm.png': 'none',
    });
  });
});
