import { describe, expect, test } from 'vitest';
import type { LstmSettings } from '../../../src/forecast/lstm.ts';
import type { BinnedHistory } from '../../../workers/contract.ts';
import { emptyBatch, gather, type Batch, type SampleSpan } from '../../../workers/lstm/examples.ts';
import { forecastCount } from '../../../workers/lstm/network.ts';
import type { Problem } from '../../../workers/lstm/problem.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { history, holding, near, noisy, request, tiny } from './support.ts';

const forms = ['pooled', 'joint'] as const;

function problem(form: 'pooled' | 'joint', histories: readonly BinnedHistory[], horizonSteps = 500, settings: Partial<LstmSettings> = {}): Problem {
  return problemsOf(request(histories, { form, ...settings }, { horizonSteps }))[0];
}

/** Samples as a batch of their own; queries have no targets. */
function batchOf({ network, examples }: Problem, indices: ArrayLike<number>, withTargets = true): Batch {
  const batch = emptyBatch(network, indices.length);
  gather(network, examples, indices, batch, withTargets);
  return batch;
}

function all(found: Problem, { from, count }: SampleSpan): Batch {
  return batchOf(found, Array.from({ length: count }, (_, i) => from + i));
}

const training = (found: Problem): Batch => all(found, found.examples.training);
const validation = (found: Problem): Batch => batchOf(found, found.examples.validation);
const finishing = (found: Problem): Batch => all(found, found.examples.all);
const queries = (found: Problem): Batch => batchOf(found, found.examples.queries, false);

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
    expect(training(other)).toEqual(training(one));
    expect(validation(other).targets).not.toEqual(validation(one).targets);
    expect(finishing(other).targets).not.toEqual(finishing(one).targets);
    // And uses the grain right before.
    const [early, late] = changedFrom(60 - held - 1).map((changed) => problem(form, [changed]));
    expect(training(late).targets).not.toEqual(training(early).targets);
  });

  test('validates and finishes on targets that end at the origin', () => {
    const [one, other] = changedFrom(59).map((changed) => problem(form, [changed]));
    expect(validation(other).targets).not.toEqual(validation(one).targets);
    expect(validation(other).windows).toEqual(validation(one).windows);
  });

  test('names how many steps are missing when the history is too short', () => {
    expect(() => problem(form, [noisy(1, { bins: 10 })])).toThrow(expect.objectContaining({
      code: 'bad-setting', where: 'origin',
      message: `the LSTM has 500 steps before the origin and needs ${form === 'pooled' ? 900 : '1,400'}`,
      remedy: holding('later'),
    }));
    expect(problem(form, [noisy(1, { bins: form === 'pooled' ? 18 : 28 })]).examples.training.count).toBeGreaterThan(0);
  });

  test('gives forecasts on the simplex whatever the network says', () => {
    const histories = [noisy(1, { layer: 3, experts: 4 }), noisy(2, { layer: 7, experts: 6 })];
    const { network, examples, forecasts } = problem(form, histories);
    for (const fill of [0, -1e6, 1e6, NaN]) {
      const found = forecasts(new Float32Array(examples.queries.length * forecastCount(network)).fill(fill).map((value, i) => (i % 3 === 0 ? -value : value)));
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
    const batch = queries(found);
    const [windows, statics] = [batch.windows.subarray(0, 4), batch.statics.subarray(0, 11)];
    // Base: (9 × 0.5 + 0.75) / 10 = 0.525. The last bin is 2 grains: 0.625.
    expect([...windows]).toEqual([-0.05, -0.05, -0.05, 0.2].map((value) => near(value)));
    // 50, 100, 200, 350, 700, 1000, 1400, 2000, 3000 steps; 1 - base × 2; log(base × 2).
    const means = [1, 2, 4, 7, 14, 20, 28, 40, 60].map((grains) => 2 * (0.5 + 0.25 / grains - 0.525));
    expect([...statics]).toEqual([...means, -0.05, Math.log(1.05)].map((value) => near(value)));
  });

  test('practises horizons of 300 and 500 steps, or the wanted one where it is shorter', () => {
    const series = 4;
    const one = (horizonSteps: number): number => problem('pooled', [noisy(1)], horizonSteps).examples.all.count / series;
    // The last 800 steps: 16 anchors a horizon.
    expect(one(2000)).toBe(32);
    expect(one(400)).toBe(32);
    expect(one(200)).toBe(16);
  });

  test('reads exactly 0 for bins before the history, and the bins after them as they are', () => {
    // 18 grains of 50; a window of 8 bins reaches back 16 grains, an anchor at grain 6 knows 3 of its bins.
    const found = problem('pooled', [noisy(1, { bins: 18 })], 300, { windowSteps: 800 });
    const whole = problem('pooled', [noisy(1, { bins: 18 })], 300, { windowSteps: 300 });
    const long = training(found).windows;
    const short = training(whole).windows;
    expect(found.examples.training.count).toBe(4);
    for (let row = 0; row < 4; row++) {
      expect([...long.subarray(row * 8, row * 8 + 5)]).toEqual([0, 0, 0, 0, 0]);
      expect(long.subarray(row * 8 + 5, row * 8 + 8)).toEqual(short.subarray(row * 3, row * 3 + 3));
    }
    expect(short.every((value) => value !== 0)).toBe(true);
  });

  test('stays small where many windows begin before the history of a large trace', () => {
    const experts = 1024;
    const found = problem('pooled', [history((grain, expert) => 1 + ((grain * 7 + expert) % 5), { experts, bins: 260, grainSteps: 5 })], 500, { windowSteps: 4000, binSteps: 10 });
    expect(found.examples.values.length).toBeLessThan(2 ** 24 * 1.5);
    expect(found.examples.training.count).toBeGreaterThan(0);
  });

  test('tells the validation loss of its layers apart: of all experts, or of evenly spread ones', () => {
    const parts = (...experts: number[]): readonly number[] => problem('pooled', experts.map((count, layer) => noisy(layer, { layer, experts: count }))).examples.parts;
    expect(parts(4, 6, 2)).toEqual([4, 10, 12]);
    // 4,096 of 8,192 are looked at: every second one.
    expect(parts(2048, 4096, 2048)).toEqual([1024, 3072, 4096]);
  });

  test('is the same network for any number of experts and layers', () => {
    const few = problem('pooled', [noisy(1)]).network;
    expect(problem('pooled', [noisy(1, { experts: 64 }), noisy(2, { layer: 1, experts: 8 })]).network).toEqual(few);
  });
});

