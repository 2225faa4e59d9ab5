import { describe, expect, test } from 'vitest';
import { gaussian, random } from '../../../../src/random.ts';
import { importanceOf } from '../../../../src/sweep/importance/importance.ts';
import type { CoordinateKind, Importance } from '../../../../src/sweep/importance/types.ts';
import { drawnPoints, found, ishigami, numbers } from './support.ts';

function expectShares({ parameters, pairs }: Importance, alone: readonly number[], together: Readonly<Record<string, number>>, within: number): void {
  parameters.forEach(({ mean }, i) => expect(Math.abs(mean - alone[i]), `parameter ${i}: ${mean}`).toBeLessThan(within));
  pairs.forEach(({ a, b, mean }) => expect(Math.abs(mean - (together[`${a} ${b}`] ?? 0)), `pair ${a} ${b}: ${mean}`).toBeLessThan(within));
}

describe('importance on functions whose importance is known', () => {
  test('3a + b: nine tenths and one, nothing together, nothing of a third', () => {
    const points = drawnPoints(300, numbers(3), 5);
    const importance = found(points, numbers(3), points.map(([a, b]) => 3 * a + b));
    expectShares(importance, [0.9, 0.1, 0], {}, 0.03);
    expect(importance.parameters[2].mean).toBeLessThan(0.005);
    expect(importance.explained).toBeGreaterThan(0.97);
  });

  test('either a or b: all of it together, next to nothing alone', () => {
    const points = drawnPoints(1000, numbers(3), 5);
    const importance = found(points, numbers(3), points.map(([a, b]) => (a < 0.5 === b < 0.5 ? 0 : 1)));
    expectShares(importance, [0, 0, 0], { '0 1': 1 }, 0.1);
  });

  test('Ishigami\'s function: the published Sobol indices, within what a forest of 1,500 trials can tell', () => {
    const points = drawnPoints(1500, numbers(3), 5);
    expectShares(found(points, numbers(3), points.map(ishigami)), [0.3139, 0.4424, 0], { '0 2': 0.2437 }, 0.13);
  });

  test('a choice of three among numbers', () => {
    // Variances: the choice (0, 1, 5) 14/3, the number 4²/12 = 4/3; the third does nothing.
    const kinds: readonly CoordinateKind[] = ['number', { choices: 3 }, { choices: 4 }];
    const points = drawnPoints(300, kinds, 8);
    const importance = found(points, kinds, points.map(([a, choice]) => 4 * a + [0, 1, 5][choice]));
    expectShares(importance, [2 / 9, 7 / 9, 0], {}, 0.04);
    const [, marginal] = importance.marginals;
    expect(marginal.at).toEqual([0, 1, 2]);
    [2, 3, 7].forEach((expected, choice) => expect(Math.abs(marginal.mean[choice] - expected)).toBeLessThan(0.25));
  });

  test('a parameter that is active under one choice alone counts as flat under the other', () => {
    // 1 where the switch is off, c where it is on: variances 1/16 of the switch, 1/48 of c, 1/48 together.
    const kinds: readonly CoordinateKind[] = [{ choices: 2 }, 'number', 'number'];
    const points = drawnPoints(300, kinds, 4).map(([on, c, other]) => [on, on === 1 ? c : null, other]);
    const importance = found(points, kinds, points.map(([, c]) => c ?? 1));
    expectShares(importance, [0.6, 0.2, 0], { '0 1': 0.2 }, 0.04);
    const [, marginal] = importance.marginals;
    expect(marginal.mean[0]).toBeCloseTo(0.5, 1);
    expect(marginal.mean[32]).toBeCloseTo(1, 1);
  });

  test('one parameter explains all there is', () => {
    const points = drawnPoints(20, numbers(1), 2);
    const { parameters, pairs } = found(points, numbers(1), points.map(([a]) => a * a));
    expect(parameters[0].mean).toBeCloseTo(1, 9);
    expect(parameters[0].sd).toBeCloseTo(0, 9);
    expect(pairs).toEqual([]);
  });

  test('where the sampler looked most makes no difference', () => {
    const points = drawnPoints(400, numbers(2), 5).map(([a, b]) => [a ** 3, b]);
    expectShares(found(points, numbers(2), points.map(([a, b]) => a + b)), [0.5, 0.5], {}, 0.08);
  });
});

