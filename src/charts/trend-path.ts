/** Lines and bands over points as SVG path data. Pure. */
import { bandPx, type PlacedAxis } from './value-axis.ts';
import { linePath } from './line-painting.ts';

/** A line over points, by ascending x. */
export interface Trend {
  /** What it is, with its band: "mean ± standard deviation". */
  readonly label: string;
  readonly x: ArrayLike<number>;
  /** NaN breaks the line. */
  readonly y: ArrayLike<number>;
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** `step` holds each value until the next, and the last one to the end of the axis; default `line`. */
  readonly kind?: 'line' | 'step';
}

export interface TrendPaths {
  readonly line: string;
  readonly band: string;
  /** Means of categories with their spread. */
  readonly bars: string;
}

export function trendPaths({ x, y, low, high, kind }: Trend, axes: { readonly x: PlacedAxis; readonly y: PlacedAxis }): TrendPaths {
  const xs = Array.from(x, (value) => axes.x.at(value));
  const pixels = (values: ArrayLike<number> | undefined): number[] => xs.map((_, i) => axes.y.at(values?.[i] ?? Number.NaN));
  const [ys, lows, highs] = [y, low, high].map(pixels);
  if (axes.x.axis.kind === 'category') {
    const half = bandPx(axes.x) * 0.3;
    const bars = xs.map((at, i) => {
      if (Number.isNaN(ys[i])) return '';
      const spread = Number.isNaN(lows[i]) || Number.isNaN(highs[i]) ? '' : `M${at} ${lows[i]}V${highs[i]}M${at - 5} ${lows[i]}h10M${at - 5} ${highs[i]}h10`;
      return `M${at - half} ${ys[i]}h${2 * half}${spread}`;
    });
    return { line: '', band: '', bars: bars.join('') };
  }
  return { line: linePath(kind === 'step' ? stairs(xs, ys, axes.x.range[1]) : xs.flatMap((at, i) => [at, ys[i]])), band: bandPath(xs, lows, highs), bars: '' };
}

/** Each value holds until the next x, the last one to the end. */
function stairs(xs: readonly number[], ys: readonly number[], end: number): number[] {
  return xs.flatMap((at, i) => [at, ys[i], i + 1 < xs.length ? xs[i + 1] : end, ys[i]]);
}

/** Closed pieces between both edges, broken where one has no value. */
function bandPath(xs: readonly number[], lows: readonly number[], highs: readonly number[]): string {
  const pieces: number[][] = [[]];
  xs.forEach((_, i) => {
    if (Number.isNaN(lows[i]) || Number.isNaN(highs[i])) pieces.push([]);
    else pieces[pieces.length - 1].push(i);
  });
  return pieces.filter((piece) => piece.length > 1).map((piece) => {
    const along = linePath(piece.flatMap((i) => [xs[i], highs[i]]));
    return `${along}${linePath(piece.toReversed().flatMap((i) => [xs[i], lows[i]])).replace('M', 'L')}Z`;
  }).join('');
}
