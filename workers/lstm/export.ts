/** The trained network as an ordinary TensorFlow.js layers model, for `tf.loadLayersModel` or the converter. */
import * as tf from '@tensorflow/tfjs-core';
import type { GpuWorkerApi } from '../contract.ts';
import { flat } from './checkpoint.ts';
import { unpack } from './model.ts';
import { blocksOf } from './joint.ts';
import { pooledBase, pooledStatics } from './pooled.ts';
import { networkOf } from './problems.ts';

type Request = GpuWorkerApi['exportModel']['request'];
type Exported = GpuWorkerApi['exportModel']['response'];

/**
 * @param request `experts`: of all the model's layers together for the joint form, any number for the pooled one
 * @throws GatecastError `bad-setting` when the checkpoint is of another network
 */
export async function exportLayersModel({ spec, experts, horizonSteps, checkpoint }: Request): Promise<Exported> {
  const network = networkOf(spec, experts, horizonSteps);
  const values = flat(network, checkpoint.bestWeights);
  // Fetched only when somebody exports.
  const layers = await import('@tensorflow/tfjs-layers');
  const weights = tf.tidy(() => {
    const named = unpack(network, tf.tensor1d(values));
    return Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, tf.keep(tensor)]));
  });

  const windows = layers.input({ shape: [network.bins, network.inputs], name: 'windows' });
  const statics = network.statics > 0 ? layers.input({ shape: [network.statics], name: 'statics' }) : null;
  // All weights are set below; the default initialisers would cost time and need chained operations.
  const start = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;
  const lstm = layers.layers.lstm({ ...start, units: network.hidden, recurrentActivation: 'sigmoid', recurrentInitializer: 'zeros', unitForgetBias: false, name: 'lstm' });
  let last = lstm.apply(windows) as ReturnType<typeof layers.input>;
  if (statics) last = layers.layers.concatenate({ name: 'joined' }).apply([last, statics]) as typeof last;
  const dense = network.dense > 0 ? layers.layers.dense({ ...start, units: network.dense, activation: 'tanh', name: 'dense' }) : null;
  if (dense) last = dense.apply(last) as typeof last;
  const output = layers.layers.dense({ ...start, units: network.outputs, name: 'output' });
  const model = layers.model({ inputs: statics ? [windows, statics] : windows, outputs: output.apply(last) as typeof last, name: 'gatecast' });
  try {
    const kernel = weights['lstm.kernel'] as tf.Tensor2D;
    const [input, recurrent] = tf.split(kernel, [network.inputs, network.hidden], 0);
    lstm.setWeights([input, recurrent, weights['lstm.bias']]);
    tf.dispose([input, recurrent]);
    dense?.setWeights([weights['dense.kernel'], weights['dense.bias']]);
    output.setWeights([weights['output.kernel'], weights['output.bias']]);
    model.setUserDefinedMetadata(describe(spec, horizonSteps));
    let artifacts: tf.io.ModelArtifacts | undefined;
    await model.save(tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }));
    return pack(artifacts!);
  } finally {
    model.dispose();
    tf.dispose(weights);
  }
}

/** The two files of a layers model: `model.json`, and the bytes of `weights.bin` that it names. */
function pack({ modelTopology, weightSpecs, weightData, userDefinedMetadata, format, generatedBy, convertedBy }: tf.io.ModelArtifacts): Exported {
  const modelJson = JSON.stringify({
    modelTopology, format, generatedBy, convertedBy, userDefinedMetadata,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  });
  return { modelJson, weights: Array.isArray(weightData) ? tf.io.concatenateArrayBuffers(weightData) : weightData! };
}

/** What goes in and comes out, in words and numbers, since shapes alone do not say it. */
function describe({ settings, layers }: Request['spec'], horizonSteps: number): Record<string, unknown> {
  const { form, windowSteps, binSteps } = settings;
  const common = { form, windowSteps, binSteps, horizonSteps, layers };
  return form === 'pooled'
    ? {
      ...common,
      windows: 'per bin, oldest first: (mean share of the bin - base) * experts, clipped to +-10',
      statics: pooledStatics, base: pooledBase,
      outputs: '(mean share over the horizon - base) * experts; clip the shares at 0 and divide by their sum',
    }
    : {
      ...common, blocks: blocksOf(settings, horizonSteps),
      windows: 'per bin, oldest first: share * experts - 1, of all experts of the layers in order',
      outputs: 'share * experts - 1, [blocks][experts]; clip the shares at 0 and divide by the sum of each layer and block',
    };
}
