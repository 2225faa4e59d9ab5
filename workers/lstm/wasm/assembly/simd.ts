/** Four numbers at a time: multiply-add, sigmoid and tanh, to about 1e-7 relative. */

/** Read from memory: engines would build a vector constant anew, in several instructions, at every use. */
const NUMBERS = memory.data<f32>([
  1, 2, 87, -87,
  // 1 / ln 2, 1.5 · 2^23, −ln 2.
  1.44269504, 12582912, -0.693147182,
  // (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2, so that e^r is right to 4e-9; highest power first.
  1.3814540e-3, 8.3687452e-3, 4.1668391e-2, 1.6666520e-1, 4.9999993e-1,
]);

@inline
export function one(): v128 {
  return v128.load32_splat(NUMBERS);
}

/** a · b + c, rounded once where there is relaxed SIMD. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Between ±87, where e^x and its inverse are finite. A NaN stays. */
@inline
function clamped(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, v128.load32_splat(NUMBERS, 8)), v128.load32_splat(NUMBERS, 12));
}

/** n = x / ln 2, rounded, in the low bits of n + 1.5 · 2^23. */
@inline
function powerOf(x: v128): v128 {
  return madd(x, v128.load32_splat(NUMBERS, 16), v128.load32_splat(NUMBERS, 20));
}

/** 2^n */
@inline
function scaleOf(power: v128): v128 {
  return i32x4.add(i32x4.shl(power, 23), one());
}

/** e^r − 1 with r = x − n · ln 2. */
@inline
function restOf(x: v128, power: v128): v128 {
  const r = madd(f32x4.sub(power, v128.load32_splat(NUMBERS, 20)), v128.load32_splat(NUMBERS, 24), x);
  const r2 = f32x4.mul(r, r);
  // Pairs, so that few operations wait for each other.
  const low = madd(v128.load32_splat(NUMBERS, 40), r, v128.load32_splat(NUMBERS, 44));
  const high = madd(v128.load32_splat(NUMBERS, 28), r2, madd(v128.load32_splat(NUMBERS, 32), r, v128.load32_splat(NUMBERS, 36)));
  return madd(madd(high, r2, low), r2, r);
}

/** 1 / (1 + e^−x) */
@inline
export function sigmoid(x: v128): v128 {
  const y = clamped(x);
  const power = powerOf(y);
  const scale = scaleOf(power);
  const e = madd(scale, restOf(y, power), scale);
  return f32x4.div(e, f32x4.add(e, one()));
}

/** (e^2x − 1) / (e^2x + 1), with e^2x − 1 computed as such, so that small results are exact too. */
@inline
export function tanh(x: v128): v128 {
  const y = clamped(f32x4.add(x, x));
  const power = powerOf(y);
  const scale = scaleOf(power);
  const e = madd(scale, restOf(y, power), f32x4.sub(scale, one()));
  return f32x4.div(e, f32x4.add(e, v128.load32_splat(NUMBERS, 4)));
}
