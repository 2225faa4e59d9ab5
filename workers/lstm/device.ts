/** The device that trains: chosen, checked and watched. One a worker; a lost one ends the worker. */
import { GatecastError } from '../../src/errors.ts';
import type { BackendName, DeviceInfo } from '../contract.ts';
import { findAdapter, requestDevice, type FoundAdapter } from './adapter.ts';
import { useCpu, useWasm, useWebGpu, type GpuDevice } from './backends.ts';
import { checkNumbers, relativeError, tolerance } from './self-check.ts';

export interface TrainingDevice {
  readonly info: DeviceInfo;
  /** Rejects with `device-lost` when the GPU goes; never settles on a CPU. */
  readonly lost: Promise<never>;
  /** Destroys the GPU's device, as a driver's crash would. */
  destroy(): void;
}

/** What keeps a better backend from being used; the first one is what a person is told. */
interface Why {
  readonly why?: string;
  readonly remedy?: string;
}

/** @param prefer 'auto': the fastest. A backend by name is tried first, and the others after it. */
export async function chooseDevice(prefer: 'auto' | BackendName): Promise<TrainingDevice> {
  const found = await findAdapter();
  let reasons: Why = {};
  const note = (why: string, remedy: string): void => {
    if (!reasons.why) reasons = { why, remedy };
  };
  if (prefer === 'wasm' || prefer === 'cpu') note('you chose the CPU', 'choose Automatic or WebGPU here to use the GPU');
  else if (!found.found) note(found.why, found.remedy);
  else if (found.software && prefer === 'auto') note(`the only adapter is software (${found.name}), and WebAssembly trains faster than that`, 'turn on hardware acceleration in the browser’s settings, or choose WebGPU to train on it all the same');
  else {
    const device = await tryWebGpu(found, note);
    if (device) return device;
  }
  for (const backend of prefer === 'cpu' ? (['cpu'] as const) : (['wasm', 'cpu'] as const)) {
    const info = await tryOnCpu(backend, found, reasons).catch((error: unknown) => {
      note(`${backend} could not be started: ${error instanceof Error ? error.message : String(error)}`, 'reload the page');
      return null;
    });
    if (info) return { info, lost: new Promise<never>(() => {}), destroy: () => {} };
  }
  throw new GatecastError({ code: 'internal', message: 'no backend of TensorFlow.js can be used here', where: reasons.why, remedy: reasons.remedy ?? 'reload the page, or use another browser' });
}

async function tryWebGpu(found: Extract<FoundAdapter, { found: true }>, note: (why: string, remedy: string) => void): Promise<TrainingDevice | null> {
  const began = performance.now();
  let gpu: GpuDevice | null = null;
  try {
    await useCpu();
    const reference = await checkNumbers();
    gpu = await requestDevice(found.adapter);
    const lost = whenLost(gpu.device);
    await useWebGpu(gpu);
    const error = relativeError(await Promise.race([checkNumbers(), lost]), reference);
    if (error <= tolerance) {
      const { device } = gpu;
      return {
        info: {
          backend: 'webgpu', adapter: found.name, fallbackAdapter: found.software,
          selfCheck: { state: 'passed', relativeError: error, elapsedMs: performance.now() - began },
        },
        lost,
        destroy: () => device.destroy(),
      };
    }
    note(
      `the GPU (${found.name}) failed its self-check: its gradients differ from the CPU’s by ${error === Infinity ? 'more than can be said' : error.toExponential(1)}`,
      'update the graphics driver and reload the page',
    );
  } catch (error) {
    note(`the GPU (${found.name}) could not be used: ${error instanceof Error ? error.message : String(error)}`, 'update the graphics driver and reload the page');
  }
  gpu?.device.destroy();
  return null;
}

async function tryOnCpu(backend: 'wasm' | 'cpu', found: FoundAdapter, reasons: Why): Promise<DeviceInfo> {
  const began = performance.now();
  const rest = { adapter: found.found ? found.name : undefined, fallbackAdapter: found.found && found.software, ...reasons };
  await useCpu();
  if (backend === 'cpu') return { backend, ...rest, selfCheck: { state: 'not-needed', elapsedMs: performance.now() - began } };
  const reference = await checkNumbers();
  await useWasm();
  const error = relativeError(await checkNumbers(), reference);
  if (error > tolerance) throw new Error(`its gradients differ from plain JavaScript’s by ${error.toExponential(1)}`);
  return { backend, ...rest, selfCheck: { state: 'passed', relativeError: error, elapsedMs: performance.now() - began } };
}

/** TensorFlow.js does not notice a lost device; reads would wait for ever. */
function whenLost(device: GPUDevice): Promise<never> {
  const lost = device.lost.then(({ reason, message }): never => {
    throw new GatecastError({
      code: 'device-lost',
      message: `the GPU was lost${reason === 'destroyed' ? '' : ` (${message || reason})`}`,
      remedy: 'training goes on from the last checkpoint',
    });
  });
  // Nobody may be waiting when it happens.
  lost.catch(() => {});
  return lost;
}
