/** Clipping and Adam (Kingma and Ba 2015), with decay beside the gradient or in it. */
import { madd } from './simd';

/** Σ values² */
export function squaredNorm(values: usize, count: usize): f64 {
  let a: f64 = 0, b: f64 = 0;
  const end = values + (count << 2);
  for (; values + 8 <= end; values += 8) {
    const x = <f64>load<f32>(values), y = <f64>load<f32>(values, 4);
    a += x * x;
    b += y * y;
  }
  if (values < end) {
    const x = <f64>load<f32>(values);
    a += x * x;
  }
  return a + b;
}

/**
 * One step of Adam on `count` weights.
 * @param clip what the gradient is multiplied by
 * @param coupled weight decay that is added to the gradient
 * @param keep what the weights are multiplied by: 1 − rate · decay, or 1
 * @param rest1 1 − β1, rounded once; `rest2`: 1 − β2
 * @param step rate / (1 − β1^n); `correction`: 1 / (1 − β2^n)
 */
export function adam(
  weights: usize, first: usize, second: usize, gradient: usize, count: usize,
  clip: f32, coupled: f32, keep: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, step: f32, correction: f32, epsilon: f32,
): void {
  const end = weights + (count << 2);
  for (; weights + 16 <= end; weights += 16) {
    const w = v128.load(weights);
    const g = madd(f32x4.splat(coupled), w, f32x4.mul(f32x4.splat(clip), v128.load(gradient)));
    const m = madd(f32x4.splat(beta1), v128.load(first), f32x4.mul(f32x4.splat(rest1), g));
    const v = madd(f32x4.splat(beta2), v128.load(second), f32x4.mul(f32x4.splat(rest2), f32x4.mul(g, g)));
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction))), f32x4.splat(epsilon));
    v128.store(first, m);
    v128.store(second, v);
    v128.store(weights, f32x4.sub(f32x4.mul(f32x4.splat(keep), w), f32x4.div(f32x4.mul(f32x4.splat(step), m), deviation)));
    first += 16;
    second += 16;
    gradient += 16;
  }
  for (; weights < end; weights += 4) {
    const w = load<f32>(weights);
    const g = coupled * w + clip * load<f32>(gradient);
    const m = beta1 * load<f32>(first) + rest1 * g;
    const v = beta2 * load<f32>(second) + rest2 * g * g;
    store<f32>(first, m);
    store<f32>(second, v);
    store<f32>(weights, keep * w - (step * m) / (sqrt<f32>(v * correction) + epsilon));
    first += 4;
    second += 4;
    gradient += 4;
  }
}
