import { describe, expect, it } from 'vitest';
import { cameraFailureOf } from '../../ui/scanner/camera.ts';
import { createViewMemory, forgetMs } from '../../ui/scanner/view-memory.ts';

const one = (text: string) => ({ kind: 'one', text }) as const;
const none = { kind: 'none' } as const;

describe('createViewMemory', () => {
  it('a code held still → reported once', () => {
    const memory = createViewMemory();
    expect(memory.see(one('1'), 0)).toBe('1');
    for (let ms = 100; ms < 20_000; ms += 100) expect(memory.see(one('1'), ms)).toBeNull();
  });

  it('missed for a few frames → not reported again', () => {
    const memory = createViewMemory();
    memory.see(one('1'), 0);
    expect(memory.see(none, 500)).toBeNull();
    expect(memory.see(one('1'), forgetMs - 100)).toBeNull();
  });

  it('out of view for longer → reported again', () => {
    const memory = createViewMemory();
    memory.see(one('1'), 0);
    expect(memory.see(one('1'), forgetMs + 1)).toBe('1');
  });

  it('another code → reported at once', () => {
    const memory = createViewMemory();
    memory.see(one('1'), 0);
    expect(memory.see(one('2'), 100)).toBe('2');
  });

  it('two codes in view → none; the new one is reported when it is alone', () => {
    const memory = createViewMemory();
    memory.see(one('1'), 0);
    for (let ms = 100; ms < 5000; ms += 100) {
      expect(memory.see({ kind: 'several', texts: ['1', '2'] }, ms)).toBeNull();
    }
    expect(memory.see(one('1'), 5000)).toBeNull();
    expect(memory.see(one('2'), 5100)).toBe('2');
  });

  it('cleared → the code in view is reported again', () => {
    const memory = createViewMemory();
    memory.see(one('1'), 0);
    memory.clear();
    expect(memory.see(one('1'), 100)).toBe('1');
  });
});

describe('cameraFailureOf', () => {
  it.each([
    ['NotAllowedError', 'camera-denied'],
    ['SecurityError', 'camera-denied'],
    ['NotReadableError', 'camera-busy'],
    ['AbortError', 'camera-busy'],
    ['NotFoundError', 'camera-missing'],
    ['OverconstrainedError', 'camera-missing'],
    ['TypeError', 'camera-unsupported'],
  ])('%s → %s', (name, failure) => {
    expect(cameraFailureOf(new DOMException('', name))).toBe(failure);
  });

  it('something that is no error → camera-unsupported', () => {
    expect(cameraFailureOf('no')).toBe('camera-unsupported');
  });
});
