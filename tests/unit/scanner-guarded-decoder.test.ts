import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecodeRequest, DecoderAnswer } from '../../ui/scanner/decoder-messages.ts';
import { createGuardedDecoder, type DecoderWorker, frameLimitMs } from '../../ui/scanner/guarded-decoder.ts';

/** A worker that answers only when told to. */
class StillWorker implements DecoderWorker {
  onmessage: DecoderWorker['onmessage'] = null;
  onerror: DecoderWorker['onerror'] = null;
  requests: DecodeRequest[] = [];
  ended = false;

  postMessage(message: DecodeRequest): void {
    this.requests.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  answer(data: DecoderAnswer): void {
    this.onmessage?.(new MessageEvent('message', { data }));
  }
  ready(): void {
    this.answer({ kind: 'ready', engine: 'wasm' });
  }
}

let workers: StillWorker[];
const spawn = () => {
  const worker = new StillWorker();
  workers.push(worker);
  return worker;
};
const worker = (at: number) => {
  const found = workers[at];
  if (!found) throw new Error(`worker ${at} was not started`);
  return found;
};
const frame = (): DecodeRequest => ({ data: new Uint8ClampedArray(4), width: 1, height: 1, effort: 'quick' });
const one = { kind: 'reading', reading: { kind: 'one', text: '1' } } as const;

beforeEach(() => {
  workers = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createGuardedDecoder', () => {
  it('the worker starts at once, a frame waits until it is ready → the reading', async () => {
    const decoder = createGuardedDecoder(spawn);
    const outcome = decoder.decode(frame(), frameLimitMs);
    await vi.advanceTimersByTimeAsync(3000);
    expect(worker(0).requests).toHaveLength(0);
    worker(0).ready();
    expect(worker(0).requests).toHaveLength(1);
    worker(0).answer(one);
    expect(await outcome).toEqual({ ok: true, reading: { kind: 'one', text: '1' }, engine: 'wasm' });
  });

  it('a frame takes 500 ms → too-slow, the worker is ended and another one reads the next', async () => {
    const decoder = createGuardedDecoder(spawn);
    worker(0).ready();
    const slow = decoder.decode(frame(), frameLimitMs);
    await vi.advanceTimersByTimeAsync(499);
    expect(worker(0).ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await slow).toEqual({ ok: false, code: 'too-slow' });
    expect(worker(0).ended).toBe(true);
    worker(1).ready();
    const next = decoder.decode(frame(), frameLimitMs);
    worker(0).answer(one);
    worker(1).answer({ kind: 'reading', reading: { kind: 'none' } });
    expect(await next).toEqual({ ok: true, reading: { kind: 'none' }, engine: 'wasm' });
  });

  it('the engine breaks on a frame → decoder-broken, and another worker is started', async () => {
    const decoder = createGuardedDecoder(spawn);
    worker(0).ready();
    const broken = decoder.decode(frame(), frameLimitMs);
    worker(0).answer({ kind: 'broken', message: 'trap' });
    expect(await broken).toEqual({ ok: false, code: 'decoder-broken' });
    expect(workers).toHaveLength(2);
  });

  it('a second frame while one is read → busy', async () => {
    const decoder = createGuardedDecoder(spawn);
    worker(0).ready();
    const first = decoder.decode(frame(), frameLimitMs);
    expect(await decoder.decode(frame(), frameLimitMs)).toEqual({ ok: false, code: 'busy' });
    worker(0).answer(one);
    expect((await first).ok).toBe(true);
  });

  it('ready: once the engine is, again after a worker was ended, never after a close', async () => {
    const decoder = createGuardedDecoder(spawn);
    const first = decoder.ready();
    worker(0).ready();
    expect([await first, await decoder.ready()]).toEqual([true, true]);
    const slow = decoder.decode(frame(), frameLimitMs);
    await vi.advanceTimersByTimeAsync(frameLimitMs);
    await slow;
    const second = decoder.ready();
    worker(1).ready();
    expect(await second).toBe(true);
    decoder.close();
    expect(await decoder.ready()).toBe(false);
  });

  it('no worker gets ready → decoder-unavailable, and it is not started for ever', async () => {
    const decoder = createGuardedDecoder(spawn);
    const outcome = decoder.decode(frame(), frameLimitMs);
    const ready = decoder.ready();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await ready).toBe(false);
    expect(await outcome).toEqual({ ok: false, code: 'decoder-unavailable' });
    expect(workers).toHaveLength(1);
    expect(worker(0).ended).toBe(true);
  });

  it('workers are forbidden → decoder-unavailable', async () => {
    const decoder = createGuardedDecoder(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    expect(await decoder.decode(frame(), frameLimitMs)).toEqual({ ok: false, code: 'decoder-unavailable' });
  });

  it('closed while a frame is read → closed, the worker is ended', async () => {
    const decoder = createGuardedDecoder(spawn);
    worker(0).ready();
    const outcome = decoder.decode(frame(), frameLimitMs);
    decoder.close();
    expect(await outcome).toEqual({ ok: false, code: 'closed' });
    expect(worker(0).ended).toBe(true);
    expect(await decoder.decode(frame(), frameLimitMs)).toEqual({ ok: false, code: 'closed' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
