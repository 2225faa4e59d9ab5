import { describe, expect, test } from 'vitest';
import type { BinnedHistory } from '../../../workers/contract.ts';
import { problemOf } from '../../../workers/lstm/problems.ts';
import { gather, type Problem, type SampleSet } from '../../../workers/lstm/problem.ts';
import { history, holding, near, noisy, request, tiny } from './support.ts';

const forms = ['pooled', 'joint'] as const;

function problem(form: 'pooled' | 'joint', histories: readonly BinnedHistory[], horizonSteps = 500): Problem {
  const asked = request(histories, { form }, { horizonSteps });
  return problemOf(asked.models[0], asked);
}

function all({ network }: Problem, samples: SampleSet): ReturnType<typeof gather> {
  return gather(network, samples, Array.from({ length: samples.count }, (_, i) => i));
}

describe.each(forms)('the %s form', (form) => {
  /** Everything from this grain on differs between two histories. */
  const changedFrom = (grain: number): [BinnedHistory, BinnedHistory] => {
    const one = noisy(1);
    const shares = Float32Array.from(one.shares, (share, i) => (i >= grain * one.experts ? (i % one.experts === 0 ? 1 : 0) : share));
    return [one, { ...one, shares }];
  };

  test('trains on no target that holds a grain of a validation target', () => {
    // Validation targets are the last 300 (pooled) or 500 (joint) steps of 60 grains of 50.
    const held = form === 'pooled' ? 6 : 10;
    const [one, other] = changedFrom(60 - held).map((changed) => problem(form, [changed]));
    expect(all(other, other.training)).toEqual(all(one, one.training));
    expect(all(other, other.validation).targets).not.toEqual(all(one, one.validation).targets);
    expect(all(other, other.all).targets).not.toEqual(all(one, one.all).targets);
    // And uses the grain right before.
    const [early, late] = changedFrom(60 - held - 1).map((changed) => problem(form, [changed]));
    expect(all(late, late.training).targets).not.toEqual(all(early, early.training).targets);
  });

  test('validates and finishes on targets that end at the origin', () => {
    const [one, other] = changedFrom(59).map((changed) => problem(form, [changed]));
    expect(all(other, other.validation).targets).not.toEqual(all(one, one.validation).targets);
    expect(all(other, other.validation).windows).toEqual(all(one, one.validation).windows);
  });

  test('names how many steps are missing when the history is too short', () => {
    expect(() => problem(form, [noisy(1, { bins: 10 })])).toThrow(expect.objectContaining({
      code: 'bad-setting', where: 'origin',
      message: `the LSTM has 500 steps before the origin and needs ${form === 'pooled' ? 900 : '1,400'}`,
      remedy: holding('later'),
    }));
    expect(problem(form, [noisy(1, { bins: form === 'pooled' ? 18 : 28 })]).training.count).toBeGreaterThan(0);
  });

  test('gives forecasts on the simplex whatever the network says', () => {
    const histories = [noisy(1, { layer: 3, experts: 4 }), noisy(2, { layer: 7, experts: 6 })];
    const { network, queries, forecasts } = problem(form, histories);
    for (const fill of [0, -1e6, 1e6, NaN]) {
      const found = forecasts(new Float32Array(queries.count * network.outputs).fill(fill).map((value, i) => (i % 3 === 0 ? -value : value)));
      expect(found.map(({ layer, mean, blocks }) => [layer, mean.length / blocks])).toEqual([[3, 4], [7, 6]]);
      for (const { mean, blocks } of found) {
        expect(mean.every((share) => share >= 0)).toBe(true);
        expect(mean.reduce((a, b) => a + b, 0)).toBeCloseTo(blocks, 9);
      }
    }
  });
});

