/**
 * A small seeded random source (mulberry32) for made pictures and made typing: the same seed gives the same
 * picture on every machine. Must never be used for a key, a nonce or anything else that has to be secret.
 */

/** A function that gives the next number in [0, 1); `seed` is any 32-bit integer. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A normally distributed number (mean 0, deviation 1) from `random`, by Box and Muller. */
export function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
