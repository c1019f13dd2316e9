/** The scanner's compiled engine on Node: its bytes are read from the package, as the programs bundle them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type FrameDecoder, openFrameDecoder } from '../../ui/scanner/decode-frame.ts';

/** zxing_reader.wasm of the installed package. */
export function readerWasm(): ArrayBuffer {
  const bytes = readFileSync(fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

export function openTestDecoder(): Promise<FrameDecoder> {
  return openFrameDecoder(readerWasm());
}
