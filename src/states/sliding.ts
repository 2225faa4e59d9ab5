/** Sliding statistics of load shares, as in "Prediction Is All MoE Needs" (arXiv 2404.16914), averaged over experts. */
export interface SlidingSpread {
  /** Mean over experts of (1/w) Σ (x − x̄)², one a row, at the window's last row; NaN before the first full window. */
  readonly variance: Float64Array;
  /** Mean over experts of max − min over the window. */
  readonly range: Float64Array;
}

/**
 * Sliding variance and range in one pass, O(1) a value whatever the width.
 * @param shares `[rows][experts]`
 */
export function slidingSpread(shares: Float32Array, experts: number, windowRows: number): SlidingSpread {
  return { variance: slidingVariance(shares, experts, windowRows), range: slidingRange(shares, experts, windowRows) };
}

/** Running sums of the shares and of their squares, relative to the first row's, so that differences keep their digits. */
function slidingVariance(shares: Float32Array, experts: number, windowRows: number): Float64Array {
  const rows = shares.length / experts;
  const result = new Float64Array(rows).fill(NaN);
  const sums = new Float64Array(experts);
  const base = shares.slice(0, experts);
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * experts;
    const out = at - windowRows * experts;
    let squaredSums = 0;
    for (let expert = 0; expert < experts; expert++) {
      const entering = shares[at + expert] - base[expert];
      const leaving = out >= 0 ? shares[out + expert] - base[expert] : 0;
      const sum = sums[expert] + (entering - leaving);
      sums[expert] = sum;
      squares += (entering - leaving) * (entering + leaving);
      squaredSums += sum * sum;
    }
    if (row >= windowRows - 1) result[row] = Math.max(0, (squares - squaredSums / windowRows) / (windowRows * experts));
  }
  return result;
}

/** Bits of a float32 above every share. */
const aboveAll = 0x7f000000;

/**
 * Van Herk's method: rows are cut into blocks of the width; a window is the end of one block and the start of the next,
 * so its extremes come from running extremes of both. Three comparisons a value, row by row in memory order.
 * The comparisons work on the bits of the shares, which order non-negative floats as integers do, without branches:
 * on noisy shares half the branches are mispredicted, and this takes half the time.
 */
function slidingRange(shares: Float32Array, experts: number, windowRows: number): Float64Array {
  const rows = shares.length / experts;
  const result = new Float64Array(rows).fill(NaN);
  if (windowRows > rows) return result;
  const bits = new Int32Array(shares.buffer, shares.byteOffset, shares.length);
  // Extremes of the last complete block from each of its rows to its end, and of the current block so far.
  const endHigh = new Int32Array((windowRows + 1) * experts);
  const endLow = new Int32Array((windowRows + 1) * experts).fill(aboveAll);
  const high = new Int32Array(experts);
  const low = new Int32Array(experts);
  const windowHigh = new Int32Array(experts);
  const windowLow = new Int32Array(experts);
  const highShares = new Float32Array(windowHigh.buffer);
  const lowShares = new Float32Array(windowLow.buffer);
  for (let row = 0; row < rows; row++) {
    const place = row % windowRows;
    const at = row * experts;
    if (place === 0) {
      if (row > 0) extremesToEnd(bits, at, experts, windowRows, endHigh, endLow);
      high.fill(0);
      low.fill(aboveAll);
    }
    const rest = (place + 1) * experts;
    for (let expert = 0; expert < experts; expert++) {
      const value = bits[at + expert];
      high[expert] = larger(high[expert], value);
      low[expert] = smaller(low[expert], value);
      windowHigh[expert] = larger(high[expert], endHigh[rest + expert]);
      windowLow[expert] = smaller(low[expert], endLow[rest + expert]);
    }
    if (row < windowRows - 1) continue;
    let sum = 0;
    for (let expert = 0; expert < experts; expert++) sum += highShares[expert] - lowShares[expert];
    result[row] = sum / experts;
  }
  return result;
}

/** Fills the extremes from each row of the block that ends before `blockEnd` to that block's end. */
function extremesToEnd(bits: Int32Array, blockEnd: number, experts: number, windowRows: number, high: Int32Array, low: Int32Array): void {
  const blockStart = blockEnd - windowRows * experts;
  for (let i = windowRows * experts - 1; i >= 0; i--) {
    const value = bits[blockStart + i];
    high[i] = larger(value, high[i + experts]);
    low[i] = smaller(value, low[i + experts]);
  }
}

/** Of two non-negative integers under 2³¹. */
function larger(a: number, b: number): number {
  const difference = (a - b) | 0;
  return a - (difference & (difference >> 31));
}

function smaller(a: number, b: number): number {
  const difference = (a - b) | 0;
  return b + (difference & (difference >> 31));
}
