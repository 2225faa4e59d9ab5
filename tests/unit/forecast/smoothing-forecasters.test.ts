import { describe, expect, test } from 'vitest';
import { anchorGrid, blockMeans } from '../../../src/forecast/anchors.ts';
import { chosenHolt, chosenHoltAt, chosenSmoothing } from '../../../src/forecast/chosen-smoothing.ts';
import { chosenAverage } from '../../../src/forecast/choose-window.ts';
import { chosenTrend } from '../../../src/forecast/chosen-trend.ts';
import { dampedHolt } from '../../../src/forecast/damped-holt.ts';
import { exponentialSmoothing } from '../../../src/forecast/exponential-smoothing.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { bestAt } from '../../../src/forecast/past-choice.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { shrunkenTrend } from '../../../src/forecast/shrunken-trend.ts';
import { theta } from '../../../src/forecast/theta.ts';
import { loadError, madeLayer, meanAhead, meanShares, wanderingLayer } from './layers.ts';

/** The first of two experts gains a hundredth in a hundred steps. */
const rising = madeLayer(2000, 2, (expert, step) => (expert === 0 ? 0.3 + step / 10_000 : 0.7 - step / 10_000));

describe('block means', () => {
  test('end at the origin, the first holds what is left over', () => {
    const grid = anchorGrid(historyBefore(rising, 120));
    expect([...grid.known]).toEqual([70, 120]);
    const means = blockMeans(grid);
    expect(means[0]).toBeCloseTo(0.3 + 34.5 / 10_000, 6);
    expect(means[2]).toBeCloseTo(0.3 + 94.5 / 10_000, 6);
  });

  test('go by steps where every tenth or only every hundredth step is recorded', () => {
    const blocks = (strideSteps: number): number => anchorGrid(historyBefore(madeLayer(40, 2, () => 1, { strideSteps }), 40 * strideSteps)).everySteps;
    expect(blocks(10)).toBe(50);
    expect(blocks(7)).toBe(49);
    expect(blocks(100)).toBe(100);
  });

  test('in which nothing was recorded have no value, however long the gap', () => {
    const steps = Float64Array.from({ length: 100 }, (_, row) => (row < 50 ? row : row + 1e9));
    const grid = anchorGrid(historyBefore(layerShares(new Uint32Array(200).fill(1), steps, 2), 1e9 + 100));
    expect(grid.count).toBe(200);
    const means = [...blockMeans(grid)].filter((_, i) => i % 2 === 0);
    expect(means.slice(1, -1).every(Number.isNaN)).toBe(true);
    expect([means[0], means[199]]).toEqual([0.5, 0.5]);
  });
});

describe('smoothing with settings that are given', () => {
  const wandering = wanderingLayer(1000, 3, 1);
  const blocks = Array.from({ length: 20 }, (_, block) => meanShares(wandering, 50 * block, 50 * block + 50));

  test('weighs block means by powers of what is left of them', async () => {
    const found = await meanAhead(exponentialSmoothing, wandering, 1000, 300, { alpha: 0.25 });
    for (const expert of [0, 1, 2]) {
      const expected = blocks.reduce((sum, block, i) => sum + block[expert] * 0.75 ** (19 - i) * (i === 0 ? 1 : 0.25), 0);
      expect(found[expert]).toBeCloseTo(expected, 8);
    }
  });

  test('with a slope is Holt’s method as he wrote it, damped', async () => {
    const [alpha, beta, phi] = [0.3, 0.2, 0.9];
    const found = await meanAhead(dampedHolt, wandering, 1000, 200, { alpha, beta, phi });
    for (const expert of [0, 1, 2]) {
      let level = blocks[0][expert];
      let slope = 0;
      for (const block of blocks.slice(1)) {
        const before = level;
        level = alpha * block[expert] + (1 - alpha) * (before + phi * slope);
        slope = beta * (level - before) + (1 - beta) * phi * slope;
      }
      const ahead = [1, 2, 3, 4].map((h) => level + slope * Array.from({ length: h }, (_, i) => phi ** (i + 1)).reduce((sum, one) => sum + one, 0));
      expect(found[expert]).toBeCloseTo(ahead.reduce((sum, one) => sum + one, 0) / 4, 8);
    }
  });

  test('a slope over few blocks goes no further than they are apart', async () => {
    const steep = madeLayer(100, 2, (expert, step) => (expert === 0 ? 0.4 + step / 500 : 0.6 - step / 500));
    // Middles of the first and the last ten steps are 90 steps apart.
    const [share] = await meanAhead(dampedHolt, steep, 100, 3000, { alpha: 1, beta: 1, phi: 1, blockSteps: 10 });
    expect(share).toBeCloseTo(0.4 + (94.5 + 90) / 500, 4);
  });
});

