import { toForecastResult, type TrainingOutcome } from '../../../src/notebook/forecast-result.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import type { ForecastResult } from '../../../src/notebook/kinds/forecast-result.ts';
import type { ForecastSettings } from '../../../src/notebook/kinds/forecast.ts';

export const fingerprintA = 'a'.repeat(32);
export const fingerprintB = 'b'.repeat(32);

export const training: TrainingOutcome = {
  forecasts: [{ layer: 0, blocks: 1, mean: Float64Array.of(0.25, 0.75) }],
  losses: [{ iteration: 10, train: 0.5, validation: 0.6, parts: [0.6] }],
  curves: [{ layer: 0, points: [{ iteration: 0, validation: 0.7 }, { iteration: 10, validation: 0.6 }] }],
  ended: 'all-iterations', diverged: [], elapsedMs: 1234.5, backend: 'webgpu', adapter: 'Test adapter', version: '0.1.0', time: new Date('2026-11-23T19:11:00Z'),
};

export function lstmSettings(change: Partial<ForecastSettings> = {}): ForecastSettings {
  return { ...defaultSettings('forecast'), forecaster: 'lstm', ...change };
}

/** A result as training with these settings on trace A gives it. */
export function resultOf(settings: ForecastSettings = lstmSettings(), change: Partial<TrainingOutcome> = {}): ForecastResult {
  return toForecastResult(settings, fingerprintA, { ...training, ...change });
}
