/** What trains, in words. */
import type { BackendName, DeviceInfo } from '../../workers/contract.ts';

const engines: Readonly<Record<DeviceInfo['engine'], string>> = {
  fused: 'fused WebGPU engine',
  simd: 'SIMD WebAssembly engine',
  reference: 'plain TensorFlow.js engine',
};
const backends: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'JavaScript' };

/** A device, or what a result's provenance says of one; results of older versions do not name their engine. */
export interface NamedDevice {
  readonly backend: BackendName;
  readonly engine?: DeviceInfo['engine'];
  readonly adapter?: string;
}

/** "fused WebGPU engine"; "WebAssembly" where the engine is not known. */
export function engineWords({ engine, backend }: NamedDevice): string {
  return engine ? engines[engine] : backends[backend];
}

/** "NVIDIA H100 (fused WebGPU engine)", "the CPU (SIMD WebAssembly engine)" */
export function deviceWords(device: NamedDevice): string {
  const where = device.backend === 'webgpu' ? (device.adapter ?? 'the GPU') : 'the CPU';
  return `${where} (${engineWords(device)})`;
}
