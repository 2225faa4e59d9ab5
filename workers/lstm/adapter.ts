/** Finds a GPU, or says why there is none and what to do about it. */
import type { GpuDevice } from './backends.ts';

export type FoundAdapter =
  | { readonly found: true; readonly adapter: GPUAdapter; readonly name: string; readonly software: boolean }
  | { readonly found: false; readonly why: string; readonly remedy: string };

/** As a person would name it: "NVIDIA H100", "nvidia ampere", "SwiftShader". */
export function adapterName(info: Pick<GPUAdapterInfo, 'description' | 'vendor' | 'architecture' | 'device'>): string {
  return info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ') || 'unnamed adapter';
}

export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${adapterName(info)} ${info.architecture}`);
}

export async function findAdapter(scope: { readonly navigator: { readonly gpu?: GPU }; readonly isSecureContext: boolean } = self): Promise<FoundAdapter> {
  if (!scope.isSecureContext) {
    return { found: false, why: 'the page was not opened over a secure address, and browsers offer WebGPU to no other', remedy: 'open it over https, or on localhost' };
  }
  const { gpu } = scope.navigator;
  if (!gpu) {
    return { found: false, why: 'this browser has no WebGPU', remedy: 'take Chrome or Edge 113 or newer, Safari 26, or Firefox 141 on Windows' };
  }
  let adapter: GPUAdapter | null = null;
  let problem = '';
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    problem = error instanceof Error ? `: ${error.message}` : '';
  }
  if (!adapter) {
    return {
      found: false,
      why: `the browser has WebGPU but offers no adapter${problem}`,
      remedy: 'turn on hardware acceleration in its settings, update the graphics driver, or on Linux start Chrome with --enable-unsafe-webgpu',
    };
  }
  return { found: true, adapter, name: adapterName(adapter.info), software: isSoftware(adapter.info) };
}

const limits = [
  'maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupsPerDimension', 'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const features: readonly GPUFeatureName[] = ['timestamp-query', 'bgra8unorm-storage', 'subgroups'];

/** A device with all that the adapter gives. */
export async function requestDevice(adapter: GPUAdapter): Promise<GpuDevice> {
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
    requiredFeatures: features.filter((name) => adapter.features.has(name)),
  });
  return { device, info: adapter.info };
}
