import { describe, expect, test } from 'vitest';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { judge, noiseFloor } from '../../../src/forecast/scores.ts';
import { truthFrom, type Truth } from '../../../src/forecast/truth.ts';

/** Two known steps, then shares (0.5, 0.3, 0.2) and (0.3, 0.5, 0.2) of 100 tokens. */
const layer = layerShares(Uint32Array.of(1, 1, 1, 1, 1, 1, 50, 30, 20, 30, 50, 20), Float64Array.of(0, 1, 2, 3), 3);

function truth(from = layer, originStep = 2, horizonSteps = 2, coldShare = 0): Truth {
  const found = truthFrom(from, originStep, horizonSteps, coldShare);
  if (!found) throw new Error('nothing came');
  return found;
}

describe('errors of a forecast', () => {
  test('of (0.4, 0.4, 0.2) are as calculated by hand', () => {
    const { scores, loadByRow } = judge(truth(), { blocks: 1, mean: Float64Array.of(0.4, 0.4, 0.2) });
    expect([...loadByRow].map((load) => Math.round(load * 1e4) / 1e4)).toEqual([20, 20]);
    expect(scores.loadPerStep).toBeCloseTo(20, 4);
    expect(scores.absolutePerStep).toBeCloseTo(20 / 3, 4);
    // Each step: 0.1/0.5, 0.1/0.3 and 0 over three experts.
    expect(scores.relativePerStep).toBeCloseTo((100 * (0.2 + 1 / 3)) / 3, 4);
    expect(scores.loadBlock).toBeCloseTo(0, 4);
    expect(scores.absoluteBlock).toBeCloseTo(0, 4);
    expect(scores.relativeBlock).toBeCloseTo(0, 4);
  });

  test('of (0.6, 0.4, 0) against the mean of the horizon are as calculated by hand', () => {
    const { scores } = judge(truth(), { blocks: 1, mean: Float64Array.of(0.6, 0.4, 0) });
    expect(scores.loadBlock).toBeCloseTo(40, 4);
    expect(scores.absoluteBlock).toBeCloseTo(40 / 3, 4);
    expect(scores.relativeBlock).toBeCloseTo((100 * (0.2 / 0.4 + 0 + 1)) / 3, 4);
  });

  test('of a forecast in blocks take each step with its block', () => {
    const { scores } = judge(truth(), { blocks: 2, mean: Float64Array.of(0.5, 0.3, 0.2, 0.3, 0.5, 0.2) });
    expect(scores.loadPerStep).toBeCloseTo(0, 4);
    expect(scores.loadBlock).toBeCloseTo(0, 4);
    const swapped = judge(truth(), { blocks: 2, mean: Float64Array.of(0.3, 0.5, 0.2, 0.5, 0.3, 0.2) });
    expect(swapped.scores.loadPerStep).toBeCloseTo(40, 4);
    expect(swapped.scores.loadBlock).toBeCloseTo(0, 4);
  });

  test('a trace that ends within the horizon is judged on what is there, by the blocks that it reaches', () => {
    const short = truth(layer, 2, 4);
    expect([short.rows, short.judgedSteps]).toEqual([2, 2]);
    const { scores } = judge(short, { blocks: 2, mean: Float64Array.of(0.4, 0.4, 0.2, 0, 0, 1) });
    expect(scores.loadBlock).toBeCloseTo(0, 4);
  });

  test('nothing is judged where nothing came', () => {
    expect(truthFrom(layer, 4, 10, 0)).toBeNull();
  });

  test('every tenth step recorded: judged steps are steps, not rows', () => {
    const sparse = layerShares(new Uint32Array(20).fill(1), Float64Array.from({ length: 10 }, (_, row) => row * 10), 2);
    const found = truth(sparse, 50, 30);
    expect([found.rows, found.judgedSteps]).toEqual([3, 30]);
    expect(truth(sparse, 80, 30).judgedSteps).toBe(20);
  });
});

