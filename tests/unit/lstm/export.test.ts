import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gaussian, random } from '../../../src/random.ts';
import type { GpuWorkerApi } from '../../../workers/contract.ts';
import { flat, startFrom, toCheckpoint } from '../../../workers/lstm/checkpoint.ts';
import { emptyBatch, gather, type Batch } from '../../../workers/lstm/examples.ts';
import { exportLayersModel, layersModel } from '../../../workers/lstm/export.ts';
import { importLayersModel } from '../../../workers/lstm/import.ts';
import { weightCount, type Network } from '../../../workers/lstm/network.ts';
import { problemsOf } from '../../../workers/lstm/problems.ts';
import { toTensors } from '../../../workers/lstm/reference/step.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { forecastsOf } from './float64.ts';
import { scriptedEngine } from './scripted.ts';
import { holding, noisy, quiet, request } from './support.ts';

type Files = GpuWorkerApi['exportModel']['response'];
type ExportRequest = GpuWorkerApi['exportModel']['request'];

function weightsOf(network: Network, seed = 3): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: weightCount(network) }, () => 0.5 * gaussian(next));
}

/** A model of two layers of the trace whose weights are made up. */
function exported(settings: Parameters<typeof request>[1]): { readonly asked: ExportRequest; readonly batch: Batch; readonly network: Network } {
  const wanted = request([noisy(1), noisy(2, { layer: 1, experts: 6 })], settings);
  const [{ network, examples }] = problemsOf(wanted);
  const batch = emptyBatch(network, examples.queries.length);
  gather(network, examples, examples.queries, batch, false);
  return { asked: { spec: wanted.models[0], experts: 10, horizonSteps: wanted.horizonSteps, checkpoint: toCheckpoint(network, 0, startFrom(weightsOf(network))) }, batch, network };
}

/** What a layers model and the equations, in double precision, say of a batch. */
function forecasts(model: LayersModel, network: Network, weights: Float32Array, batch: Batch): { readonly loaded: Float32Array; readonly expected: readonly number[] } {
  const loaded = tf.tidy(() => {
    const { windows, statics, candidates } = toTensors(network, batch);
    const inputs = [windows, statics, candidates].filter((one) => one !== undefined);
    return (model.predict(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor).dataSync() as Float32Array;
  });
  const part = (values: Float32Array, row: number): Float32Array => values.subarray((row * values.length) / batch.rows, ((row + 1) * values.length) / batch.rows);
  const expected = Array.from({ length: batch.rows }, (_, row) => forecastsOf(network, Float64Array.from(weights), {
    window: part(batch.windows, row), statics: part(batch.statics, row), candidates: part(batch.candidates, row),
  })).flat();
  return { loaded, expected };
}

function expectClose(loaded: Float32Array, expected: readonly number[]): void {
  expect(loaded).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(loaded[i] - value)).toBeLessThan(1e-5));
}

async function load({ modelJson, weights }: Files): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(modelJson) as tf.io.ModelJSON;
  expect(weightsManifest[0].paths).toEqual(['weights.bin']);
  return loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: weights }));
}

describe.each([
  ['pooled', {}], ['joint', { form: 'joint' }], ['two-layer pooled', { layers: 2 }], ['two-layer joint', { form: 'joint', layers: 2, normalise: 'last-value' }],
] as const)('an exported %s model', (_, settings) => {
  const { asked, batch, network } = exported(settings);
  const weights = flat(network, asked.checkpoint.bestWeights);

  test('forecasts, when TensorFlow.js loads it, what the equations say', async () => {
    const before = tf.memory().numTensors;
    const files = await exportLayersModel(asked);
    expect(tf.memory().numTensors).toBe(before);
    const { loaded, expected } = forecasts(await load(files), network, weights, batch);
    expectClose(loaded, expected);
  });

  test('comes back as what was exported', async () => {
    const back = importLayersModel(await exportLayersModel(asked));
    expect(back).toEqual(asked);
    expect((await trainModels({ ...request([noisy(1), noisy(2, { layer: 1, experts: 6 })], settings), resume: [back.checkpoint] }, scriptedEngine(), quiet()))[0].checkpoint.iteration)
      .toBeGreaterThan(0);
  });
});

