import { describe, expect, it } from 'vitest';
import { twoCodeCases } from '../../bench/scan-corpus.ts';
import { openFrameDecoder } from '../../ui/scanner/decode-frame.ts';
import { drawScene, madeDigits } from '../support/qr-scene.ts';

describe('the engine in reserve', () => {
  it('bytes that are no WebAssembly → the script reads', async () => {
    const decoder = await openFrameDecoder(new Uint8Array([0, 97, 115, 109, 9, 9]).buffer);
    expect(decoder.engine).toBe('script');
  });

  it('no WebAssembly, 686 digits at 640×480 → one', async () => {
    const decoder = await openFrameDecoder(null);
    const text = madeDigits(686, 9);
    const frame = drawScene({ seed: 9, codes: [{ text, version: 12, side: 400 }] });
    expect(await decoder.decode(frame, 'quick')).toEqual({ kind: 'one', text });
  });

  it('two codes in view → several or none, never one', async () => {
    const decoder = await openFrameDecoder(null);
    for (const { scene } of twoCodeCases(12)) {
      expect((await decoder.decode(drawScene(scene), 'thorough')).kind).not.toBe('one');
    }
  });

  it('a picture made to confuse it → none, without an error', async () => {
    const decoder = await openFrameDecoder(null);
    const data = new Uint8ClampedArray(200 * 200).map((_, i) => (i * 2_654_435_761) >>> 24);
    expect(await decoder.decode({ data, width: 200, height: 200 }, 'thorough')).toEqual({ kind: 'none' });
  });
});
