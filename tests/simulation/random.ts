/**
 * The only randomness of a simulated world: streams that all grow from one seed, each named after who draws
 * from it, so one more draw by one of them changes nothing for the others. Never for a key that guards money.
 */
import { utf8 } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';

/** xoshiro128**, by Blackman and Vigna. */
export class Random {
  readonly #name: string;
  readonly #state: Uint32Array;

  constructor(name: string) {
    this.#name = name;
    const digest = sha256(utf8(`fieldtill simulation ${name}`));
    const view = new DataView(digest.buffer, digest.byteOffset);
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at));
  }

  /** Another stream, of this one's name and its own. */
  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** A whole number of 32 bits. */
  word(): number {
    const s = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = s;
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    s[1] = b ^ third;
    s[0] = a ^ fourth;
    s[2] = third ^ (b << 9);
    s[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.word() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Uniform in from…to, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** @returns undefined of an empty list only */
  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)];
  }

  /** A key of the table, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    const first = entries[0];
    if (first === undefined) throw new RangeError('nothing to choose from');
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return first[0];
  }

  /** Waiting times of things that happen by chance: exponential, in whole milliseconds, at least 1. */
  waitMs(meanMs: number): number {
    return Math.max(1, Math.ceil(-meanMs * Math.log(1 - this.next())));
  }

  readonly bytes = (length: number): Uint8Array<ArrayBuffer> => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.word();
      for (let i = 0; i < 4 && at + i < length; i++) out[at + i] = (word >>> (8 * i)) & 0xff;
    }
    return out;
  };
}
