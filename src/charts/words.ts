/** What a picture shows, said in words for those who cannot see it. Pure. */
import { formatStep, spoken } from './format.ts';

export interface DescribedSeries {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/**
 * Lowest and highest value with their steps, and where the series goes:
 * Where the means of its ends go another way than its end points, it goes "with ups and downs".
 * "forecast: from 6.1 % to 6.4 %, rising; lowest 5.9 % at step 1200, highest 6.5 % at step 2000."
 */
export function describeSeries(series: DescribedSeries, format: (value: number) => string, xWord = 'step'): string {
  const { x, y, label } = series;
  let low = -1;
  let high = -1;
  let first = -1;
  let last = -1;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    if (first < 0) first = i;
    last = i;
    if (low < 0 || y[i] < y[low]) low = i;
    if (high < 0 || y[i] > y[high]) high = i;
  }
  if (first < 0) return `${label}: no values.`;
  if (first === last) return spoken(`${label}: ${format(y[first])} at ${xWord} ${formatStep(x[first])}, a single point.`);
  const [from, to, least, most] = [y[first], y[last], y[low], y[high]].map((value) => format(value));
  // A spread that cannot be heard is none.
  const going = least === most ? 'level' : course(trend(y), [from, to], y[last] - y[first], y[high] - y[low]);
  return spoken(
    `${label}: from ${from} to ${to}, ${going}; `
      + `lowest ${least} at ${xWord} ${formatStep(x[low])}, highest ${most} at ${xWord} ${formatStep(x[high])}.`,
  );
}

/** The trend where it agrees with the first and the last value as they are said. */
function course(found: ReturnType<typeof trend>, said: readonly [from: string, to: string], change: number, range: number): string {
  const [from, to] = said;
  if (found === 'level') return from === to || Math.abs(change) <= range / 10 ? 'level' : 'with ups and downs';
  if (from === to) return 'with ups and downs';
  return (found === 'rising') === change > 0 ? found : 'with ups and downs';
}

/**
 * Compares the means of the first and the last fifth with the range of the values: under a tenth of it is "level".
 */
export function trend(values: ArrayLike<number>): 'rising' | 'falling' | 'level' {
  const finite = Array.from(values).filter((value) => Number.isFinite(value));
  if (finite.length < 2) return 'level';
  const part = Math.max(1, Math.floor(finite.length / 5));
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const change = mean(finite.slice(-part)) - mean(finite.slice(0, part));
  let low = Infinity;
  let high = -Infinity;
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (Math.abs(change) <= (high - low) / 10) return 'level';
  return change > 0 ? 'rising' : 'falling';
}

/** At most `maximum` series in words, then how many more there are. */
export function describeAll(series: readonly DescribedSeries[], format: (value: number) => string, xWord = 'step', maximum = 8): string {
  if (series.length === 0) return 'No values yet.';
  const said = series.slice(0, maximum).map((one) => describeSeries(one, format, xWord));
  if (series.length > maximum) said.push(`And ${series.length - maximum} more.`);
  return said.join(' ');
}

/** Where the highest and the lowest cell of a heatmap are, and the busiest expert over all of it. */
export function describeHeat(
  shares: Float32Array, experts: number, columns: number, columnSteps: ArrayLike<number>, format: (share: number) => string,
): string {
  let low = -1;
  let high = -1;
  let busiest = 0;
  let most = -1;
  for (let expert = 0; expert < experts; expert++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const i = expert * columns + column;
      const share = shares[i];
      if (!Number.isFinite(share)) continue;
      sum += share;
      if (low < 0 || share < shares[low]) low = i;
      if (high < 0 || share > shares[high]) high = i;
    }
    if (sum > most) {
      most = sum;
      busiest = expert;
    }
  }
  if (low < 0) return 'No values.';
  const at = (i: number): string => `expert ${Math.floor(i / columns)} at step ${formatStep(columnSteps[i % columns])}`;
  return spoken(
    `${experts} ${experts === 1 ? 'expert' : 'experts'}. Lowest share ${format(shares[low])} (${at(low)}), highest ${format(shares[high])} (${at(high)}). `
      + `Expert ${busiest} has most on average, ${format(most / columns)}.`,
  );
}
