/**
 * Fitting speed: `npx vitest bench --run --project node tests/bench/arima.bench.ts`. A run fits one series; the next run takes
 * the next series, cut from the samples. Medians are printed after all. `stats::arima(5,1,5)` takes 0.29 s on the series
 * of 300 where this one takes 0.03 s.
 */
import { afterAll, beforeAll, bench, describe } from 'vitest';
import { autoArima } from '../../src/forecast/series/arima/auto.ts';
import { fitArima } from '../../src/forecast/series/arima/fit.ts';
import { gaussian, random } from '../../src/random.ts';
import { cutSeries, seasonal, withGaps } from '../unit/forecast/arima/references.ts';

let recorded: readonly Float64Array[] = [];
const next = random(1);
let sum = 0;
const long = Float64Array.from({ length: 20_000 }, () => (sum += gaussian(next)) + gaussian(next));
const longWithGaps = long.map((value) => (next() < 0.01 ? NaN : value));
const months = Float64Array.from(seasonal[0].values);

beforeAll(async () => {
  recorded = (await cutSeries()).slice(0, 200).filter(({ length }) => length === 300);
});

const medians: string[] = [];
afterAll(() => console.log(medians.join('\n')));

/** @param fit of run i */
function measure(title: string, iterations: number, fit: (i: number) => unknown): void {
  const milliseconds: number[] = [];
  let runs = 0;
  const run = (): void => {
    const start = performance.now();
    fit(runs++);
    milliseconds.push(performance.now() - start);
  };
  const teardown = (_: unknown, mode: 'warmup' | 'run'): void => {
    if (mode === 'warmup') return;
    const measured = milliseconds.slice(-iterations).sort((a, b) => a - b);
    medians.push(`${title}: median ${measured[measured.length >> 1].toFixed(1)} ms, slowest ${measured[measured.length - 1].toFixed(1)} ms`);
  };
  bench(title, run, { iterations, time: 0, warmupIterations: iterations < 20 ? 0 : 20, warmupTime: 0, teardown });
}

const of300 = (i: number): Float64Array => recorded[i % recorded.length];

describe('ARIMA', () => {
  measure('ARIMA(5,1,5), 300 observations', 98, (i) => fitArima(of300(i)));
  measure('ARIMA(1,1,1), 300 observations', 98, (i) => fitArima(of300(i), { order: { p: 1, d: 1, q: 1 } }));
  measure('ARIMA(5,1,5), 300 observations with 20 % missing', 20, (i) => fitArima(withGaps(of300(i), i)));
  measure('automatic order, 300 observations', 98, (i) => autoArima(of300(i)));
  measure('automatic seasonal order, 144 observations, period 12', 5, () => autoArima(months, { period: 12 }));
  measure('ARIMA(5,1,5), 20,000 observations', 3, () => fitArima(long));
  measure('ARIMA(5,1,5), 20,000 observations with 1 % missing', 2, () => fitArima(longWithGaps));
  measure('192 × ARIMA(5,1,5), 300 observations, one core', 1, () => Array.from({ length: 192 }, (_, i) => fitArima(of300(i))));
});

describe('after a fit', () => {
  let model: ReturnType<typeof fitArima>;
  measure('over 300 newer observations, coefficients kept', 20, (i) => {
    model ??= fitArima(of300(0));
    return model.over(of300(i));
  });
  measure('mean of 2,000 steps and its error', 20, () => {
    model ??= fitArima(of300(0));
    return model.horizonMean(2000) + model.standardErrorOfMean(2000);
  });
});
