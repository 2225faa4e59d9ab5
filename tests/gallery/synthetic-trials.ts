/** Made-up trials of a sweep whose error depends on the learning rate, the window and the forecaster. */
import { random } from './synthetic.ts';

export interface SyntheticTrial {
  readonly id: number;
  /** Place in FORECASTERS. */
  readonly forecaster: number;
  readonly window: number;
  /** NaN for forecasters that are not trained. */
  readonly rate: number;
  readonly units: number;
  readonly dropout: number;
  readonly loss: number;
  /** Seconds since the sweep began at which its last score came. */
  readonly seconds: number;
  /** Error after each rung, %; lower is better. */
  readonly errors: readonly number[];
  readonly iterations: readonly number[];
  readonly pruned: boolean;
}

export const FORECASTERS = ['sliding average', 'LSTM', 'exponential smoothing'] as const;
export const LOSSES = ['mean squared error', 'mean absolute error', 'Huber'] as const;
export const AVERAGE_ERROR = 3.6;
const RUNGS = [100, 300, 900];

/** @param count how many; the same count gives the same trials */
export function syntheticTrials(count: number): SyntheticTrial[] {
  const next = random(count + 4711);
  return Array.from({ length: count }, (_, id) => {
    const forecaster = next() < 0.75 ? 1 : next() < 0.5 ? 0 : 2;
    const window = Math.round(20 * 100 ** next());
    const trained = forecaster === 1;
    const rate = trained ? 10 ** (-4.5 + 3.5 * next()) : Number.NaN;
    const units = trained ? 2 ** Math.floor(3 + 5 * next()) : Number.NaN;
    const dropout = trained ? Math.round(next() * 10) / 20 : Number.NaN;
    const loss = trained ? Math.floor(next() * 3) : Number.NaN;
    const noise = 0.25 * next();
    const far = trained ? (Math.log10(rate) + 2.7) ** 2 * 1.4 + 0.02 * (7 - Math.log2(units)) ** 2 : 0.9;
    const end = 2.9 + far + 0.4 * (Math.log10(window) - 2.6) ** 2 + noise + (rate > 0.06 ? 30 * next() : 0);
    const pruned = trained && (end > 4.4 || next() < 0.3);
    const rungs = trained ? (pruned ? 1 + Math.floor(next() * 2) : 3) : 1;
    const iterations = trained ? RUNGS.slice(0, rungs) : [0];
    const errors = iterations.map((steps) => (trained ? end + 6 * Math.exp(-steps / 250) : end));
    return { id, forecaster, window, rate, units, dropout, loss, seconds: 2 + id * 0.4 + next() * 3, errors, iterations, pruned };
  });
}
