import { describe, expect, test } from 'vitest';
import { askedFor, autoForecast, weighedBank } from '../../../src/forecast/auto.ts';
import { bankHistory, canPractise } from '../../../src/forecast/bank-history.ts';
import { combination } from '../../../src/forecast/combination.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../../src/forecast/layer-shares.ts';
import { random } from '../../../src/random.ts';
import { meanAhead, meanShares, wanderingLayer } from './layers.ts';

const layer = wanderingLayer(5000, 5, 6);
const others = [wanderingLayer(5000, 4, 7), wanderingLayer(5000, 6, 8)];
const at = (originStep: number, own: LayerShares = layer, rest: readonly LayerShares[] = others) => bankHistory(0, historyBefore(own, originStep, rest), originStep, [1000, 2000]);

/** Garbage from a step on. */
function spoilt({ shares, steps, experts }: LayerShares, fromStep: number): LayerShares {
  const next = random(99);
  return layerShares(shares.map((share, i) => (i >= fromStep * experts ? next() : share)), steps, experts);
}

describe('the bank’s history', () => {
  test('practises 12 forecasts of 500 steps and 12 of 1,000, each resolved at the origin', () => {
    const { practised, members } = at(4000);
    expect(practised.map(({ horizonSteps }) => horizonSteps)).toEqual([...Array<number>(12).fill(500), ...Array<number>(12).fill(1000)]);
    expect(practised.map(({ beforeSteps }) => beforeSteps)).toEqual([500, 1000].flatMap((horizon) => Array.from({ length: 12 }, (_, i) => horizon + 50 * (11 - i))));
    for (const { beforeSteps, horizonSteps, outcome, forecasts } of practised) {
      const truth = meanShares(layer, 4000 - beforeSteps, 4000 - beforeSteps + horizonSteps);
      truth.forEach((share, expert) => expect(outcome[expert]).toBeCloseTo(share, 9));
      expect(forecasts).toHaveLength(5 * members.length);
    }
  });

  test('holds the forecasts that the bank would have made there', () => {
    const { practised, members } = at(4000);
    const { beforeSteps, forecasts } = practised[3];
    const then = bankHistory(0, historyBefore(layer, 4000 - beforeSteps, others), 4000 - beforeSteps, [500]);
    expect(then.members).toEqual(members);
    then.asked[0].forecasts.forEach((share, i) => expect(forecasts[i]).toBeCloseTo(share, 9));
  });

  test('knows nothing of what came after the origin', () => {
    // Shares that are made of shares differ from them by rounding.
    const spoiltFrom = (step: number) => at(4000, spoilt(layer, step), others.map((other) => spoilt(other, step)));
    expect(spoiltFrom(4000)).toEqual(spoiltFrom(5000));
    expect(spoiltFrom(3999)).not.toEqual(spoiltFrom(5000));
  });

  test('weighs as the combination does, and is its forecast', async () => {
    for (const horizonSteps of [1000, 2000]) {
      const expected = await meanAhead(combination, layer, 4000, horizonSteps, {}, others);
      weighedBank(askedFor(at(4000), horizonSteps)).forEach((share, expert) => expect(share).toBeCloseTo(expected[expert], 12));
    }
  });

  test('has too little to practise in the first 250 steps', () => {
    expect(canPractise(at(150))).toBe(false);
    expect(canPractise(at(500))).toBe(true);
    expect(at(40).asked[0].weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('leaves out anchors whose horizon was not recorded', () => {
    const kept = Array.from({ length: 4000 }, (_, step) => step).filter((step) => step < 2900 || step >= 3500);
    const gap = layerShares(Float32Array.from(kept.flatMap((step) => [...layer.shares.subarray(step * 5, step * 5 + 5)])), Float64Array.from(kept), 5);
    const { practised } = bankHistory(0, historyBefore(gap, 4000), 4000, [500]);
    expect(practised.length).toBeGreaterThan(4);
    expect(practised.every(({ outcome, forecasts }) => [...outcome, ...forecasts].every(Number.isFinite))).toBe(true);
    expect(practised.map(({ beforeSteps }) => 4000 - beforeSteps)).not.toContain(2950);
  });
});

test('Auto is the mean of its parts, and the weighed bank where nothing is trained', () => {
  const asked = askedFor(at(4000), 1000);
  const bank = weighedBank(asked);
  const trained = [0.1, 0.3].map((first) => Float64Array.of(first, 0.2, 0.3, 0.3 - first / 2, 0.2 - first / 2));
  autoForecast(asked, trained).forEach((share, expert) => expect(share).toBeCloseTo((bank[expert] + trained[0][expert] + trained[1][expert]) / 3, 12));
  expect(autoForecast(asked, [])).toEqual(bank);
});