describe('the pooled form', () => {
  test('answers the mean of the last 500 steps when its output is 0', () => {
    const found = problem('pooled', [history((grain, expert) => (expert === 0 ? 1 + (grain >= 50 ? 1 : 0) : 1), { experts: 3 })]);
    const [{ mean, blocks }] = found.forecasts(new Float32Array(3));
    // 10 grains of (2, 1, 1) / 4.
    expect(blocks).toBe(1);
    expect([...mean]).toEqual([near(0.5), near(0.25), near(0.25)]);
  });

  test('reads differences from the base and the way back to uniform, in units of a uniform share', () => {
    // Two experts: 3/4 and 1/4 in the last grain, even before.
    const found = problem('pooled', [history((grain, expert) => (grain === 59 && expert === 0 ? 3 : 1), { experts: 2 })]);
    const { windows, statics } = gather(found.network, found.queries, [0]);
    // Base: (9 × 0.5 + 0.75) / 10 = 0.525. The last bin is 2 grains: 0.625.
    expect([...windows]).toEqual([-0.05, -0.05, -0.05, 0.2].map((value) => near(value)));
    // 50, 100, 200, 350, 700, 1000, 1400, 2000, 3000 steps; 1 - base × 2; log(base × 2).
    const means = [1, 2, 4, 7, 14, 20, 28, 40, 60].map((grains) => 2 * (0.5 + 0.25 / grains - 0.525));
    expect([...statics]).toEqual([...means, -0.05, Math.log(1.05)].map((value) => near(value)));
  });

  test('practises horizons of 300 and 500 steps, or the wanted one where it is shorter', () => {
    const series = 4;
    const one = (horizonSteps: number): number => problem('pooled', [noisy(1)], horizonSteps).all.count / series;
    // The last 800 steps: 16 anchors a horizon.
    expect(one(2000)).toBe(32);
    expect(one(400)).toBe(32);
    expect(one(200)).toBe(16);
  });

  test('is the same network for any number of experts and layers', () => {
    const few = problem('pooled', [noisy(1)]).network;
    expect(problem('pooled', [noisy(1, { experts: 64 }), noisy(2, { layer: 1, experts: 8 })]).network).toEqual(few);
  });
});

describe('the joint form', () => {
  test('reads all experts of a bin and answers the horizon in blocks of a bin', () => {
    const found = problem('joint', [noisy(1), noisy(2, { layer: 1, experts: 6 })], 1000);
    expect(found.network).toMatchObject({ inputs: 10, bins: 4, outputs: 100, loss: 'squared', hidden: tiny.hiddenUnits });
    expect(found.forecasts(new Float32Array(100)).map(({ blocks }) => blocks)).toEqual([10, 10]);
  });

  test('has the mean shares of each block as its targets', () => {
    // One expert rises by one grain after the other: its share of grain g is known by hand.
    const share = (grain: number): number => 0.2 + 0.01 * grain;
    const found = problem('joint', [history((grain, expert) => (expert === 0 ? share(grain) : 1 - share(grain)), { experts: 2 })], 200);
    const { targets, windows } = gather(found.network, found.validation, [0]);
    // The last 4 grains in two blocks; × 2 experts − 1.
    const block = (a: number, b: number): number => share(a) + share(b) - 1;
    expect(targets[0]).toBeCloseTo(block(56, 57), 5);
    expect(targets[2]).toBeCloseTo(block(58, 59), 5);
    expect(windows[6]).toBeCloseTo(block(54, 55), 5);
    expect(windows[7]).toBeCloseTo(-block(54, 55), 5);
  });
});

test('a layer without a history, no layers, and histories of other origins are refused', () => {
  const asked = request([noisy(1)]);
  expect(() => problemOf({ ...asked.models[0], layers: [5] }, asked)).toThrow('layer 5');
  expect(() => problemOf({ ...asked.models[0], layers: [] }, asked)).toThrow('no layers');
  const uneven = request([noisy(1), noisy(2, { layer: 1, bins: 50 })]);
  expect(() => problemOf(uneven.models[0], uneven)).toThrow('layer 1 has another origin');
});

test('a window of too many bins is refused with the bin that would do', () => {
  const asked = request([noisy(1)], { windowSteps: 8000, binSteps: 10 });
  expect(() => problemOf(asked.models[0], asked)).toThrow(expect.objectContaining({
    code: 'bad-setting', where: 'bin', message: holding('800 bins'), remedy: holding('at least 40 steps'),
  }));
});
