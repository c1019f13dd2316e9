/**
 * Decodes one frame at a time in a worker under a watchdog. A frame that takes too long costs that frame and
 * the worker, never the page: the worker is ended, a new one is started, the frame is dropped. Must never
 * have two frames in flight, and must never wait for a worker without a limit.
 */
import type { Engine } from './decode-frame.ts';
import type { DecodeRequest, DecoderAnswer } from './decoder-messages.ts';
import type { Reading } from './sighting.ts';

/** The part of a Worker that is used here. */
export interface DecoderWorker {
  postMessage(message: DecodeRequest, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<DecoderAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/**
 * Why there is no reading: the frame took longer than its limit, the engine broke on it, no engine would
 * start, another frame is being read, or the decoder was closed.
 */
export type DecodeFailure = 'too-slow' | 'decoder-broken' | 'decoder-unavailable' | 'busy' | 'closed';

export type DecodeOutcome =
  | { readonly ok: true; readonly reading: Reading; readonly engine: Engine }
  | { readonly ok: false; readonly code: DecodeFailure };

export interface GuardedDecoder {
  /** Resolves to whether a frame handed over now is read at once; false means that none will be any more. */
  ready(): Promise<boolean>;
  /** Hands `frame` over (its pixels are gone afterwards) and answers within `limitMs` of the worker's start. */
  decode(frame: DecodeRequest, limitMs: number): Promise<DecodeOutcome>;
  /** Ends the worker; a frame in flight is answered with `closed`. */
  close(): void;
}

/** A camera's frame is given up after this long. */
export const frameLimitMs = 500;
/** A worker that is not ready after this long will not be: its script or engine is missing or forbidden. */
const startLimitMs = 10_000;

interface Job {
  readonly request: DecodeRequest;
  readonly limitMs: number;
  readonly settle: (outcome: DecodeOutcome) => void;
}

/** Starts a worker by `spawn` at once, so that its engine is compiled before the first frame comes. */
export function createGuardedDecoder(spawn: () => DecoderWorker): GuardedDecoder {
  let worker: DecoderWorker | null = null;
  let engine: Engine | null = null;
  let job: Job | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  /** Told once the present worker is ready or will not be. */
  const waiting: ((ready: boolean) => void)[] = [];
  const tell = (ready: boolean) => {
    for (const told of waiting.splice(0)) told(ready);
  };

  const settle = (outcome: DecodeOutcome) => {
    const settled = job;
    job = null;
    clearTimeout(timer);
    settled?.settle(outcome);
  };
  const end = () => {
    worker?.terminate();
    worker = null;
    engine = null;
    clearTimeout(timer);
  };
  const fail = (code: DecodeFailure) => {
    const wasReady = engine !== null;
    end();
    // One that never was ready is not tried again by itself: it would only fail the same way, for ever.
    if (wasReady && !closed) start();
    else tell(false);
    settle({ ok: false, code: wasReady ? code : 'decoder-unavailable' });
  };
  const post = () => {
    if (!worker || !job) return;
    timer = setTimeout(() => fail('too-slow'), job.limitMs);
    worker.postMessage(job.request, [job.request.data.buffer]);
  };
  const onAnswer = (from: DecoderWorker, answer: DecoderAnswer) => {
    if (from !== worker) return;
    if (answer.kind === 'broken') return fail('decoder-broken');
    if (answer.kind === 'ready') {
      clearTimeout(timer);
      engine = answer.engine;
      tell(true);
      return post();
    }
    if (engine) settle({ ok: true, reading: answer.reading, engine });
  };
  const start = () => {
    const started = spawned(spawn);
    if (!started) {
      tell(false);
      return settle({ ok: false, code: 'decoder-unavailable' });
    }
    worker = started;
    started.onmessage = (event) => onAnswer(started, event.data);
    started.onerror = () => {
      if (started === worker) fail('decoder-broken');
    };
    timer = setTimeout(() => fail('decoder-unavailable'), startLimitMs);
  };

  start();
  return {
    ready() {
      if (engine || !worker) return Promise.resolve(engine !== null);
      return new Promise((resolve) => waiting.push(resolve));
    },
    decode(request, limitMs) {
      if (closed) return Promise.resolve({ ok: false, code: 'closed' });
      if (job) return Promise.resolve({ ok: false, code: 'busy' });
      return new Promise((resolve) => {
        job = { request, limitMs, settle: resolve };
        if (!worker) start();
        if (engine) post();
      });
    },
    close() {
      closed = true;
      end();
      tell(false);
      settle({ ok: false, code: 'closed' });
    },
  };
}

/** A page whose policy forbids workers makes the constructor throw. */
function spawned(spawn: () => DecoderWorker): DecoderWorker | null {
  try {
    return spawn();
  } catch {
    return null;
  }
}
