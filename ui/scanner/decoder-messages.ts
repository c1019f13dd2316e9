/** What a page and its decoder worker say to each other. One frame is asked for at a time. */
import type { Effort, Engine } from './decode-frame.ts';
import type { Reading } from './sighting.ts';

/** Page to worker; the pixels are handed over, not copied. */
export interface DecodeRequest {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly effort: Effort;
}

/** Worker to page: once when it can read, then one answer a request. `broken` means: throw me away. */
export type DecoderAnswer =
  | { readonly kind: 'ready'; readonly engine: Engine }
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'broken'; readonly message: string };
