import type { LinesPicture } from './pictures-types.ts';
import { stepsOfColumns } from './columns.ts';

/**
 * Minimum, mean and maximum of series in each column, after a trailing mean.
 * @param fill writes the share of series `index` at every row of the trace into `into`
 * @param smoothingSteps width of the trailing mean: at a row of step s, over the rows with steps in (s − width, s]
 */
export function decimateSeries(
  steps: Float64Array,
  edges: Int32Array,
  count: number,
  smoothingSteps: number,
  fill: (index: number, fromRow: number, toRow: number, into: Float64Array) => void,
): LinesPicture {
  const columns = edges.length - 1;
  const picture = emptyLines(steps, edges, count);
  const first = edges[0];
  const end = edges[columns];
  const width = Math.max(1, smoothingSteps);
  let start = first;
  while (start > 0 && steps[start - 1] > steps[first] - width) start--;
  const raw = new Float64Array(end);
  const smooth = new Float64Array(end);
  for (let index = 0; index < count; index++) {
    fill(index, start, end, raw);
    trailingMean(steps, raw, start, end, width, smooth);
    summarise(smooth, edges, index, picture);
  }
  return picture;
}

/** A picture of `count` series to be filled by `summarise`. */
export function emptyLines(steps: Float64Array, edges: Int32Array, count: number): LinesPicture {
  const size = count * (edges.length - 1);
  return { columnSteps: stepsOfColumns(steps, edges), minimum: new Float32Array(size), mean: new Float32Array(size), maximum: new Float32Array(size) };
}

/** Writes minimum, mean and maximum of `values`, one a row of the trace, in each column as series `index` of a picture. */
export function summarise(values: Float64Array, edges: Int32Array, index: number, picture: LinesPicture): void {
  const columns = edges.length - 1;
  for (let column = 0; column < columns; column++) {
    let minimum = Infinity;
    let maximum = -Infinity;
    let sum = 0;
    for (let row = edges[column]; row < edges[column + 1]; row++) {
      const value = values[row];
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      sum += value;
    }
    const at = index * columns + column;
    picture.minimum[at] = minimum;
    picture.maximum[at] = maximum;
    picture.mean[at] = sum / (edges[column + 1] - edges[column]);
  }
}

function trailingMean(steps: Float64Array, values: Float64Array, from: number, to: number, width: number, into: Float64Array): void {
  let sum = 0;
  let oldest = from;
  for (let row = from; row < to; row++) {
    sum += values[row];
    while (steps[oldest] <= steps[row] - width) sum -= values[oldest++];
    // A window of one row is that row exactly, without the rounding of the running sum.
    if (oldest === row) sum = values[row];
    into[row] = sum / (row - oldest + 1);
  }
}
