import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/random.ts';
import { everySetting, gridSettings } from '../../../src/sweep/enumerate.ts';
import { offeredDimensions } from '../../../src/sweep/offered.ts';
import { gridSampler } from '../../../src/sweep/samplers/grid.ts';
import { randomSampler } from '../../../src/sweep/samplers/random.ts';
import type { Sampler } from '../../../src/sweep/samplers/sampler.ts';
import { sobolSampler } from '../../../src/sweep/samplers/sobol.ts';
import { tpeSampler } from '../../../src/sweep/samplers/tpe.ts';
import { keyOf, pointOf, pointSize, type Setting } from '../../../src/sweep/space.ts';
import type { SearchSpace, Trial, TrialRecord } from '../../../src/sweep/types.ts';
import { branch, choice, everyForecaster, range, record, spaces } from './spaces.ts';

const samplers: Readonly<Record<string, (space: SearchSpace, seed: number) => Sampler>> = {
  grid: gridSampler, random: randomSampler, sobol: sobolSampler, tpe: (space, seed) => tpeSampler(space, seed, { startup: 5 }),
};
const chancy = ['random', 'sobol', 'tpe'];

type Score = (setting: Setting) => number;

/** Trials one after the other, each scored before the next one is asked for. */
function sweep(sampler: Sampler, trials: number, scoreOf: Score, begun: readonly TrialRecord[] = []): readonly TrialRecord[] {
  const records = [...begun];
  while (records.length < trials) {
    const trial = sampler.next(records);
    if (!trial) break;
    expect(trial.id).toBe(records.length);
    records.push(record(trial.id, trial, scoreOf(trial)));
  }
  return records;
}

/** A score of its own for every setting, some of them broken. */
const anyScore: Score = (setting) => {
  const next = random([...keyOf(setting)].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7));
  return next() < 0.1 ? NaN : next();
};

const small: SearchSpace = [
  branch('arima', [range('p', 0, 2), choice('order', 'given', 'automatic')]),
  branch('sliding-average', [range('windowSteps', 100, 500, { step: 100 })]),
  branch('chosen-holt', []),
];

describe.each(Object.entries(samplers))('%s', (name, of) => {
  test('tries settings of the space, none of them twice', () => {
    fc.assert(fc.property(spaces, fc.nat(), (space, seed) => {
      const records = sweep(of(space, seed), 30, anyScore);
      expect(new Set(records.map(keyOf)).size).toBe(records.length);
      expect(records.every((one) => pointOf(space, one) !== null)).toBe(true);
    }), { seed: 1, numRuns: 40 });
  });

  test('tries all there are of a small space, and then nothing', () => {
    const all = [...(name === 'grid' ? gridSettings : everySetting)(small)].map(keyOf);
    for (let seed = 0; seed < 10; seed++) {
      expect(sweep(of(small, seed), 100, anyScore).map(keyOf).sort()).toEqual([...all].sort());
    }
  });

  test('has one setting where nothing is varied', () => {
    expect(sweep(of([branch('ridge', [])], 1), 5, anyScore)).toHaveLength(1);
  });

  test('goes on as it would have when it is taken up again', () => {
    fc.assert(fc.property(spaces, fc.nat(), fc.nat(20), (space, seed, interrupted) => {
      const whole = sweep(of(space, seed), 25, anyScore);
      expect(sweep(of(space, seed), 25, anyScore, whole.slice(0, interrupted))).toEqual(whole);
    }), { seed: 2, numRuns: 20 });
  });

  test('gives the same trial until it has a record', () => {
    const sampler = of(small, 4);
    const records = sweep(sampler, 7, anyScore);
    expect(sampler.next(records)).toEqual(sampler.next(records));
  });
});

test('the grid is gone through in an order of chance, so that a part of it has been everywhere', () => {
  const space = [branch('damped-holt', [range('alpha', 0.1, 0.9, { step: 0, gridPoints: 9 }), choice('space', 'shares', 'log-ratios')]), branch('ridge', [])];
  const [one, other] = [1, 2].map((seed) => sweep(gridSampler(space, seed), 100, anyScore).map(keyOf));
  expect(one).toHaveLength(19);
  expect(new Set(one)).toEqual(new Set(other));
  expect(one).not.toEqual(other);
  // Half of the grid, seed by seed: no value is left out for its place.
  const reached = Array.from({ length: 50 }, (_, seed) => sweep(gridSampler(space, seed), 9, anyScore).map(({ forecaster, values }) => `${forecaster} ${values['alpha']} ${values['space']}`)).flat();
  const often = [...reached.reduce((map, key) => map.set(key, (map.get(key) ?? 0) + 1), new Map<string, number>()).values()];
  expect(often).toHaveLength(19);
  expect(Math.min(...often)).toBeGreaterThan(10);
  expect(Math.max(...often)).toBeLessThan(40);
});

