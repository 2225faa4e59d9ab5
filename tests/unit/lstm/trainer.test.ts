import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { BinnedHistory, Checkpoint, TrainReport } from '../../../workers/contract.ts';
import type { Engine } from '../../../workers/lstm/engine.ts';
import { referenceEngine } from '../../../workers/lstm/reference-engine.ts';
import { FINISHING } from '../../../workers/lstm/schedule.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { history, noisy, quiet, request } from './support.ts';

/** Shares that swing back to their level within some 400 steps: their last mean says where they go next. */
function swinging(layer = 0): BinnedHistory {
  return history((grain, expert) => 1 + 0.5 * Math.sin((2 * Math.PI * (grain + 5 * expert)) / 20), { layer, bins: 80 });
}

describe('training', () => {
  test('learns a pattern that the base does not know', async () => {
    const [{ losses, ended, checkpoint, forecasts }] = await trainModels(
      request([swinging()], { hiddenUnits: 8, iterations: 150, patience: 150 }, { horizonSteps: 300 }), referenceEngine, quiet(),
    );
    const untrained = (await trainModels(request([swinging()], { iterations: 10, learningRate: 1e-9 }, { horizonSteps: 300 }), referenceEngine, quiet()))[0].checkpoint.bestLoss;
    expect(Math.min(...losses.map(({ validation }) => validation))).toBeLessThan(0.3 * untrained);
    expect(losses.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 15 }, (_, i) => 10 * (i + 1)));
    expect(ended).toBe('all-iterations');
    expect(checkpoint.iteration).toBe(150 + FINISHING);
    // The next 300 steps of expert 0: grains 80 to 85 of 1 + 0.5 sin(2πg/20), of a sum that is 4 throughout.
    const truth = Array.from({ length: 6 }, (_, i) => 1 + 0.5 * Math.sin((2 * Math.PI * (80 + i)) / 20)).reduce((a, b) => a + b) / 24;
    const base = 0.25;
    expect(Math.abs(forecasts[0].mean[0] - truth)).toBeLessThan(0.3 * Math.abs(base - truth));
  });

  test('gives the same numbers twice, and others for another seed', async () => {
    const run = (seed: number): ReturnType<typeof trainModels> => trainModels(request([noisy(1)], {}, { seed }), referenceEngine, quiet());
    const [one, same, other] = [await run(1), await run(1), await run(2)];
    expect(same[0].checkpoint).toEqual(one[0].checkpoint);
    expect(same[0].forecasts).toEqual(one[0].forecasts);
    expect(other[0].forecasts).not.toEqual(one[0].forecasts);
  });

  test.each(['pooled', 'joint'] as const)('goes on from any checkpoint to the same result (%s)', async (form) => {
    const asked = request([noisy(1), noisy(2, { layer: 1 })], { form, iterations: 40, patience: 20 });
    const work = quiet();
    const [whole] = await trainModels(asked, referenceEngine, work);
    const checkpoints = work.reports.flatMap(({ checkpoint }) => checkpoint ?? []);
    expect(checkpoints.length).toBeGreaterThanOrEqual((20 + FINISHING) / 10);
    for (const checkpoint of [checkpoints[0], checkpoints[2], checkpoints.at(-2)!, checkpoints.at(-1)!, whole.checkpoint]) {
      const [resumed] = await trainModels({ ...asked, resume: [checkpoint] }, referenceEngine, quiet());
      expect(resumed.forecasts, `from iteration ${checkpoint.iteration}`).toEqual(whole.forecasts);
      expect(resumed.checkpoint).toEqual(whole.checkpoint);
      expect(resumed.losses).toEqual(whole.losses);
      expect(resumed.ended).toBe(whole.ended);
    }
  });

  test('stops when nothing better comes, and finishes from the best weights', async () => {
    // Pure noise: there is nothing to learn.
    const [{ ended, losses, checkpoint }] = await trainModels(request([noisy(4)], { iterations: 400, patience: 20 }), referenceEngine, quiet());
    expect(ended).toBe('no-improvement');
    expect(losses.at(-1)!.iteration).toBe(checkpoint.bestIteration + 20);
    expect(checkpoint.iteration).toBe(checkpoint.bestIteration + 20 + FINISHING);
    expect(checkpoint.bestLoss).toBeLessThanOrEqual(Math.min(...losses.map(({ validation }) => validation)));
  });

  test('ends as diverged and keeps the last good weights when numbers break', async () => {
    const asked = request([swinging()], { iterations: 60, patience: 60 });
    const breaking: Engine = {
      ...referenceEngine,
      open(entries) {
        const session = referenceEngine.open(entries);
        let advances = 0;
        return {
          advance: async (orders, pause) => (++advances === 3 ? orders.map(() => NaN) : session.advance(orders, pause)),
          state: (model) => session.state(model),
          restore: (model, state) => session.restore(model, state),
          validate: (model, weights) => session.validate(model, weights),
          answer: (model, weights) => session.answer(model, weights),
          close: () => session.close(),
        };
      },
    };
    const [{ ended, checkpoint, forecasts }] = await trainModels(asked, breaking, quiet());
    expect(ended).toBe('diverged');
    expect(checkpoint.bestIteration).toBeLessThanOrEqual(20);
    expect(Object.values(checkpoint.bestWeights).every(({ values }) => values.every(Number.isFinite))).toBe(true);
    expect(forecasts[0].mean.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  test('a learning rate that blows up never gives weights that are no numbers', async () => {
    const [{ checkpoint, forecasts }] = await trainModels(request([swinging()], { learningRate: 1e38, iterations: 20 }), referenceEngine, quiet());
    expect(Object.values(checkpoint.bestWeights).every(({ values }) => values.every(Number.isFinite))).toBe(true);
    expect(forecasts[0].mean.every(Number.isFinite)).toBe(true);
  });

  test('refuses a checkpoint of another network', async () => {
    const [{ checkpoint }] = await trainModels(request([noisy(1)], { iterations: 20 }), referenceEngine, quiet());
    await expect(trainModels({ ...request([noisy(1)], { hiddenUnits: 8 }), resume: [checkpoint] }, referenceEngine, quiet()))
      .rejects.toMatchObject({ code: 'bad-setting', where: 'lstm.kernel' });
  });

  test('leaves no tensor behind: done, failed or cancelled', async () => {
    await trainModels(request([noisy(1)]), referenceEngine, quiet());
    const before = tf.memory().numTensors;
    await trainModels(request([noisy(1)], { iterations: 40 }), referenceEngine, quiet());
    expect(tf.memory().numTensors).toBe(before);
    const controller = new AbortController();
    const cancelled = trainModels(request([noisy(1)], { iterations: 5000, patience: 1000 }), referenceEngine, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('holds as many tensors late in training as early', async () => {
    const counts: number[] = [];
    await trainModels(request([noisy(1)], { iterations: 60, patience: 60 }), referenceEngine, { ...quiet(), onProgress: () => counts.push(tf.memory().numTensors) });
    expect(new Set(counts.filter((_, i) => i % 2 === 1)).size).toBeLessThanOrEqual(2);
    expect(counts.at(-1)).toBeLessThanOrEqual(Math.max(...counts.slice(0, 3)));
  });
});

describe('what a training reports', () => {
  test('a checkpoint at every validation, and the forecasts of the best weights from the first report on', async () => {
    const work = quiet();
    await trainModels(request([swinging()], { iterations: 40, patience: 40 }), referenceEngine, work);
    const marked = work.reports.filter((report): report is TrainReport & { checkpoint: Checkpoint } => report.checkpoint !== undefined);
    expect(marked.map(({ checkpoint }) => checkpoint.iteration)).toEqual(Array.from({ length: 4 + FINISHING / 10 }, (_, i) => 10 * (i + 1)));
    for (const { forecasts, losses } of work.reports) {
      expect(forecasts[0].mean.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(losses.length).toBeLessThanOrEqual(4);
    }
  });

  test('progress that grows to the total, over all models', async () => {
    const work = quiet();
    const two = request([noisy(1), noisy(2, { layer: 1 })], { iterations: 20, patience: 20 });
    const models = [0, 1].map((layer) => ({ ...two.models[0], layers: [layer] }));
    const trained = await trainModels({ ...two, models }, referenceEngine, work);
    expect(trained.map(({ forecasts }) => forecasts.map(({ layer }) => layer))).toEqual([[0], [1]]);
    const done = work.reports.map((report) => report.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(2 * (20 + FINISHING));
    expect(new Set(work.reports.map(({ total }) => total))).toEqual(new Set([2 * (20 + FINISHING)]));
    expect(new Set(work.reports.map(({ model }) => model))).toEqual(new Set([0, 1]));
  });

  test('a cancel is answered within 100 ms', async () => {
    const controller = new AbortController();
    const running = trainModels(request([noisy(1)], { iterations: 5000, patience: 1000 }), referenceEngine, { signal: controller.signal, onProgress: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = performance.now();
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - asked).toBeLessThan(100);
  });

  test('an engine that takes many models at once gets them side by side, and each one learns what it learns alone', async () => {
    const two = request([noisy(1), noisy(2, { layer: 1 })], { iterations: 30, patience: 20 });
    const models = [0, 1].map((layer) => ({ ...two.models[0], layers: [layer] }));
    const opened: number[] = [];
    const wide: Engine = {
      modelsAtOnce: 8,
      open(entries) {
        opened.push(entries.length);
        return referenceEngine.open(entries);
      },
    };
    const together = await trainModels({ ...two, models }, wide, quiet());
    const alone = await trainModels({ ...two, models }, referenceEngine, quiet());
    expect(opened).toEqual([2]);
    expect(together.map(({ forecasts, checkpoint }) => ({ forecasts, checkpoint }))).toEqual(alone.map(({ forecasts, checkpoint }) => ({ forecasts, checkpoint })));
  });
});
