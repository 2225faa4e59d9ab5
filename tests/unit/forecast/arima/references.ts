/** What R says (`tests/fixtures/forecast/arima`), and the series that it says it of, cut from the samples. */
import { readFileSync } from 'node:fs';
import type { ArimaOrder } from '../../../../src/forecast/series/arima/order.ts';
import { npzReader } from '../../../../src/trace/formats/numpy/npz.ts';
import { bytesSource } from '../../../../src/trace/read/sources.ts';

/** One expert's share, averaged over `bin` steps, `count` values from step `from` on. */
interface Cut {
  readonly trace: string;
  readonly layer: number;
  readonly expert: number;
  readonly from: number;
  readonly bin: number;
  readonly count: number;
}

export interface FitReference {
  /** p, d, q; P, D, Q, period */
  readonly order: readonly [number, number, number];
  readonly seasonal: readonly [number, number, number, number];
  readonly constant: 'none' | 'mean' | 'drift';
  /** Absent where R gives up. */
  readonly logLik?: number;
  readonly converged: boolean;
  readonly sigma2: number;
  readonly aic: number;
  readonly aicc: number;
  readonly bic: number;
  /** At `horizons`. */
  readonly forecast: readonly number[];
  readonly standardError: readonly number[];
}

interface LjungBoxReference {
  readonly lags: number;
  readonly fitted: number;
  readonly statistic: number;
  readonly pValue: number;
}

export interface AutoReference {
  readonly order: readonly [number, number, number];
  readonly seasonal: readonly [number, number, number, number];
  readonly aicc: number;
}

export const horizons = [1, 2, 5, 10, 20, 50];

export const fits = read('fits') as readonly (FitReference & { readonly cut: number; readonly gaps: boolean })[];
export const automatic = read('auto') as readonly (AutoReference & {
  readonly cut: number; readonly kpss: number; readonly kpssOfDifferences: number; readonly ljungBox?: readonly [LjungBoxReference, LjungBoxReference];
})[];
export const seasonal = read('seasonal') as readonly {
  readonly period: number; readonly values: readonly number[]; readonly fits: readonly FitReference[];
  readonly automatic: AutoReference; readonly seasonalDifferences: number;
}[];

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/forecast/arima/${name}.json`, import.meta.url), 'utf8'));
}

/** The cut series, by their number. */
export async function cutSeries(): Promise<Float64Array[]> {
  const cuts = read('cuts') as readonly Cut[];
  const traces = new Map<string, Awaited<ReturnType<typeof npzReader.read>>['trace']>();
  for (const name of new Set(cuts.map(({ trace }) => trace))) {
    const bytes = new Uint8Array(readFileSync(new URL(`../../../../samples/${name}.npz`, import.meta.url)));
    traces.set(name, (await npzReader.read(bytesSource(bytes, `${name}.npz`), {})).trace);
  }
  return cuts.map(({ trace, layer, expert, from, bin, count }) => {
    const { values, experts } = traces.get(trace)!.layers[layer];
    let total = 0;
    for (let i = 0; i < experts; i++) total += values[i];
    return Float64Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (let step = from + i * bin; step < from + (i + 1) * bin; step++) sum += values[step * experts + expert];
      return sum / (bin * total);
    });
  });
}

/** As `with_gaps` of make.R. */
export function withGaps(series: Float64Array, cut: number): Float64Array {
  return series.map((value, at) => ((at * at + 3 * cut) % 11 === 0 || (at >= 60 && at < 75) ? NaN : value));
}

export function orderOf({ order: [p, d, q], seasonal: [P, D, Q, period] }: Pick<FitReference, 'order' | 'seasonal'>): ArimaOrder {
  return { p, d, q, P, D, Q, period };
}

/** Standard deviation of the values that are there. */
export function deviationOf(series: Float64Array): number {
  const there = series.filter(Number.isFinite);
  const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
  return Math.sqrt(there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / there.length);
}
