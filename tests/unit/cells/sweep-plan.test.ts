import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { innerOriginsOf, sweepChanges, sweepInWords, sweepPlan, sweepProblem } from '../../../src/cells/sweep/plan.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import { testOriginsOf } from '../../../src/sweep/test-origins.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const info = { firstStep: 0, lastStep: 9999, strideSteps: 1, layers: Array.from({ length: 12 }, (_, layer) => ({ name: String(layer), experts: 16 })) } as unknown as TraceInfo;
const settings = defaultSettings('sweep');

describe('origins of a sweep', () => {
  test('trials are judged a horizon apart, the last one a horizon before the origin', () => {
    expect(innerOriginsOf(3, 7500, 1000, info)).toEqual([4500, 5500, 6500]);
    expect(innerOriginsOf(1, 7500, 1000, info)).toEqual([6500]);
  });

  test('they move together where little is known', () => {
    expect(innerOriginsOf(3, 2000, 1000, info)).toEqual([600, 800, 1000]);
    expect(innerOriginsOf(2, 1000, 1000, info)).toEqual([]);
  });

  test('nothing that judges a trial lies at the origin or after it, whatever was chosen', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 5000 }), (count, originStep, horizonSteps) => {
      const origins = innerOriginsOf(count, originStep, horizonSteps, info);
      expect(origins.every((origin, i) => origin > 0 && origin + horizonSteps <= originStep && (i === 0 || origin > origins[i - 1]))).toBe(true);
    }));
  });

  test('the best trial is tested on whole horizons that do not overlap', () => {
    expect(testOriginsOf(7500, 1000, info)).toEqual([7500, 8500]);
    expect(testOriginsOf(9500, 1000, info)).toEqual([]);
    expect(testOriginsOf(2000, 1000, info)).toHaveLength(4);
  });
});

describe('a plan', () => {
  test('says how much it is, rung by rung', () => {
    expect(sweepProblem(sweepPlan(settings, info))).toBeNull();
    expect(sweepInWords(sweepPlan(settings, info))).toBe('32 trials, each at 2 inner origins of 12 layers; what is trained is judged after 20 and 300 iterations, where 32 and 8 are left');
    expect(sweepInWords(sweepPlan({ ...settings, rungs: 2 }, info))).toContain('judged after 20, 80 and 300 iterations, where 32, 8 and 2 are left');
    expect(sweepInWords(sweepPlan({ ...settings, halving: false, trials: 1 }, info))).toBe('1 trial, each at 2 inner origins of 12 layers');
  });

  test('that makes no sense says why', () => {
    expect(sweepProblem(sweepPlan({ ...settings, horizonSteps: 9000 }, info))).toMatch(/^Nothing is known 9,000 steps before step 7,500/);
    const iterations = { parameter: 'iterations', kind: 'range', from: 100, to: 300, scale: 'log', step: 1, gridPoints: 2 } as const;
    const varied = { ...settings, branches: [{ ...settings.branches[0], dimensions: [iterations] }] };
    expect(sweepProblem(sweepPlan(varied, info))).toMatch(/^Successive halving decides on the iterations itself/);
    expect(sweepProblem(sweepPlan({ ...varied, halving: false }, info))).toBeNull();
    const [branch] = settings.branches;
    const rate = { parameter: 'learningRate', kind: 'range', from: 0.01, to: 0.001, scale: 'log', step: 0, gridPoints: 3 } as const;
    expect(sweepProblem(sweepPlan({ ...settings, branches: [{ ...branch, dimensions: [rate] }] }, info))).toMatch(/^Learning rate from 0.01 to 0.001 is no range: choose an end above/);
    expect(sweepProblem(sweepPlan({ ...settings, branches: [{ ...branch, values: { ...branch.values, iterations: 'many' } }] }, info))).toMatch(/iterations/);
  });

  test('tells what of it has changed', () => {
    const plan = sweepPlan(settings, info);
    expect(sweepChanges(plan, plan)).toEqual([]);
    expect(sweepChanges(plan, sweepPlan({ ...settings, trials: 8 }, info))).toEqual(['number of trials changed from 32 to 8']);
    expect(sweepChanges(plan, sweepPlan({ ...settings, innerOrigins: 1 }, info))).toEqual(['other settings were chosen']);
  });
});