describe('a choice on the past', () => {
  test('takes the least mean error of the last twelve anchors that were resolved', () => {
    const steady = Float64Array.from({ length: 20 }, () => 2);
    const better = Float64Array.from({ length: 20 }, (_, anchor) => (anchor < 10 ? 5 : 1));
    // At 18, anchors 7 to 18 hold 5 three times and 1 nine times, which is no better; at 19, 5 twice and 1 ten times.
    expect([...bestAt([steady, better], 17, 3)]).toEqual([0, 0, 1]);
  });

  test('leaves out what has no error, and takes the first where nothing has one', () => {
    expect([...bestAt([Float64Array.of(NaN, 3, 3), Float64Array.of(1, NaN, 4)], -1, 4)]).toEqual([0, 1, 1, 1]);
    expect([...bestAt([new Float64Array(0), new Float64Array(0)], -5, 2)]).toEqual([0, 0]);
  });
});

describe('smoothing with settings chosen on the past', () => {
  test('at an earlier anchor says what it would have said there', async () => {
    const layer = wanderingLayer(4000, 4, 2);
    const grid = anchorGrid(historyBefore(layer, 4000));
    const found = chosenHoltAt(grid, 1000, 40, 80);
    for (const anchor of [40, 57, 79]) {
      const then = await meanAhead(chosenHolt, layer, 50 * (anchor + 1), 1000);
      then.forEach((share, expert) => expect(found[(anchor - 40) * 4 + expert]).toBeCloseTo(share, 12));
    }
  });

  test('follows a trend that the average misses, and a level that stays as well as the average does', async () => {
    const truth = meanShares(rising, 1500, 2000);
    const error = async (forecaster: typeof chosenHolt): Promise<number> => loadError(await meanAhead(forecaster, rising, 1500, 500), truth);
    expect(await error(chosenHolt)).toBeLessThan(0.95 * await error(chosenAverage));
    const still = madeLayer(4000, 4, (expert) => 1 + expert, { noise: 0.5 });
    for (const forecaster of [chosenHolt, chosenSmoothing]) {
      expect(loadError(await meanAhead(forecaster, still, 3000, 1000), [0.1, 0.2, 0.3, 0.4])).toBeLessThan(0.02);
    }
  });
});

describe('lines', () => {
  test('are continued in full, in half or not at all', async () => {
    const of = async (part: number): Promise<number> => (await meanAhead(shrunkenTrend, rising, 1000, 200, { windowSteps: 400, scale: 'linear', part }))[0];
    // Middles of window and horizon are at steps 799.5 and 1099.5.
    expect(await of(0)).toBeCloseTo(0.37995, 6);
    expect(await of(1)).toBeCloseTo(0.40995, 6);
    expect(await of(0.5)).toBeCloseTo((0.37995 + 0.40995) / 2, 6);
  });

  test('in the logarithm of the step follow loads that change less and less', async () => {
    const slowing = madeLayer(3000, 2, (expert, step) => (expert === 0 ? 0.9 - 0.05 * Math.log(step + 1) : 0.1 + 0.05 * Math.log(step + 1)), { strideSteps: 5 });
    const truth = Array.from({ length: 200 }, (_, row) => 0.9 - 0.05 * Math.log(5000 + 5 * row + 1)).reduce((sum, share) => sum + share / 200, 0);
    expect((await meanAhead(shrunkenTrend, slowing, 5000, 1000, { windowSteps: 2000, scale: 'log', part: 1 }))[0]).toBeCloseTo(truth, 4);
    expect(Math.abs((await meanAhead(shrunkenTrend, slowing, 5000, 1000, { windowSteps: 2000, scale: 'linear', part: 1 }))[0] - truth)).toBeGreaterThan(0.002);
  });

  test('whose settings are chosen keep most of a slope that lasts, and nothing of one that is noise', async () => {
    // The last steps are at 0.45, the horizon's mean at 0.475.
    expect((await meanAhead(chosenTrend, rising, 1500, 500))[0]).toBeGreaterThan(0.459);
    const still = madeLayer(4000, 4, (expert) => 1 + expert, { noise: 0.5 });
    expect(loadError(await meanAhead(chosenTrend, still, 3000, 1000), [0.1, 0.2, 0.3, 0.4])).toBeLessThan(0.02);
  });

  test('add half their slope in the Theta method', async () => {
    // The smoothing of a line that has no noise follows it: 25 steps behind its last block's end, half the slope from there.
    const [share] = await meanAhead(theta, rising, 1000, 500, { windowSteps: 1000 });
    expect(share).toBeCloseTo(0.3 + (974.5 + 275 / 2) / 10_000, 4);
  });
});
