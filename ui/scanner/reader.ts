/** What an engine is to the decoder: one try at one frame. Both engines are written to this. */
import type { RgbaFrame } from './frame.ts';
import type { Sighting } from './sighting.ts';

/**
 * How an engine looks at a frame: `full` also for light codes on dark and at smaller scales, `lean` as it is,
 * `even` with one threshold between dark and light for the whole of it.
 */
export type Look = 'full' | 'lean' | 'even';

/** One try of an engine: every code it sees in `frame`, in the frame's own pixels. */
export type Reader = (frame: RgbaFrame, look: Look) => Promise<readonly Sighting[]>;