describe('cold experts', () => {
  // Means of the two steps: 0.5, 0.496, 0.004 and 0.
  const cold = layerShares(Uint32Array.of(250, 250, 250, 250, 500, 498, 2, 0, 500, 494, 6, 0), Float64Array.of(0, 1, 2), 4);
  const forecast = { blocks: 1, mean: Float64Array.of(0.5, 0.3, 0.1, 0.1) };

  test('are left out of the relative error and counted', () => {
    const found = truth(cold, 1, 2, 0.005);
    expect(found.coldExperts).toBe(2);
    expect(judge(found, forecast).scores.relativeBlock).toBeCloseTo((100 * (0.196 / 0.496)) / 2, 3);
  });

  test('without a token are left out whatever the setting', () => {
    const found = truth(cold, 1, 2, 0);
    expect(found.coldExperts).toBe(1);
    expect(judge(found, forecast).scores.relativeBlock).toBeCloseTo((100 * (0.196 / 0.496 + 0.096 / 0.004)) / 3, 2);
    expect(Number.isFinite(judge(found, forecast).scores.relativePerStep)).toBe(true);
  });

  test('an expert that gets nothing in a single step is left out of that step alone', () => {
    const pausing = layerShares(Uint32Array.of(1, 1, 10, 0, 6, 4), Float64Array.of(0, 1, 2), 2);
    // First step 0.2 / 1 for one expert; second the mean of 0.2 / 0.6 and 0.2 / 0.4.
    expect(judge(truth(pausing, 1, 2, 0.05), { blocks: 1, mean: Float64Array.of(0.8, 0.2) }).scores.relativePerStep).toBeCloseTo(100 * (0.2 + 5 / 12) / 2, 4);
  });

  test('a step in which no expert counts is left out of the relative error', () => {
    const switching = layerShares(Uint32Array.of(1, 1, 10, 0, 0, 10, 0, 10), Float64Array.of(0, 1, 2, 3), 2);
    // Expert 0 is cold with 1/3; expert 1 gets nothing in the first step and everything in the other two.
    const found = truth(switching, 1, 3, 0.4);
    expect(found.coldExperts).toBe(1);
    expect(judge(found, { blocks: 1, mean: Float64Array.of(0.5, 0.5) }).scores.relativePerStep).toBeCloseTo(50, 6);
  });

  test('count fully in the load error', () => {
    expect(judge(truth(cold, 1, 2, 0.005), forecast).scores.loadBlock).toBeCloseTo(100 * (0.196 + 0.096 + 0.1), 3);
  });

  test('all cold: there is no relative error', () => {
    expect(judge(truth(cold, 1, 2, 0.9), forecast).scores.relativeBlock).toBeNaN();
    expect(judge(truth(cold, 1, 2, 0.9), forecast).scores.relativePerStep).toBeNaN();
  });
});

describe('noise floor', () => {
  test('per step follows from routing 100 tokens to experts with shares 0.4, 0.4 and 0.2', () => {
    const { scores, loadByRow } = noiseFloor(truth());
    // √(2/π) = 0.797885; √(0.24/100) = 0.0489898, √(0.16/100) = 0.04.
    expect(scores.loadPerStep).toBeCloseTo(100 * 0.797885 * (2 * 0.0489898 + 0.04), 3);
    expect(loadByRow[1]).toBeCloseTo(scores.loadPerStep, 10);
    // √(0.6 / 40) = 0.122474, √(0.8 / 20) = 0.2.
    expect(scores.relativePerStep).toBeCloseTo((100 * 0.797885 * (2 * 0.122474 + 0.2)) / 3, 3);
    expect(scores.absolutePerStep).toBeCloseTo(scores.loadPerStep / 3, 10);
  });

  test('of the block is half the difference between odd and even steps', () => {
    const { scores } = noiseFloor(truth());
    expect(scores.loadBlock).toBeCloseTo(20, 4);
    expect(scores.relativeBlock).toBeCloseTo((100 * (0.1 / 0.4 + 0.1 / 0.4)) / 3, 4);
  });

  test('of routing is what independent draws show', () => {
    // 200 tokens in turn to one of 4 experts by a fixed multiplicative sequence that passes for random.
    const rows = 4000;
    const values = new Uint32Array(rows * 4);
    let state = 12345;
    for (let row = 0; row < rows; row++) {
      for (let token = 0; token < 200; token++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        values[row * 4 + (state >>> 30)]++;
      }
    }
    const drawn = truth(layerShares(values, Float64Array.from({ length: rows }, (_, row) => row), 4), 0, rows);
    const perfect = judge(drawn, { blocks: 1, mean: Float64Array.of(0.25, 0.25, 0.25, 0.25) }).scores;
    const floor = noiseFloor(drawn).scores;
    expect(floor.loadPerStep / perfect.loadPerStep).toBeGreaterThan(0.97);
    expect(floor.loadPerStep / perfect.loadPerStep).toBeLessThan(1.03);
    expect(floor.relativePerStep / perfect.relativePerStep).toBeGreaterThan(0.95);
    expect(floor.relativePerStep / perfect.relativePerStep).toBeLessThan(1.05);
  });

  test('is unknown per step in a trace of shares, and of the block for a single row', () => {
    const shares = layerShares(Float32Array.of(0.5, 0.5, 0.4, 0.6, 0.6, 0.4), Float64Array.of(0, 1, 2), 2);
    const floor = noiseFloor(truth(shares, 1, 2));
    expect(floor.scores.loadPerStep).toBeNaN();
    expect(floor.scores.relativePerStep).toBeNaN();
    expect(floor.loadByRow.every(Number.isNaN)).toBe(true);
    expect(floor.scores.loadBlock).toBeCloseTo(20, 4);
    expect(noiseFloor(truth(shares, 2, 2)).scores.loadBlock).toBeNaN();
  });
});
