/**
 * Centred log-ratios of shares (Aitchison 1986), so that forecasts may go anywhere and still come back as shares. 0 has no
 * logarithm: a pseudo-share is added to every share first and taken off again on the way back.
 */

/**
 * ln(share + pseudo-share) less its mean over the row, so that each row sums to 0. A row with a missing value (NaN) is
 * missing as a whole.
 * @param shares `[rows][experts]` @param pseudoShare more than 0 where a share may be 0
 */
export function centredLogRatio(shares: Float64Array, experts: number, pseudoShare: number, into = new Float64Array(shares.length)): Float64Array {
  for (let from = 0; from + experts <= shares.length; from += experts) {
    let mean = 0;
    for (let i = from; i < from + experts; i++) {
      into[i] = Math.log(shares[i] + pseudoShare);
      mean += into[i] / experts;
    }
    for (let i = from; i < from + experts; i++) into[i] -= mean;
  }
  return into;
}

/**
 * Shares of log-ratios: exp, divided by the row's sum, less the pseudo-share. They sum to 1; where a forecast goes far, some
 * may lie below 0, by the pseudo-share at most.
 * @param ratios `[rows][experts]`
 */
export function sharesOfLogRatios(ratios: Float64Array, experts: number, pseudoShare: number, into = new Float64Array(ratios.length)): Float64Array {
  const whole = 1 + experts * pseudoShare;
  for (let from = 0; from + experts <= ratios.length; from += experts) {
    let largest = -Infinity;
    for (let i = from; i < from + experts; i++) largest = Math.max(largest, ratios[i]);
    let sum = 0;
    for (let i = from; i < from + experts; i++) {
      into[i] = Math.exp(ratios[i] - largest);
      sum += into[i];
    }
    for (let i = from; i < from + experts; i++) into[i] = (into[i] * whole) / sum - pseudoShare;
  }
  return into;
}
