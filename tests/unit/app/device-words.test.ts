import { expect, it } from 'vitest';
import { deviceWords } from '../../../src/app/device-words.ts';

it('names the engine and where it runs', () => {
  expect(deviceWords({ backend: 'webgpu', engine: 'fused', adapter: 'NVIDIA H100' })).toBe('NVIDIA H100 (fused WebGPU engine)');
  expect(deviceWords({ backend: 'wasm', engine: 'simd' })).toBe('the CPU (SIMD WebAssembly engine)');
});

it('names the backend of results that do not know their engine', () => {
  expect(deviceWords({ backend: 'webgpu' })).toBe('the GPU (WebGPU)');
  expect(deviceWords({ backend: 'wasm' })).toBe('the CPU (WebAssembly)');
});