describe('a layers model', () => {
  const small: Network = { inputs: 2, bins: 3, hidden: 4, layers: 1, statics: 2, dense: 3, targets: 3, candidates: 0, loss: { kind: 'squared' }, zeroOutput: false };

  test.each([
    ['a gate', { candidates: 4 }], ['a gate of one target', { candidates: 2, targets: 1, statics: 0 }],
    ['quantiles', { loss: { kind: 'pinball', levels: [0.1, 0.5, 0.9] } }],
  ] as const)('of %s forecasts what the equations say', async (_, change) => {
    const network: Network = { ...small, ...change };
    const next = random(8);
    const batch = emptyBatch(network, 5);
    for (const values of [batch.windows, batch.statics, batch.candidates]) for (let i = 0; i < values.length; i++) values[i] = gaussian(next);
    const weights = weightsOf(network);
    const model = await layersModel(network, tf.tensor1d(weights));
    const { loaded, expected } = forecasts(model, network, weights, batch);
    model.dispose();
    expectClose(loaded, expected);
  });
});

test('an export is refused for settings that the checkpoint was not trained with', async () => {
  const { asked } = exported({});
  const other = { ...asked.spec, settings: { ...asked.spec.settings, hiddenUnits: 5 } };
  await expect(exportLayersModel({ ...asked, spec: other })).rejects.toMatchObject({ code: 'bad-setting' });
});

describe('an import refuses', async () => {
  const files = await exportLayersModel(exported({}).asked);

  /** The files with a part of `model.json` changed. */
  function changed(change: (json: tf.io.ModelJSON & { userDefinedMetadata: Record<string, unknown> }) => void, weights = files.weights): Files {
    const json = JSON.parse(files.modelJson) as tf.io.ModelJSON & { userDefinedMetadata: Record<string, unknown> };
    change(json);
    return { modelJson: JSON.stringify(json), weights };
  }
  const about = (name: string, value: object | number): Files => changed(({ userDefinedMetadata }) => {
    userDefinedMetadata[name] = value;
  });
  const setting = (name: string, value: unknown): Files => changed(({ userDefinedMetadata }) => {
    (userDefinedMetadata['settings'] as Record<string, unknown>)[name] = value;
  });
  const damaged = new Float32Array(files.weights.slice());
  damaged[7] = NaN;

  test.each<[string, Files, unknown]>([
    ['what is no JSON', { ...files, modelJson: '{' }, { where: 'model.json' }],
    ['brackets in masses', { ...files, modelJson: '['.repeat(900_000) }, { where: 'model.json' }],
    ['a file too long to be one of ours', { ...files, modelJson: ' '.repeat(2_000_000) }, { where: 'model.json' }],
    ['JSON that is no model', { ...files, modelJson: '[]' }, { where: 'model.json' }],
    ['a model of somebody else', changed((json) => void delete (json as Partial<typeof json>).userDefinedMetadata), { where: 'userDefinedMetadata' }],
    ['another version of the metadata', about('gatecast', 2), { message: holding('another version') }],
    ['a form that there is not', setting('form', '__proto__'), { where: 'form' }],
    ['hidden units out of range', setting('hiddenUnits', 1e9), { where: 'hiddenUnits' }],
    ['settings of a wrong type', about('settings', { hiddenUnits: '4' }), { where: 'hiddenUnits' }],
    ['a seed that is no whole number', about('seed', 0.5), { where: 'seed' }],
    ['no layers', about('layers', []), { where: 'layers' }],
    ['a layer that is no number', about('layers', [{}]), { where: 'layers' }],
    ['settings of another network', setting('hiddenUnits', 5), { where: 'weights', message: holding('bytes of weights') }],
    ['weights that are cut off', { ...files, weights: files.weights.slice(4) }, { where: 'weights' }],
    ['a weight that is not finite', { ...files, weights: damaged.buffer }, { where: 'weights', message: holding('finite') }],
    ['weights under other names', { ...files, modelJson: files.modelJson.replaceAll('dense/kernel', 'dance/kernel') }, { message: holding('dance/kernel') }],
    ['a weight twice', { ...files, modelJson: files.modelJson.replaceAll('dense/bias', 'output/bias') }, { where: 'weightsManifest' }],
    ['a weight of another shape', changed(({ weightsManifest: [group] }) => void group.weights[0].shape.reverse()), { where: 'weightsManifest' }],
    ['a weight that is missing', changed(({ weightsManifest: [group] }) => void group.weights.pop()), { message: holding('is missing') }],
  ])('%s', (_, hostile, expected) => {
    expect(() => importLayersModel(hostile)).toThrow(expect.objectContaining({ code: 'bad-input', ...(expected as object) }));
  });
});
