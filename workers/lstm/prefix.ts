import type { BinnedHistory } from '../contract.ts';

/** Block means of several layers side by side with running sums, so that the mean of any span of grains costs one subtraction. */
export interface Prefix {
  /** Experts of all layers together. */
  readonly width: number;
  readonly grains: number;
  /** Experts of the layer that each one belongs to, length `width`. */
  readonly experts: Float64Array;
  /** `[grains + 1][width]`, first row 0 */
  readonly sums: Float64Array;
}

/** @param histories of the same origin, grain and number of bins */
export function prefixOf(histories: readonly BinnedHistory[]): Prefix {
  const width = histories.reduce((sum, { experts }) => sum + experts, 0);
  const grains = histories[0].bins;
  const ofLayer = new Float64Array(width);
  const sums = new Float64Array((grains + 1) * width);
  let start = 0;
  for (const { experts, shares } of histories) {
    ofLayer.fill(experts, start, start + experts);
    for (let grain = 0; grain < grains; grain++) {
      for (let expert = 0; expert < experts; expert++) {
        const at = grain * width + start + expert;
        sums[at + width] = sums[at] + shares[grain * experts + expert];
      }
    }
    start += experts;
  }
  return { width, grains, experts: ofLayer, sums };
}

/** Mean share of a series (an expert of a layer) over the grains `from` (in) to `to` (out); `from < to`. */
export function meanShare({ width, sums }: Prefix, series: number, from: number, to: number): number {
  return (sums[to * width + series] - sums[from * width + series]) / (to - from);
}

/** Rows of moving means: row `n` is the mean of the `length` grains from `n` on, one number a series. */
export interface Rows {
  readonly length: number;
  readonly first: number;
  /** Under `first` when there are none. */
  readonly last: number;
}

/** Rows in a flat array. */
export interface Plane extends Rows {
  /** Where row `first` stands. */
  readonly offset: number;
}

/**
 * Moving means one plane after the other, as float32, with room for `spare` numbers behind them.
 * @param value what stands for a mean share
 */
export function planesOf(
  prefix: Prefix, all: readonly Rows[], spare: number, value: (share: number, experts: number) => number,
): { readonly values: Float32Array; readonly planes: readonly Plane[]; readonly spareAt: number } {
  const { width, experts } = prefix;
  let spareAt = 0;
  const planes = all.map((rows): Plane => {
    const plane = { ...rows, offset: spareAt };
    spareAt += Math.max(0, rows.last - rows.first + 1) * width;
    return plane;
  });
  const values = new Float32Array(spareAt + spare);
  for (const { first, last, length, offset } of planes) {
    let at = offset;
    for (let row = first; row <= last; row++) {
      for (let series = 0; series < width; series++) values[at++] = value(meanShare(prefix, series, row, row + length), experts[series]);
    }
  }
  return { values, planes, spareAt };
}

/** Where a row of a plane stands. */
export function placeOf({ first, offset }: Plane, { width }: Prefix, row: number): number {
  return offset + (row - first) * width;
}
