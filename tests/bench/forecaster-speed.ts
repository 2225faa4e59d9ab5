import { arima } from '../../src/forecast/arima.ts';
import type { Forecaster, ParameterValues } from '../../src/forecast/contract.ts';
import { historyBefore } from '../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../src/forecast/layer-shares.ts';
import { cheapForecaster } from '../../src/forecast/registry.ts';
import { slidingAverage } from '../../src/forecast/sliding-average.ts';
import { gaussian, random } from '../../src/random.ts';
import { samples } from '../../src/trace/samples.ts';
import { openSample } from './forecast-quality.ts';

type Print = (line: string) => void;

function made(experts: number, rows: number): LayerShares {
  const next = random(1);
  return layerShares(Float32Array.from({ length: rows * experts }, () => Math.max(0, 1 + 0.2 * gaussian(next))), Float64Array.from({ length: rows }, (_, row) => row), experts);
}

/** Processor time so far: what else runs on the machine counts for less than by the clock. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** 1,000 origins of 12 layers of 16 experts: history, fit and forecast at each. */
export function measureAverages(print: Print): void {
  const layers = Array.from({ length: 12 }, () => made(16, 8000));
  const cases: readonly (readonly [string, ParameterValues])[] = [
    ['window of 100 steps', { windowSteps: 100 }], ['window of 2,000 steps', { windowSteps: 2000 }], ['slid over 1,000 steps, window of 100', { windowSteps: 100, slid: 'recursive' }],
  ];
  for (const [name, values] of cases) {
    const times = Array.from({ length: 5 }, () => {
      const started = processorMs();
      for (let origin = 6000; origin < 7000; origin++) for (const layer of layers) forecastNow(slidingAverage, layer, origin, 1000, values);
      return processorMs() - started;
    });
    print(`sliding average, 192 series × 1,000 origins, ${name}: ${(median(times) / 1000).toFixed(3)} s`);
  }
  const large = made(256, 20_000);
  for (const slid of ['held', 'recursive']) {
    const times = Array.from({ length: 30 }, (_, i) => {
      const started = processorMs();
      forecastNow(slidingAverage, large, 19_000 - i, 2000, { windowSteps: 2000, slid });
      return processorMs() - started;
    });
    print(`sliding average of 256 experts, window and horizon of 2,000 steps, ${slid}: ${median(times).toFixed(2)} ms`);
  }
}

/** Those that fit at once. */
function forecastNow(forecaster: Forecaster, layer: LayerShares, origin: number, horizonSteps: number, values: ParameterValues): void {
  const model = forecaster.fit(historyBefore(layer, origin), values);
  if (model instanceof Promise) throw new Error(`${forecaster.id} takes its time`);
  model.forecast(horizonSteps);
}

/** Processor time of fit and forecast by number of series. */
export async function measureGrowth(print: Print): Promise<void> {
  const counts = [48, 96, 192];
  const layers = counts.map((experts) => made(experts, 15_000));
  for (const id of ['chosen-average', 'damped-holt', 'chosen-holt', 'theta', 'shrunken-trend', 'ridge', 'combination', 'seasonal', 'arima']) {
    const forecaster = cheapForecaster(id);
    const runs = forecaster.cost === 'cheap' ? 31 : 3;
    const times: string[] = [];
    for (const layer of layers) {
      const took: number[] = [];
      for (let i = 0; i < runs; i++) {
        const started = processorMs();
        (await forecaster.fit(historyBefore(layer, 15_000 - 51 * i), {})).forecast(1000);
        took.push(processorMs() - started);
      }
      times.push(median(took).toPrecision(3));
    }
    print(`${id}, ${counts.join(' / ')} series: ${times.join(' / ')} ms`);
  }
}

/** 300 blocks of 25 steps. */
const arimaValues = { blockSteps: 25, blocks: 300 };

const sampleLayers = (folder: string): Promise<readonly LayerShares[]> => openSample(folder, samples[0].id);

/** A fit of one series, and of a layer against an update of it. */
export async function measureArima(folder: string, print: Print): Promise<void> {
  const layers = await sampleLayers(folder);
  const fits: number[] = [];
  const updates: number[] = [];
  for (const layer of layers) {
    const started = processorMs();
    const model = await arima.fit(historyBefore(layer, 7750), arimaValues);
    fits.push((processorMs() - started) / layer.experts);
    const fitted = processorMs();
    model.update?.(historyBefore(layer, 8000));
    updates.push((processorMs() - fitted) / layer.experts);
  }
  print(`ARIMA(5,1,5), 300 blocks of the default sample, by layer, a series: fit ${median(fits).toFixed(1)} ms, update to an origin 250 steps later ${median(updates).toFixed(3)} ms`);
}

/** Fits every `of`-th layer of the default sample from layer `part` on. */
export async function fitPart(folder: string, part: number, of: number): Promise<void> {
  for (const layer of (await sampleLayers(folder)).filter((_, index) => index % of === part)) (await arima.fit(historyBefore(layer, 8000), arimaValues)).forecast(1000);
}