describe('importance of what sweeps give', () => {
  const points = drawnPoints(120, numbers(3), 6);
  const plain = points.map(([a, b]) => 3 * a + b);

  test('a few wild scores take nothing over', () => {
    const wild = plain.map((score, trial) => (trial % 30 === 7 ? 1e9 : score));
    const { parameters } = found(points, numbers(3), wild);
    expect(parameters[0].mean).toBeGreaterThan(0.5);
    expect(parameters[0].mean).toBeGreaterThan(5 * Math.max(parameters[1].mean, parameters[2].mean));
  });

  test('what makes trials diverge is important', () => {
    const { parameters, marginals } = found(points, numbers(3), plain.map((score, trial) => (points[trial][2] > 0.6 ? NaN : score)));
    expect(parameters[2].mean).toBeGreaterThan(0.5);
    expect(marginals[2].mean[32]).toBeGreaterThan(marginals[2].mean[0] + 1);
  });

  test('of noise the forest says that it explains nothing', () => {
    const next = random(3);
    expect(found(points, numbers(3), points.map(() => gaussian(next))).explained).toBeLessThan(0.05);
  });

  test('marginals are in the score\'s units, with the spread over the trees', () => {
    const { marginals: [a, , other] } = found(points, numbers(3), plain.map((score) => 1000 + score));
    expect([a.at.length, a.at[0], a.at[16], a.at[32]]).toEqual([33, 0, 0.5, 1]);
    // The mean over b in the middle of a is 1.5 + 0.5.
    expect(Math.abs(a.mean[16] - 1002)).toBeLessThan(0.2);
    expect(a.mean[32] - a.mean[0]).toBeGreaterThan(2.4);
    expect(Math.max(...other.mean) - Math.min(...other.mean)).toBeLessThan(0.2);
    expect(a.sd.every((sd) => sd > 0 && sd < 0.5)).toBe(true);
  });

  test('the unit of the score makes no difference', () => {
    const shares = ({ parameters }: Importance): readonly number[] => parameters.map(({ mean }) => mean);
    const scaled = shares(found(points, numbers(3), plain.map((score) => 1e-6 * score)));
    shares(found(points, numbers(3), plain)).forEach((share, i) => expect(scaled[i]).toBeCloseTo(share, 6));
  });

  test('the same seed gives the same, another seed about the same', () => {
    const first = found(points, numbers(3), plain, 1);
    expect(found(points, numbers(3), plain, 1)).toEqual(first);
    const other = found(points, numbers(3), plain, 2);
    expect(other).not.toEqual(first);
    expect(Math.abs(other.parameters[0].mean - first.parameters[0].mean)).toBeLessThan(0.02);
  });

  test('the order of the trials makes no difference', () => {
    const kinds: readonly CoordinateKind[] = [{ choices: 2 }, 'number', 'number'];
    const mixed = drawnPoints(60, kinds, 4).map(([on, c, other]) => [on, on === 1 ? c : null, other]);
    const scores = mixed.map(([on, c], trial) => (trial % 11 === 0 ? NaN : (c ?? 0.3) + (on ?? 0)));
    const places = mixed.map((_, trial) => (trial * 17) % 60);
    expect(found(places.map((trial) => mixed[trial]), kinds, places.map((trial) => scores[trial]))).toEqual(found(mixed, kinds, scores));
  });
});

describe('no importance', () => {
  const eight = drawnPoints(8, numbers(2), 1);

  test.each([
    ['of too few trials', eight.slice(1), [1, 2, 3, 4, 5, 6, 7], 'Importance takes 8 trials with a score; there are 7.'],
    ['of no trial', [], [], 'Importance takes 8 trials with a score; there are 0.'],
    ['where all diverged', eight, eight.map(() => NaN), 'All trials diverged, so that no setting is better than another.'],
    ['where all scores are equal', eight, eight.map(() => 2.5), 'All trials have the same score: no parameter made a difference.'],
    ['where settings differ by less than a threshold can part', eight.map((_, i) => [i < 4 ? 1 - Number.EPSILON / 2 : 1, 0]), [1, 1, 1, 1, 2, 2, 2, 2], 'The settings differ too little to tell what made a difference.'],
    ['where nothing was varied', eight.map(() => [0.5, null]), [1, 2, 3, 4, 5, 6, 7, 8], 'No parameter was varied: all trials have the same settings.'],
  ])('%s', (_, points, scores, reason) => {
    expect(importanceOf(points, numbers(2), scores, 1)).toEqual({ importance: null, reason });
  });

  test('of eight trials there is some', () => {
    expect(found(eight, numbers(2), eight.map(([a]) => a)).parameters[0].mean).toBeGreaterThan(0.5);
  });
});
