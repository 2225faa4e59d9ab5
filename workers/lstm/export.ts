/** The trained network as an ordinary TensorFlow.js layers model, for `tf.loadLayersModel` or the converter. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { onBank } from '../../src/forecast/lstm.ts';
import type { GpuWorkerApi } from '../contract.ts';
import { useCpu } from './backends.ts';
import { bankLevel, bankStatics } from './bank.ts';
import { flat } from './checkpoint.ts';
import { exportVersion, fileTensors, weightsFile } from './exported.ts';
import { blocksOf } from './joint.ts';
import { lstmName, outputCount, type Network } from './network.ts';
import { pooledBase, pooledStatics } from './pooled.ts';
import { networkOf } from './problems.ts';

type Request = GpuWorkerApi['exportModel']['request'];
type Exported = GpuWorkerApi['exportModel']['response'];

/** @throws GatecastError `bad-setting` when the checkpoint is of another network */
export async function exportLayersModel(request: Request): Promise<Exported> {
  const { spec, experts, members = [], horizonSteps, checkpoint } = request;
  const network = networkOf(spec, onBank(spec.settings) ? members.length : experts, horizonSteps);
  const values = flat(network, checkpoint.bestWeights);
  await useCpu();
  const tensor = tf.tensor1d(values);
  const model = await layersModel(network, tensor);
  try {
    model.setUserDefinedMetadata(describe(request));
    let artifacts: tf.io.ModelArtifacts | undefined;
    await model.save(tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }));
    return pack(artifacts!);
  } finally {
    model.dispose();
    tensor.dispose();
  }
}

/**
 * A layers model of a network: inputs `windows` and, where it has them, `statics` and `candidates`.
 * Its output is `[targets]`; `[targets × levels]` for quantiles; for a gate, the weighed candidates, `[targets]`.
 * @param flat all weights, in the order of `tensors(network)`; it stays the caller's
 */
export async function layersModel(network: Network, flat: tf.Tensor1D): Promise<LayersModel> {
  const { input, layers: make, model: join } = await import('@tensorflow/tfjs-layers');
  const { bins, inputs, hidden, layers, statics, dense, targets, candidates } = network;
  // All weights are set below; the default initialisers would cost time and need chained operations.
  const start = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
  const windows = input({ shape: [bins, inputs], name: 'windows' });
  const given = [windows];
  let last: SymbolicTensor = windows;
  for (let layer = 0; layer < layers; layer++) {
    const name = lstmName(layer, 'kernel').split('.')[0];
    last = make.lstm({
      ...start, units: hidden, returnSequences: layer < layers - 1, recurrentActivation: 'sigmoid', recurrentInitializer: 'zeros', unitForgetBias: false, name,
    }).apply(last) as SymbolicTensor;
  }
  if (statics > 0) {
    given.push(input({ shape: [statics], name: 'statics' }));
    last = make.concatenate({ name: 'joined' }).apply([last, given[1]]) as SymbolicTensor;
  }
  if (dense > 0) last = make.dense({ ...start, units: dense, activation: 'tanh', name: 'dense' }).apply(last) as SymbolicTensor;
  last = make.dense({ ...start, units: outputCount(network), name: 'output' }).apply(last) as SymbolicTensor;
  if (candidates > 0) {
    const choices = input({ shape: [targets, candidates], name: 'candidates' });
    given.push(choices);
    const scores = make.reshape({ targetShape: [targets, candidates], name: 'scores' }).apply(last) as SymbolicTensor;
    const gate = make.softmax({ axis: -1, name: 'gate' }).apply(scores) as SymbolicTensor;
    const weighed = make.multiply({ name: 'weighed' }).apply([gate, choices]) as SymbolicTensor;
    // There is no layer that sums over an axis; one of ones does.
    const sum = make.dense({ units: 1, useBias: false, kernelInitializer: 'ones', trainable: false, name: 'sum' }).apply(weighed) as SymbolicTensor;
    last = make.reshape({ targetShape: [targets], name: 'forecast' }).apply(sum) as SymbolicTensor;
  }
  const model = join({ inputs: given, outputs: last, name: 'gatecast' });
  const weights = fileTensors(network);
  for (const layer of model.layers) {
    const own = weights.filter(({ name }) => name.startsWith(`${layer.name}/`));
    if (own.length > 0) tf.tidy(() => layer.setWeights(own.map(({ shape, offset, size }) => tf.reshape(tf.slice(flat, offset, size), [...shape]))));
  }
  return model;
}

/** The two files of a layers model: `model.json`, and the bytes of the weights that it names. */
function pack({ modelTopology, weightSpecs, weightData, userDefinedMetadata, format, generatedBy, convertedBy }: tf.io.ModelArtifacts): Exported {
  const modelJson = JSON.stringify({
    modelTopology, format, generatedBy, convertedBy, userDefinedMetadata,
    weightsManifest: [{ paths: [weightsFile], weights: weightSpecs }],
  });
  return { modelJson, weights: Array.isArray(weightData) ? tf.io.concatenateArrayBuffers(weightData) : weightData! };
}

/** What goes in and comes out, in words and numbers, since shapes alone do not say it; and what an import needs. */
function describe({ spec: { settings, layers, seed }, experts, members = [], horizonSteps }: Request): Record<string, unknown> {
  const { form, windowSteps, binSteps, normalise } = settings;
  const common = { gatecast: exportVersion, form, windowSteps, binSteps, horizonSteps, layers, experts, seed, settings };
  if (form === 'pooled') {
    return {
      ...common,
      windows: 'per bin, oldest first: (mean share of the bin - base) * experts, clipped to +-10',
      statics: pooledStatics, base: pooledBase,
      outputs: '(mean share over the horizon - base) * experts; clip the shares at 0 and divide by their sum',
    };
  }
  if (onBank(settings)) {
    return {
      ...common, members, level: bankLevel,
      windows: 'per bin, oldest first: (mean share of the bin - level) * experts, clipped to +-10',
      statics: bankStatics(members),
      ...(form === 'gate'
        ? { candidates: '(member - level) * experts, of every member in order', outputs: '(mean share over the horizon - level) * experts; clip the shares at 0 and divide by their sum' }
        : { base: 'mean of the members without the last', outputs: '(mean share over the horizon - base) * experts; clip the shares at 0 and divide by their sum' }),
    };
  }
  const reference = { none: '', 'window-mean': ', less its mean over the window', 'last-value': ', less that of the last bin' }[normalise];
  return {
    ...common, blocks: blocksOf(settings, horizonSteps),
    windows: `per bin, oldest first: share * experts - 1${reference}, of all experts of the layers in order`,
    outputs: `share * experts - 1${reference}, [blocks][experts]; clip the shares at 0 and divide by the sum of each layer and block`,
  };
}
