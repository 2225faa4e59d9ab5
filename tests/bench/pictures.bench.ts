/** One layer of the largest trace that pictures have to keep up with: 256 experts × 20,000 steps. `npx vitest bench --project node` */
import { bench, describe } from 'vitest';
import { forecastPicture, type Comparisons } from '../../src/forecast/forecast-picture.ts';
import { layerShares } from '../../src/forecast/layer-shares.ts';
import { random } from '../../src/random.ts';
import { defaultStatesSettings } from '../../src/states/boundary.ts';
import { statesPicture } from '../../src/states/states-picture.ts';
import { heatmapPicture, imbalancePicture, linesPicture } from '../../src/trace/pictures/pictures.ts';
import type { ImbalanceMeasure } from '../../src/trace/pictures/pictures-types.ts';
import type { Trace } from '../../src/trace/trace.ts';

const experts = 256;
const rows = 20_000;
const next = random(1);
const values = Uint32Array.from({ length: rows * experts }, () => 40 + Math.floor(next() * 40));
const steps = Float64Array.from({ length: rows }, (_, row) => row);
const trace: Trace = { name: 'large', format: 'NPY', fingerprint: '', kind: 'counts', steps, layers: [{ name: '0', experts, values }] };
const span = { fromStep: 0, toStep: rows };
const drawn = [0, 1, 2, 3, 4, 5, 6, 7];

describe('pictures of one layer', () => {
  bench('heatmap, 1,000 columns', () => void heatmapPicture(trace, { ...span, layer: 0, columns: 1000 }));
  bench('lines of 8 experts, smoothed', () => void linesPicture(trace, { ...span, layer: 0, experts: drawn, columns: 1000, smoothingSteps: 50 }));
  for (const measure of ['max-over-mean', 'variation', 'gini', 'entropy', 'kl', 'dead'] satisfies ImbalanceMeasure[]) {
    bench(`imbalance, ${measure}`, async () => void (await imbalancePicture(trace, { ...span, layers: [0], measure, columns: 1000 })));
  }
  let widened = 0;
  const states = async (longSteps: number): Promise<void> => void (await statesPicture(trace, { ...defaultStatesSettings, longSteps, columns: 1000 }));
  bench('states, a width moves', () => states(100 + (widened++ % 10)), { iterations: 5 });
  bench('states, the threshold moves', () => states(100));
});

describe('forecasts of one layer, horizon 2,000', () => {
  const layer = layerShares(values, steps, experts);
  const request = (windowSteps: number, originStep: number) => ({
    forecaster: { kind: 'cheap' as const, id: 'sliding-average', values: { windowSteps } },
    originStep,
    horizonSteps: 2000,
    coldShare: 0.001,
    drawn: { fromStep: originStep - 4000, toStep: originStep + 2000, experts: drawn, columns: 1000, smoothingSteps: 50 },
  });
  let moved = 0;
  const comparisons: Comparisons = new Map();
  bench('the window moves', async () => void (await forecastPicture(layer, request(1 + (moved++ % 2000), 15_000), comparisons)));
  bench('the origin moves', async () => void (await forecastPicture(layer, request(2000, 10_000 + (moved++ % 5000)), comparisons)));
  bench('the layer is loaded', () => void layerShares(values, steps, experts), { iterations: 5 });
});
