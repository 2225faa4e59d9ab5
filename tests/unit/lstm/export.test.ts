import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { exportLayersModel } from '../../../workers/lstm/export.ts';
import { flat } from '../../../workers/lstm/checkpoint.ts';
import { forward, unpack } from '../../../workers/lstm/model.ts';
import { gather } from '../../../workers/lstm/problem.ts';
import { problemOf } from '../../../workers/lstm/problems.ts';
import { referenceEngine, toTensors } from '../../../workers/lstm/reference-engine.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { noisy, quiet, request } from './support.ts';

describe.each(['pooled', 'joint'] as const)('an exported %s model', (form) => {
  const asked = request([noisy(1), noisy(2, { layer: 1, experts: 6 })], { form, iterations: 20 });
  const [spec] = asked.models;

  test('forecasts, when TensorFlow.js loads it, what was trained', async () => {
    const [{ checkpoint }] = await trainModels(asked, referenceEngine, quiet());
    const tensorsBefore = tf.memory().numTensors;
    const { modelJson, weights } = await exportLayersModel({ spec, experts: 10, horizonSteps: asked.horizonSteps, checkpoint });
    expect(tf.memory().numTensors).toBe(tensorsBefore);

    const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(modelJson) as tf.io.ModelJSON;
    expect(weightsManifest[0].paths).toEqual(['weights.bin']);
    expect(userDefinedMetadata).toMatchObject({ form, binSteps: 100, horizonSteps: 500 });
    const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: weights }));

    const { network, queries } = problemOf(spec, asked);
    const batch = gather(network, queries, Array.from({ length: queries.count }, (_, i) => i));
    const [loaded, own] = tf.tidy(() => {
      const { windows, statics } = toTensors(network, batch);
      const predicted = model.predict(statics ? [windows, statics] : windows) as tf.Tensor;
      return [predicted.dataSync(), forward(network, unpack(network, tf.tensor1d(flat(network, checkpoint.bestWeights))), windows, statics).dataSync()];
    });
    expect(loaded).toHaveLength(own.length);
    expect(own.some((value) => Math.abs(value) > 1e-4)).toBe(true);
    own.forEach((value, i) => expect(Math.abs(loaded[i] - value)).toBeLessThan(1e-5));
  });

  test('is refused for settings that the checkpoint was not trained with', async () => {
    const [{ checkpoint }] = await trainModels(asked, referenceEngine, quiet());
    const other = { ...spec, settings: { ...spec.settings, hiddenUnits: 5 } };
    await expect(exportLayersModel({ spec: other, experts: 10, horizonSteps: asked.horizonSteps, checkpoint })).rejects.toMatchObject({ code: 'bad-setting' });
  });
});
