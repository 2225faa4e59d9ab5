import { lnGamma } from '../special-functions.ts';

/** Probability that a χ² variable exceeds `value`: the regularised upper incomplete gamma function Q(k/2, value/2). */
export function chiSquaredTail(value: number, degreesOfFreedom: number): number {
  if (!(value > 0)) return 1;
  const a = degreesOfFreedom / 2;
  const x = value / 2;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** P(a, x) = xᵃ e⁻ˣ / Γ(a) Σ xⁿ / (a (a + 1) … (a + n)) (Abramowitz and Stegun 6.5.29). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1000 && term > 1e-16 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - lnGamma(a));
}

/** Q(a, x) by the continued fraction of Abramowitz and Stegun 6.5.31, evaluated from the front (Lentz). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < 1000; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    product *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return product * Math.exp(a * Math.log(x) - x - lnGamma(a));
}