describe('the joint form', () => {
  test('reads all experts of a bin and answers the horizon in blocks of a bin', () => {
    const found = problem('joint', [noisy(1), noisy(2, { layer: 1, experts: 6 })], 1000);
    expect(found.network).toMatchObject({ inputs: 10, bins: 4, targets: 100, loss: { kind: 'squared' }, hidden: tiny.hiddenUnits });
    expect(found.forecasts(new Float32Array(100)).map(({ blocks }) => blocks)).toEqual([10, 10]);
  });

  test('has the mean shares of each block as its targets', () => {
    // One expert rises by one grain after the other: its share of grain g is known by hand.
    const share = (grain: number): number => 0.2 + 0.01 * grain;
    const found = problem('joint', [history((grain, expert) => (expert === 0 ? share(grain) : 1 - share(grain)), { experts: 2 })], 200);
    const { targets, windows } = validation(found);
    // The last 4 grains in two blocks; × 2 experts − 1.
    const block = (a: number, b: number): number => share(a) + share(b) - 1;
    expect(targets[0]).toBeCloseTo(block(56, 57), 5);
    expect(targets[2]).toBeCloseTo(block(58, 59), 5);
    expect(windows[6]).toBeCloseTo(block(54, 55), 5);
    expect(windows[7]).toBeCloseTo(-block(54, 55), 5);
  });

  test('has blocks of one length where the horizon does not divide into such', () => {
    // 250 steps in bins of 100 are 3 blocks (2.5, rounded up) of 1.67 grains: of 2.
    const found = problem('joint', [noisy(1)], 250);
    expect(found.network.targets).toBe(3 * 4);
    expect(found.examples.targetHop).toBe(2 * 4);
    const { targets } = validation(found);
    const { shares } = noisy(1);
    for (let i = 0; i < 12; i++) {
      const grain = 54 + 2 * Math.floor(i / 4);
      const mean = (shares[grain * 4 + (i % 4)] + shares[(grain + 1) * 4 + (i % 4)]) / 2;
      expect(targets[i]).toBeCloseTo(4 * mean - 1, 5);
    }
  });

  test.each([['window-mean', 4], ['last-value', 1]] as const)('with its %s subtracted reads and forecasts changes from it', (normalise, bins) => {
    const [plain, found] = (['none', normalise] as const).map((one) => problem('joint', [noisy(1)], 500, { normalise: one }));
    const [raw, changed] = [validation(plain), validation(found)];
    for (let expert = 0; expert < 4; expert++) {
      const reference = Array.from({ length: bins }, (_, i) => raw.windows[(3 - i) * 4 + expert]).reduce((a, b) => a + b) / bins;
      for (let bin = 0; bin < 4; bin++) expect(changed.windows[bin * 4 + expert]).toBeCloseTo(raw.windows[bin * 4 + expert] - reference, 5);
      for (let block = 0; block < 5; block++) expect(changed.targets[block * 4 + expert]).toBeCloseTo(raw.targets[block * 4 + expert] - reference, 5);
    }
    // Without a change, the reference at the origin is the forecast.
    const now = queries(plain).windows;
    const [{ mean }] = found.forecasts(new Float32Array(20));
    for (let expert = 0; expert < 4; expert++) {
      const reference = Array.from({ length: bins }, (_, i) => now[(3 - i) * 4 + expert]).reduce((a, b) => a + b) / bins;
      expect(mean[expert]).toBeCloseTo((reference + 1) / 4, 5);
    }
  });
});

