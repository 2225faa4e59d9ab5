/**
 * Drift of a layer at each row: how far the mean shares of the window that starts there lie from those of the window
 * that ends there, as load error: 100 Σ over experts of |mean(x … x+w) − mean(x−w … x)|, %.
 * It is what the average of w rows would have erred by when forecasting the next w rows.
 * @param shares `[rows][experts]`
 * @returns one value a row; NaN where a window is not full
 */
export function driftOfRows(shares: Float32Array, experts: number, windowRows: number): Float64Array {
  const rows = shares.length / experts;
  const drift = new Float64Array(rows).fill(NaN);
  if (2 * windowRows > rows) return drift;
  const width = windowRows * experts;
  const difference = new Float64Array(experts);
  for (let i = 0; i < width; i++) difference[i % experts] += shares[width + i] - shares[i];
  for (let row = windowRows; row <= rows - windowRows; row++) {
    const at = row * experts;
    let sum = 0;
    for (let expert = 0; expert < experts; expert++) sum += Math.abs(difference[expert]);
    drift[row] = (100 * sum) / windowRows;
    if (row === rows - windowRows) break;
    for (let expert = 0; expert < experts; expert++) {
      const i = at + expert;
      difference[expert] += shares[i + width] - 2 * shares[i] + shares[i - width];
    }
  }
  return drift;
}

/**
 * The drift that routing N tokens a row independently would show without any change, at most (balanced load), %:
 * √(2/π) Σ √(2 p (1 − p) / (w N)) with p = 1/E gives √(2/π) √(2 (E − 1) / (w N)).
 */
export function routingNoise(experts: number, windowRows: number, tokensPerRow: number): number {
  return 100 * Math.sqrt((4 * (experts - 1)) / (Math.PI * windowRows * tokensPerRow));
}

/**
 * The drift at a row that the fluctuation from row to row would show without any change, %. The variance is read from
 * the differences of successive means of short blocks within the two windows, so that slow change does not count.
 */
export function fluctuationNoise(shares: Float32Array, experts: number, windowRows: number, row: number): number {
  const blockRows = Math.max(1, Math.min(10, Math.floor(windowRows / 4)));
  const blocks = Math.floor((2 * windowRows) / blockRows);
  const first = row - windowRows;
  let noise = 0;
  for (let expert = 0; expert < experts; expert++) {
    let squares = 0;
    let previous = NaN;
    for (let block = 0; block < blocks; block++) {
      let mean = 0;
      for (let i = 0; i < blockRows; i++) mean += shares[(first + block * blockRows + i) * experts + expert] / blockRows;
      if (block > 0) squares += (mean - previous) ** 2;
      previous = mean;
    }
    const blockVariance = blocks > 1 ? squares / (2 * (blocks - 1)) : 0;
    noise += Math.sqrt((2 / Math.PI) * ((2 * blockVariance * blockRows) / windowRows));
  }
  return 100 * noise;
}
