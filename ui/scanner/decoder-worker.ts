/**
 * The worker in which pictures from outside are decoded, so that a crafted one stops neither the window nor
 * the camera: who started it ends it when it takes too long. It must never fetch anything: the engine's bytes
 * are bundled with it.
 */
import wasmDataUrl from 'zxing-wasm/reader/zxing_reader.wasm?url&inline';
import { type FrameDecoder, openFrameDecoder } from './decode-frame.ts';
import type { DecodeRequest, DecoderAnswer } from './decoder-messages.ts';

const decoder = openFrameDecoder(bytesOf(wasmDataUrl)).then(warmedUp);

decoder.then(
  ({ engine }) => answer({ kind: 'ready', engine }),
  (error: unknown) => answer({ kind: 'broken', message: String(error) }),
);

self.addEventListener('message', (event: MessageEvent<DecodeRequest>) => {
  decoder
    .then((opened) => decode(opened, event.data))
    .catch((error: unknown) => {
      answer({ kind: 'broken', message: String(error) });
    });
});

/** One empty frame while the camera is still opening: the first look costs ten times the later ones. */
async function warmedUp(opened: FrameDecoder): Promise<FrameDecoder> {
  const [width, height] = [640, 480];
  await opened.decode({ data: new Uint8ClampedArray(width * height), width, height }, 'thorough');
  return opened;
}

async function decode(opened: FrameDecoder, request: DecodeRequest): Promise<void> {
  answer({ kind: 'reading', reading: await opened.decode(request, request.effort) });
}

function answer(message: DecoderAnswer): void {
  self.postMessage(message);
}

/** The bytes in a base64 data address, without a fetch: a policy that forbids connections allows this. */
function bytesOf(dataUrl: string): ArrayBuffer {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}
