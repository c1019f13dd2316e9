/** The engine's ports on a real machine: the clock, the system's randomness, timers, fetch. */
import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { invariant } from '../../shared/assert.ts';
import type { EnginePorts, HttpAnswer, Network } from './ports.ts';

/** An answer larger than this is not from our clearing house. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5000;
/** The clearing house sends a heartbeat every 15 s; silence for longer means the line is dead. */
const STREAM_SILENCE_MS = 45_000;

async function readLimited(answer: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw new RangeError('an answer that is too large');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

const network: Network = {
  exchange: async ({ method, url, headers, body, timeoutMs }): Promise<HttpAnswer> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method, headers, body, redirect: 'error', signal });
    const bytes = await readLimited(answer);
    return { status: answer.status, header: (name) => answer.headers.get(name), body: bytes };
  },

  canConnect: (origin) => {
    const { hostname, port, protocol } = new URL(origin);
    return new Promise((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
      const end = (connected: boolean): void => {
        socket.destroy();
        resolve(connected);
      };
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(false));
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
    });
  },

  events: ({ method, url, headers }, onEvent, onEnd) => {
    const abort = new AbortController();
    let silence: NodeJS.Timeout | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), STREAM_SILENCE_MS);
      silence.unref();
    };
    const read = async (): Promise<void> => {
      heard();
      const answer = await fetch(url, { method, headers, redirect: 'error', signal: abort.signal });
      if (answer.status !== 200 || answer.body === null) return;
      let rest = '';
      for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
        heard();
        const lines = (rest + text).split('\n');
        rest = (lines.pop() ?? '').slice(-4096);
        for (const line of lines) if (line.startsWith('event: ')) onEvent(line.slice(7).trim());
      }
    };
    void read()
      .catch(() => undefined) // how a stream ends does not matter: the queue looks for itself
      .finally(() => {
        clearTimeout(silence);
        onEnd();
      });
    return () => abort.abort();
  },
};

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined; // a file system that does not tell: then a write that fails is what tells
  }
}

/** @param log where lines for the developer go */
export function nodePorts(log: (line: string) => void): EnginePorts {
  return {
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    randomBytes: (length) => {
      const bytes = new Uint8Array(randomBytes(length));
      invariant(bytes.length === length, 'randomness');
      return bytes;
    },
    timers: {
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
      jitter: () => Math.random(),
    },
    network,
    disk: { freeBytes },
    log,
  };
}
