/**
 * Seeded random numbers. Nothing that ends in a result uses `Math.random`: the same seed gives the same numbers.
 */

/** A source of numbers that are uniform in [0, 1). */
export type Random = () => number;

/** Mixes a 32-bit integer so that each output bit depends on every input bit (the finaliser of MurmurHash3). */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A 32-bit hash of integers, in order: `hash(seed, iteration, row)` is the same whatever was drawn before it,
 * so a run that is resumed draws what an uninterrupted one would have drawn.
 */
export function hash(...values: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const value of values) h = mix((Math.imul(h, 0x01000193) ^ value) + 0x7f4a7c15);
  return h;
}

/** mulberry32 (Tommy Ettinger): 32 bits of state, equidistributed, passes gjrand. */
export function random(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number of the normal distribution with mean 0 and variance 1 (Box and Muller). */
export function gaussian(next: Random): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
