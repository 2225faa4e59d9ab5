/** TensorFlow.js's backends, each set up once and only when it is asked for. */
import * as tf from '@tensorflow/tfjs-core';
import { GatecastError } from '../../src/errors.ts';
import type { BackendName } from '../contract.ts';

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

/** WebAssembly with SIMD where the browser has it, on one thread: threads would need headers that static hosts do not send. */
export async function useWasm(): Promise<void> {
  const [wasm, plain, simd] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
  ]);
  const address = (file: { readonly default: string }): string => new URL(file.default, self.location.href).href;
  wasm.setWasmPaths({
    'tfjs-backend-wasm.wasm': address(plain),
    'tfjs-backend-wasm-simd.wasm': address(simd),
    // Never asked for: it needs SharedArrayBuffer. The backend wants an address for each all the same.
    'tfjs-backend-wasm-threaded-simd.wasm': address(simd),
  });
  // Otherwise a host that does send those headers would get the threaded program.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await activate('wasm');
}

export async function useCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
}

async function activate(name: BackendName): Promise<void> {
  const ready = await tf.setBackend(name).catch((error: unknown) => {
    throw unusable(name, error instanceof Error ? error.message : String(error));
  });
  if (!ready) throw unusable(name, 'it did not start');
  await tf.ready();
}

function unusable(name: BackendName, why: string): GatecastError {
  return new GatecastError({ code: name === 'webgpu' ? 'no-webgpu' : 'internal', message: `the ${name} backend cannot be used: ${why}`, remedy: 'another one is tried' });
}