test('a grid has its settings in order, the last dimension fastest', () => {
  const space = [branch('damped-holt', [range('alpha', 0.1, 0.3, { step: 0, gridPoints: 2 }), choice('space', 'shares', 'log-ratios')])];
  expect([...gridSettings(space)].map(({ values }) => [values['alpha'], values['space']])).toEqual([[0.1, 'shares'], [0.1, 'log-ratios'], [0.3, 'shares'], [0.3, 'log-ratios']]);
});

test.each(chancy)('%s: another seed tries other settings', (name) => {
  const space = [branch('lstm', offeredDimensions('lstm'))];
  const [one, other] = [1, 2].map((seed) => sweep(samplers[name](space, seed), 10, anyScore).map(keyOf));
  expect(one.filter((key) => other.includes(key))).toEqual([]);
});

test.each(chancy)('%s takes every forecaster with all that it offers', (name) => {
  const space = everyForecaster.map((id) => branch(id, offeredDimensions(id)));
  expect(sweep(samplers[name](space, 1), 60, anyScore)).toHaveLength(60);
});

test('Sobol spreads trials over ranges: one in each sixteenth', () => {
  const space = [branch('lstm', [range('learningRate', 0.0001, 0.1, { scale: 'log', step: 0 }), range('weightDecay', 0, 0.1, { step: 0 })])];
  const points = sweep(sobolSampler(space, 9), 16, anyScore).map((trial) => pointOf(space, trial)!);
  for (let dimension = 0; dimension < pointSize(space); dimension++) {
    expect(points.map((point) => Math.floor(16 * point[dimension])).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  }
});

describe('TPE', () => {
  const seeds = Array.from({ length: 15 }, (_, seed) => seed);
  const bestOf = (records: readonly TrialRecord[]): number => Math.min(...records.map(({ scores }) => scores[0].score));
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

  /** Best at one place of four dimensions on their scales: 0.8, 0.3, 0.5 and 0.2. */
  const network = [branch('lstm', [
    range('learningRate', 0.0001, 0.1, { scale: 'log', step: 0 }), range('hiddenUnits', 4, 256, { scale: 'log' }),
    range('weightDecay', 0, 0.1, { step: 0 }), range('inputDropout', 0, 0.9, { step: 0.05 }),
  ])];
  const bowl: Score = (setting) => pointOf(network, setting)!.reduce((sum, u, i) => sum + (u - [0.8, 0.3, 0.5, 0.2][i]) ** 2, 0);

  test('finds the bottom of a bowl better than random and Sobol draws, at equal trials', () => {
    const found = (of: (space: SearchSpace, seed: number) => Sampler): number => median(seeds.map((seed) => bestOf(sweep(of(network, seed), 80, bowl))));
    const best = found(tpeSampler);
    expect(best).toBeLessThan(0.1 * found(randomSampler));
    expect(best).toBeLessThan(0.1 * found(sobolSampler));
  });

  test('comes to draw most trials from the better forecaster, and of it the settings that matter there', () => {
    const space: SearchSpace = [
      branch('shrunken-trend', [choice('keep', 'part', 'by-halves', 'by-error'), range('part', 0, 1, { step: 0 })]),
      branch('exponential-smoothing', [range('alpha', 0.01, 1, { scale: 'log', step: 0 })]),
    ];
    const scoreOf: Score = ({ forecaster, values }) => {
      if (forecaster !== 'shrunken-trend') return 2;
      return values['keep'] === 'part' ? 1 + Math.abs(Number(values['part']) - 0.7) : 1.9;
    };
    const late = seeds.flatMap((seed) => sweep(tpeSampler(space, seed), 60, scoreOf).slice(30));
    expect(late.filter(({ forecaster }) => forecaster === 'shrunken-trend').length / late.length).toBeGreaterThan(0.8);
    expect(median(late.map(scoreOf))).toBeLessThan(1.15);
  });

  test.each([
    ['fail without a score', (trial: Trial): TrialRecord => ({ ...trial, state: 'failed', scores: [] })],
    ['have a score that is no number', (trial: Trial): TrialRecord => record(trial.id, trial, NaN)],
  ])('keeps away from where trials %s', (_, failed) => {
    const lateFailures = seeds.map((seed) => {
      const sampler = tpeSampler(network, seed);
      const records: TrialRecord[] = [];
      const fails = (setting: Setting): boolean => pointOf(network, setting)![0] > 0.5;
      while (records.length < 80) {
        const trial = sampler.next(records)!;
        // All that does not fail is about as good.
        records.push(fails(trial) ? failed(trial) : record(trial.id, trial, 1 + trial.id / 1e6));
      }
      return records.slice(40).filter(fails).length / 40;
    });
    expect(median(lateFailures)).toBeLessThan(0.15);
  });

  test('goes on at random while no score is a number', () => {
    expect(sweep(tpeSampler(network, 1), 40, () => NaN)).toHaveLength(40);
  });
});
