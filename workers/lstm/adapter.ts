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

export async function findAdapter(scope: { readonly navigator: { readonly gpu?: GPU; readonly userAgent: string }; readonly isSecureContext: boolean } = self): Promise<FoundAdapter> {
  if (!scope.isSecureContext) {
    return { found: false, why: 'the page was not opened over a secure address, and browsers offer WebGPU to no other', remedy: 'open it over https, or on localhost' };
  }
  const { gpu, userAgent } = scope.navigator;
  if (!gpu) {
    return { found: false, why: 'this browser has no WebGPU', remedy: remedyWithoutWebGpu(userAgent) };
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
      why: `the browser has WebGPU but offers no adapter${problem}: it is switched off, or the graphics card or its driver is on the browser’s blocklist`,
      remedy: remedyWithoutAdapter(userAgent),
    };
  }
  return { found: true, adapter, name: adapterName(adapter.info), software: isSoftware(adapter.info) };
}

type Browser = 'firefox' | 'chromium' | 'safari' | 'other';

function browserOf(userAgent: string): Browser {
  if (/firefox\//i.test(userAgent)) return 'firefox';
  // Before Safari: Chromium names Safari as well.
  if (/chrom(e|ium)\//i.test(userAgent)) return 'chromium';
  return /safari\//i.test(userAgent) ? 'safari' : 'other';
}

function remedyWithoutWebGpu(userAgent: string): string {
  switch (browserOf(userAgent)) {
    case 'firefox':
      return 'Firefox has WebGPU on Windows from version 141 on; elsewhere take Chrome or Edge';
    case 'chromium':
      return 'update the browser to version 113 or newer (144 on Linux), or turn on chrome://flags/#enable-unsafe-webgpu';
    case 'safari':
      return 'update to Safari 26 or newer, or take Chrome or Edge';
    case 'other':
      return 'take Chrome or Edge 113 or newer, Safari 26, or Firefox 141 on Windows';
  }
}

function remedyWithoutAdapter(userAgent: string): string {
  switch (browserOf(userAgent)) {
    case 'firefox':
      return 'update the graphics driver, or set dom.webgpu.enabled to true in about:config';
    case 'chromium':
      return /linux/i.test(userAgent)
        ? 'turn on hardware acceleration in the settings, or start the browser with --enable-unsafe-webgpu; chrome://gpu says what is missing'
        : 'turn on hardware acceleration in the settings and update the graphics driver; chrome://gpu says what is missing';
    default:
      return 'turn on hardware acceleration in its settings and update the graphics driver';
  }
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
