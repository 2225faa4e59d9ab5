import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import type { TrainRequest } from '../../../workers/contract.ts';
import { emptyBatch, gather } from '../../../workers/lstm/examples.ts';
import { exportLayersModel } from '../../../workers/lstm/export.ts';
import { forecastWith } from '../../../workers/lstm/forecast.ts';
import { importLayersModel } from '../../../workers/lstm/import.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { toTensors } from '../../../workers/lstm/reference/step.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { scriptedEngine } from './scripted.ts';
import { noisy, quiet, request } from './support.ts';

const { signal } = quiet();

/** Trains a little, exports, and reads back. */
async function exported(asked: TrainRequest, experts: number) {
  const [trained] = await trainModels(asked, referenceEngine, quiet());
  const files = await exportLayersModel({ spec: asked.models[0], experts, horizonSteps: asked.horizonSteps, checkpoint: trained.checkpoint });
  return { trained, files, imported: importLayersModel(files) };
}

describe.each([['pooled', {}], ['joint', { form: 'joint', normalise: 'last-value' }]] as const)('a %s model that was exported', async (_, form) => {
  const settings = { ...form, iterations: 20, patience: 20 };
  const asked = request([noisy(1)], settings);
  const { trained, files, imported } = await exported(asked, 4);
  const weights = [imported.checkpoint.bestWeights];

  test('forecasts what it forecast when it was trained, without a step of training', async () => {
    const tensors = tf.memory().numTensors;
    expect(await forecastWith({ ...asked, weights }, referenceEngine, signal)).toEqual([trained.forecasts]);
    expect(tf.memory().numTensors).toBe(tensors);
    const scripted = scriptedEngine();
    await forecastWith({ ...asked, weights }, scripted, signal);
    expect(scripted.asked).toEqual(['forecast 0', 'close']);
  });

  test('forecasts another trace as the TensorFlow.js model does', async () => {
    const elsewhere = request([noisy(7, { bins: 70 })], settings);
    const [{ network, examples, forecasts }] = problemsOf(elsewhere);
    const batch = emptyBatch(network, examples.queries.length);
    gather(network, examples, examples.queries, batch, false);
    const { modelTopology, weightsManifest } = JSON.parse(files.modelJson) as tf.io.ModelJSON;
    const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: files.weights }));
    const outputs = tf.tidy(() => {
      const { windows, statics } = toTensors(network, batch);
      return (model.predict(statics ? [windows, statics] : windows) as tf.Tensor).dataSync() as Float32Array;
    });
    const expected = forecasts(outputs);
    const [found] = await forecastWith({ ...elsewhere, weights }, referenceEngine, signal);
    expect(found.map(({ layer, blocks }) => [layer, blocks])).toEqual(expected.map(({ layer, blocks }) => [layer, blocks]));
    found[0].mean.forEach((share, i) => expect(share).toBeCloseTo(expected[0].mean[i], 6));
    expect(found[0].mean).not.toEqual(trained.forecasts[0].mean);
  });
});

test('one joint model forecasts each layer by that layer’s own loads', async () => {
  const asked = request([noisy(1)], { form: 'joint', iterations: 20, patience: 20 });
  const { imported, trained } = await exported(asked, 4);
  const [{ settings, seed }] = asked.models;
  const both = { ...asked, histories: [noisy(1), noisy(2, { layer: 1 })], models: [0, 1].map((layer) => ({ settings, seed, layers: [layer] })) };
  const forecasts = (await forecastWith({ ...both, weights: [imported.checkpoint.bestWeights, imported.checkpoint.bestWeights] }, referenceEngine, signal)).flat();
  expect(forecasts.map(({ layer }) => layer)).toEqual([0, 1]);
  expect(forecasts[0]).toEqual(trained.forecasts[0]);
  expect(forecasts[1].mean).not.toEqual(forecasts[0].mean);
});

test('weights of another network are refused', async () => {
  const asked = request([noisy(1)], { iterations: 20, patience: 20 });
  const { imported } = await exported(asked, 4);
  await expect(forecastWith({ ...request([noisy(1)], { hiddenUnits: 5 }), weights: [imported.checkpoint.bestWeights] }, referenceEngine, signal))
    .rejects.toMatchObject({ code: 'bad-setting' });
});
