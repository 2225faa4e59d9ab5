import { describe, expect, test } from 'vitest';
import type { BankHistory } from '../../../src/forecast/bank-history.ts';
import { exportLayersModel } from '../../../workers/lstm/export.ts';
import { forecastWith } from '../../../workers/lstm/forecast.ts';
import { importLayersModel } from '../../../workers/lstm/import.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { emptyBatch, gather, type Batch } from '../../../workers/lstm/examples.ts';
import type { Problem } from '../../../workers/lstm/problem.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { createWasmEngine } from '../../../workers/lstm/wasm/engine.ts';
import { bank, members } from './banks.ts';
import { noisy, quiet, request } from './support.ts';

const histories = [noisy(1), noisy(2, { layer: 1, experts: 6 })];
const banks = [bank(0, 4, 3), bank(1, 6, 4)];
const problem = (form: 'residual' | 'gate', own: readonly BankHistory[] = banks): Problem => problemsOf(request(histories, { form }, { banks: own }))[0];

function batchOf({ network, examples }: Problem, indices: ArrayLike<number>, withTargets = true): Batch {
  const batch = emptyBatch(network, indices.length);
  gather(network, examples, indices, batch, withTargets);
  return batch;
}

describe.each(['residual', 'gate'] as const)('the %s form', (form) => {
  const gate = form === 'gate';

  test('has a sample for every practised anchor and expert, and a query for every expert', () => {
    const { examples } = problem(form);
    // The gate practises the short horizon alone.
    expect(examples.all).toEqual({ from: 0, count: (gate ? 12 : 24) * 10 });
    expect(examples.training).toEqual(examples.all);
    expect(examples.queries).toHaveLength(10);
    expect(examples.parts).toEqual([12 * 4, 12 * 10]);
  });

  test('explains what came by what the bank said', () => {
    const found = problem(form);
    const width = 10;
    // Anchor 5 of the short horizon, expert 2 of layer 1: series 4 + 2.
    const batch = batchOf(found, [5 * width + 6]);
    const { forecasts, outcome } = banks[1].practised[5];
    const own = forecasts.subarray(2 * 3, 3 * 3);
    // 800 steps before the origin the level is the mean of grains 34 to 43 of 50 steps.
    const level = histories[1].shares.filter((_, i) => i % 6 === 2 && Math.floor(i / 6) >= 34 && Math.floor(i / 6) < 44).reduce((sum, share) => sum + share / 10, 0);
    expect(batch.targets[0]).toBeCloseTo((outcome[2] - (gate ? level : (own[0] + own[1]) / 2)) * 6, 4);
    own.forEach((share, i) => expect(batch.statics[i]).toBeCloseTo((share - level) * 6, 4));
    expect(batch.statics[3]).toBeCloseTo(1 - level * 6, 4);
    expect(batch.statics[4]).toBeCloseTo(Math.log(level * 6), 4);
    if (gate) own.forEach((share, i) => expect(batch.candidates[i]).toBeCloseTo((share - level) * 6, 4));
    const last = histories[1].shares.filter((_, i) => i % 6 === 2 && Math.floor(i / 6) >= 42 && Math.floor(i / 6) < 44).reduce((sum, share) => sum + share / 2, 0);
    expect(batch.windows.at(-1)).toBeCloseTo((last - level) * 6, 4);
  });

  test('untrained forecasts the mean of the bank, at every horizon that was asked for', async () => {
    const both = [bank(0, 4, 3, { horizons: [700, 1500] }), bank(1, 6, 4, { horizons: [700, 1500] })];
    const found = problem(form, both);
    const { examples: { norms, queries, series, anchors } } = found;
    // A gate's outputs are weighed members, a residual's start at 0.
    const outputs = Float32Array.from(queries, (sample) => {
      if (!gate) return 0;
      const row = anchors[Math.floor(sample / series) * 4 + 2];
      const place = row * series + (sample % series);
      const layer = sample % series < 4 ? 0 : 1;
      const expert = layer === 0 ? sample % series : (sample % series) - 4;
      const own = both[layer].asked[row - 12].forecasts.subarray(expert * 3, expert * 3 + 3);
      return (own.reduce((sum, share) => sum + share / 3, 0) - norms![2 * place]) * both[layer].experts;
    });
    const forecasts = found.forecasts(outputs);
    expect(forecasts.map(({ layer, horizonSteps }) => [layer, horizonSteps])).toEqual([[0, 700], [1, 700], [0, 1500], [1, 1500]]);
    for (const { layer, horizonSteps, mean } of forecasts) {
      const asked = both[layer].asked.find((one) => one.horizonSteps === horizonSteps)!;
      const raw = Array.from(mean, (_, expert) => {
        const own = [...asked.forecasts.subarray(expert * 3, expert * 3 + (gate ? 3 : 2))];
        return Math.max(0, own.reduce((sum, share) => sum + share, 0) / own.length);
      });
      const sum = raw.reduce((total, share) => total + share, 0);
      mean.forEach((share, expert) => expect(share).toBeCloseTo(raw[expert] / sum, 5));
    }
  });

  test('learns which of the bank to believe', async () => {
    const engine = await createWasmEngine();
    const asked = request(histories, { form, iterations: 200, learningRate: 0.01, hiddenUnits: 8 }, { banks });
    const [trained] = await trainModels(asked, engine, quiet());
    expect(trained).toMatchObject({ ended: 'all-iterations', checkpoint: { iteration: 200 } });
    for (const { layer, mean } of trained.forecasts) {
      const { forecasts } = banks[layer].asked[0];
      const error = (guess: (expert: number) => number): number => mean.reduce((sum, _, expert) => sum + Math.abs(guess(expert) - forecasts[expert * 3]), 0);
      const start = error((expert) => (forecasts[expert * 3] + forecasts[expert * 3 + 1]) / 2);
      expect(error((expert) => mean[expert])).toBeLessThan(0.5 * start);
    }
  });

  test('exported as a TensorFlow.js model and read back forecasts the same', async () => {
    const asked = request(histories, { form, iterations: 20 }, { banks });
    const [trained] = await trainModels(asked, referenceEngine, quiet());
    const files = await exportLayersModel({ spec: asked.models[0], experts: 4, members, horizonSteps: 700, checkpoint: trained.checkpoint });
    const imported = importLayersModel(files);
    expect(imported).toMatchObject({ members, spec: { settings: { form } } });
    const [forecasts] = await forecastWith({ ...asked, weights: [imported.checkpoint.bestWeights] }, referenceEngine, quiet().signal);
    expect(forecasts).toEqual(trained.forecasts);
  });

  test('says how many steps are missing when too few anchors are resolved', () => {
    const few = [bank(0, 4, 3, { anchors: 1 }), bank(1, 6, 4, { anchors: 1 })];
    expect(() => problem(form, few)).toThrow(expect.objectContaining({ code: 'bad-setting', where: 'origin' }));
  });

  test('needs the bank', () => {
    expect(() => problem(form, [])).toThrow(expect.objectContaining({ code: 'bad-setting', where: 'layers' }));
  });
});

test('models of several origins are trained side by side as alone', async () => {
  const engine = await createWasmEngine();
  const early = noisy(5, { bins: 40 });
  const [model] = request([noisy(1)], { iterations: 20, patience: 20 }).models;
  const models = [{ ...model, originStep: 3000 }, { ...model, originStep: 2000 }, { ...model, originStep: 3000, horizonSteps: 300 }];
  const together = await trainModels({ models, histories: [noisy(1), early], horizonSteps: 500 }, engine, quiet());
  const alone = await Promise.all([[noisy(1), 500], [early, 500], [noisy(1), 300]].map(async ([history, horizonSteps]) => (
    (await trainModels({ models: [model], histories: [history as typeof early], horizonSteps: horizonSteps as number }, engine, quiet()))[0]
  )));
  together.forEach(({ forecasts }, i) => {
    expect(forecasts[0].horizonSteps).toBe([500, 500, 300][i]);
    forecasts[0].mean.forEach((share, expert) => expect(share).toBeCloseTo(alone[i].forecasts[0].mean[expert], 6));
  });
});