test.each([
  ['pooled', 'auto', { kind: 'absolute' }], ['joint', 'auto', { kind: 'squared' }],
  ['pooled', 'squared', { kind: 'squared' }], ['joint', 'huber', { kind: 'huber', delta: 0.1 }],
] as const)('the %s form asked for the loss "%s" has %o', (form, loss, expected) => {
  expect(problem(form, [noisy(1)], 500, { loss }).network.loss).toEqual(expected);
});

test('a layer without a history, no layers, and histories of other origins are refused', () => {
  const asked = request([noisy(1)]);
  const withLayers = (layers: readonly number[]) => ({ ...asked, models: [{ ...asked.models[0], layers }] });
  expect(() => problemsOf(withLayers([5]))).toThrow('layer 5');
  expect(() => problemsOf(withLayers([]))).toThrow('no layers');
  expect(() => problemsOf(request([noisy(1), noisy(2, { layer: 1, bins: 50 })]))).toThrow('layer 1 has another origin');
});

test('a window of too many bins is refused with the bin that would do', () => {
  expect(() => problemsOf(request([noisy(1)], { windowSteps: 20_000, binSteps: 10 }))).toThrow(expect.objectContaining({
    code: 'bad-setting', where: 'bin', message: holding('2,000 bins'), remedy: holding('at least 20 steps'),
  }));
});

test('models that learn from the same numbers share them, whatever else differs', () => {
  const asked = request([noisy(1), noisy(2, { layer: 1 })]);
  const [one] = asked.models;
  const other = { ...one, seed: 9, settings: { ...one.settings, hiddenUnits: 7, learningRate: 0.1 } };
  const [first, second, third] = problemsOf({ ...asked, models: [one, other, { ...one, layers: [1] }] });
  expect(second.examples).toBe(first.examples);
  expect(second.network.hidden).toBe(7);
  expect(third.examples).not.toBe(first.examples);
});
