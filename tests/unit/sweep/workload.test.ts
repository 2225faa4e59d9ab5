import { describe, expect, test } from 'vitest';
import { checkedLstmSettings, grainSteps } from '../../../src/forecast/lstm.ts';
import { usualBranch } from '../../../src/sweep/offered.ts';
import type { Dimension, SweepPlan } from '../../../src/sweep/types.ts';
import { shapeKey, workloadOf } from '../../../src/sweep/workload.ts';
import type { BinnedHistory, ModelSpec } from '../../../workers/contract.ts';
import { startOf } from '../../../workers/lstm/checkpoint.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { entryOf } from '../../../workers/lstm/trainer.ts';
import { planLaunches } from '../../../workers/lstm/webgpu/launches.ts';

const experts = 8;
const dimensions: readonly Dimension[] = [
  { parameter: 'windowSteps', kind: 'range', from: 500, to: 1000, scale: 'linear', step: 500, gridPoints: 2 },
  { parameter: 'hiddenUnits', kind: 'choice', values: [8, 16] },
  { parameter: 'learningRate', kind: 'range', from: 0.001, to: 0.01, scale: 'log', step: 0, gridPoints: 3 },
];
const plan = {
  space: [{ ...usualBranch('lstm'), dimensions }], sampler: 'grid', trials: 100, halving: null, seed: 1, layers: [0, 1], innerOrigins: [3000, 4000], horizonSteps: 1000,
} satisfies Partial<SweepPlan>;

const history = (binSteps: number): BinnedHistory => {
  const grain = grainSteps({ binSteps });
  const bins = Math.floor(5000 / grain);
  return { layer: 0, experts, originStep: 5000, grainSteps: grain, bins, shares: new Float32Array(bins * experts).fill(1 / experts) };
};

describe('how much a sweep trains', () => {
  test('a grid of twelve: two windows by two sizes are four launches, at each of two origins', () => {
    expect(workloadOf(plan, () => experts, 256)).toMatchObject({ models: 24, launches: 4 });
    // 350 steps a launch, the finishing among them.
    expect(workloadOf(plan, () => experts, 256)!.steps).toBe(4 * 350);
  });

  test('halving leaves of 12, 3 and 1 trials the stretches to 20, 80 and 350 iterations', () => {
    const whole = workloadOf(plan, () => experts, 256)!;
    const halved = workloadOf({ ...plan, halving: { grace: 20, reduction: 4 } }, () => experts, 256)!;
    expect(halved.operations / whole.operations).toBeCloseTo((12 * 20 + 3 * 60 + 1 * 270) / (12 * 350), 10);
  });

  test('rounds that hold a part of the trials say as much of all of them', () => {
    const part = workloadOf(plan, () => experts, 8)!;
    expect(part.models).toBe(8);
    expect(part.steps).toBeGreaterThan(0);
  });

  test('nothing where nothing is trained', () => {
    expect(workloadOf({ ...plan, space: [usualBranch('sliding-average')] }, () => experts, 256)).toBeNull();
  });

  test('models of equal shapes are those that the engine puts into one launch', () => {
    const changes = [
      {}, { windowSteps: 500 }, { binSteps: 50 }, { hiddenUnits: 8 }, { learningRate: 0.01 }, { weightDecay: 0 }, { loss: 'huber' }, { loss: 'absolute' }, { loss: 'squared', form: 'joint' }, { batchSize: 64 }, { layers: 2 }, { layers: 2, layerDropout: 0.2 },
      { inputDropout: 0.1 }, { rateSchedule: 'cosine' }, { form: 'joint' }, { form: 'joint', windowSteps: 500 }, { form: 'joint', normalise: 'last-value' }, { windowSteps: 500, binSteps: 50 },
    ];
    const models = changes.map((change): ModelSpec => ({ settings: checkedLstmSettings({ windowSteps: 1000, ...change }), seed: 1, layers: [0] }));
    const problems = problemsOf({ models, histories: [history(100), history(50)], horizonSteps: 1000 });
    const launches = planLaunches(models.map((spec, i) => entryOf(spec, problems[i], startOf(problems[i].network, 1))), { maxStorageBufferBindingSize: 2 ** 27 });
    const engine = models.map((_, i) => launches.findIndex((launch) => launch.models.includes(i)));
    const mine = models.map(({ settings }) => shapeKey(settings, settings.form === 'joint' ? experts : 1, 1000));
    for (let a = 0; a < models.length; a++) for (let b = 0; b < a; b++) expect([changes[a], changes[b], mine[a] === mine[b]]).toEqual([changes[a], changes[b], engine[a] === engine[b]]);
  });
});
