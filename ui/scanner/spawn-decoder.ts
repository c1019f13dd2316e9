/** Starts the decoder worker as the bundler lays it beside the page. Not for Node: tests open the engine itself. */
import type { DecoderWorker } from './guarded-decoder.ts';

export function spawnDecoder(): DecoderWorker {
  return new Worker(new URL('./decoder-worker.ts', import.meta.url), { type: 'module', name: 'qr-decoder' });
}
