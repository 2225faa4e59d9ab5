/** What banks forecast, made up, for models on them. */
import type { BankHistory } from '../../../src/forecast/bank-history.ts';
import { gaussian, random } from '../../../src/random.ts';

export const members = ['close', 'far', 'average'];

/**
 * A bank of three at anchors every 50 steps, over horizons of 500 and 1,000: `close` is right but for little, `far` lies
 * higher for experts of even number, `average` far off.
 */
export function bank(layer: number, experts: number, seed: number, { anchors = 12, horizons = [700] }: { readonly anchors?: number; readonly horizons?: readonly number[] } = {}): BankHistory {
  const next = random(seed);
  const outcome = (): Float64Array => {
    const raw = Float64Array.from({ length: experts }, (_, expert) => 1 + 0.2 * expert + 0.1 * Math.abs(gaussian(next)));
    const sum = raw.reduce((total, value) => total + value, 0);
    return raw.map((value) => value / sum);
  };
  const forecastsOf = (truth: Float64Array): Float64Array => Float64Array.from({ length: experts * 3 }, (_, i) => {
    const expert = Math.floor(i / 3);
    return truth[expert] + [0.001 * gaussian(next), expert % 2 === 0 ? 0.08 : -0.08, 0.1 * gaussian(next)][i % 3];
  });
  const practised = [500, 1000].flatMap((horizonSteps) => Array.from({ length: anchors }, (_, i) => {
    const truth = outcome();
    return { beforeSteps: horizonSteps + 50 * (anchors - 1 - i), horizonSteps, outcome: truth, forecasts: forecastsOf(truth) };
  }));
  return {
    layer, experts, originStep: 3000, members, practised,
    asked: horizons.map((horizonSteps) => ({
      horizonSteps, judgedSteps: 500, anchors: 24, errors: Float64Array.of(0.01, 0.1, 0.2), weights: Float64Array.of(1, 0, 0), forecasts: forecastsOf(outcome()),
    })),
  };
}
