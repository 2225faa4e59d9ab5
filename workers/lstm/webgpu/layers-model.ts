/** A trained model as a TensorFlow.js layers model on the GPU that trained it: its weights are never read back. */
import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { useWebGpu, type GpuDevice } from '../backends.ts';
import { layersModel } from '../export.ts';
import type { WebGpuSession } from './session.ts';

/**
 * The best weights of a session's model, copied on the GPU; the session may close afterwards. TensorFlow.js uses the
 * device of the session from here on.
 */
export async function layersModelOnGpu(gpu: GpuDevice, session: WebGpuSession, model: number): Promise<LayersModel> {
  await useWebGpu(gpu);
  const { network, buffer, places } = await session.weightsOnGpu(model);
  const quads = tf.tensor({ buffer, zeroCopy: true }, [buffer.size / 4], 'float32') as tf.Tensor1D;
  const flat = tf.tidy(() => tf.gather(quads, tf.tensor1d(Int32Array.from(places), 'int32')));
  try {
    return await layersModel(network, flat);
  } finally {
    tf.dispose([quads, flat]);
    // What was asked of TensorFlow.js waits in an open pass, and a buffer must outlive the commands that use it.
    const backend = tf.backend() as WebGPUBackend;
    backend.endComputePassEncoder();
    backend.submitQueue();
    buffer.destroy();
  }
}
