/**
 * Log-ratio transforms of shares (Aitchison 1986), so that forecasts may go anywhere and still come back as shares.
 * Shares under a floor, which is more than 0, are raised to it first: 0 has no logarithm. Half a token is `0.5 / tokens`.
 */

/** ln of each share less the mean ln of its row; each row sums to 0. @param shares `[rows][experts]` */
export function centredLogRatio(shares: Float64Array | Float32Array, experts: number, floor: number, into = new Float64Array(shares.length)): Float64Array {
  for (let from = 0; from + experts <= shares.length; from += experts) {
    let mean = 0;
    for (let i = from; i < from + experts; i++) {
      into[i] = Math.log(atLeast(floor, shares[i]));
      mean += into[i] / experts;
    }
    for (let i = from; i < from + experts; i++) into[i] -= mean;
  }
  return into;
}

/** ln of each share less that of the `reference` expert, which becomes 0. @param shares `[rows][experts]` */
export function additiveLogRatio(shares: Float64Array | Float32Array, experts: number, reference: number, floor: number, into = new Float64Array(shares.length)): Float64Array {
  for (let from = 0; from + experts <= shares.length; from += experts) {
    const base = Math.log(atLeast(floor, shares[from + reference]));
    for (let i = from; i < from + experts; i++) into[i] = Math.log(atLeast(floor, shares[i])) - base;
  }
  return into;
}

/** Shares of log-ratios of either kind: exp, divided by the row's sum. @param ratios `[rows][experts]` */
export function sharesOfLogRatios(ratios: Float64Array, experts: number, into = new Float64Array(ratios.length)): Float64Array {
  for (let from = 0; from + experts <= ratios.length; from += experts) {
    let largest = -Infinity;
    for (let i = from; i < from + experts; i++) largest = Math.max(largest, ratios[i]);
    let sum = 0;
    for (let i = from; i < from + experts; i++) {
      into[i] = Math.exp(ratios[i] - largest);
      sum += into[i];
    }
    for (let i = from; i < from + experts; i++) into[i] /= sum;
  }
  return into;
}

/** NaN is under any floor. */
function atLeast(floor: number, share: number): number {
  return share > floor ? share : floor;
}
