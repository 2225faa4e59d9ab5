/** TensorFlow.js's backends, each set up once and only when it is asked for. */
import * as tf from '@tensorflow/tfjs-core';
import { GatecastError } from '../../src/errors.ts';

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
}

/** Makes TensorFlow.js use our own device: its backend would throw without an adapter and has no handler for a lost one. */
export async function useWebGpu({ device, info }: GpuDevice): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  tf.removeBackend('webgpu');
  // The name must be this one: kernels are registered under it.
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, info), 3);
  await activate('webgpu');
}

export async function useCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
}

async function activate(name: 'webgpu' | 'cpu'): Promise<void> {
  const ready = await tf.setBackend(name).catch((error: unknown) => {
    throw unusable(name, error instanceof Error ? error.message : String(error));
  });
  if (!ready) throw unusable(name, 'it did not start');
  await tf.ready();
}

function unusable(name: 'webgpu' | 'cpu', why: string): GatecastError {
  return new GatecastError({ code: name === 'webgpu' ? 'no-webgpu' : 'internal', message: `the ${name} backend cannot be used: ${why}`, remedy: 'another one is tried' });
}
