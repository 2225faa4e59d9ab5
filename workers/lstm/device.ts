/** The device that trains: chosen, checked and watched. One a worker; a lost one ends the worker. */
import { GatecastError } from '../../src/errors.ts';
import type { BackendName, DeviceInfo } from '../contract.ts';
import { findAdapter, requestDevice, type FoundAdapter } from './adapter.ts';
import type { GpuDevice } from './backends.ts';
import type { Engine } from './engine.ts';
import { checkNumbers, relativeError, tolerance } from './self-check.ts';

export interface TrainingDevice {
  readonly info: DeviceInfo;
  readonly engine: Engine;
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
    const device = await tryOnCpu(backend, found, reasons).catch((error: unknown) => {
      note(`${backend} could not be started: ${error instanceof Error ? error.message : String(error)}`, 'reload the page');
      return null;
    });
    if (device) return device;
  }
  throw new GatecastError({ code: 'internal', message: 'nothing here can train', where: reasons.why, remedy: reasons.remedy ?? 'reload the page, or use another browser' });
}

async function tryWebGpu(found: Extract<FoundAdapter, { found: true }>, note: (why: string, remedy: string) => void): Promise<TrainingDevice | null> {
  const began = performance.now();
  let gpu: GpuDevice | null = null;
  try {
    const [{ createWebGpuEngine, measuredTuner }, reference] = await Promise.all([import('./webgpu/engine.ts'), plainEngine()]);
    gpu = await requestDevice(found.adapter);
    const { device } = gpu;
    const lost = whenLost(device);
    const error = await Promise.race([errorOf(createWebGpuEngine(gpu), reference), lost]);
    if (error <= tolerance) {
      return {
        info: {
          backend: 'webgpu', engine: 'fused', adapter: found.name, fallbackAdapter: found.software,
          selfCheck: { state: 'passed', relativeError: error, elapsedMs: performance.now() - began },
        },
        // Software has no choice that is worth the time that it takes to measure.
        engine: createWebGpuEngine(gpu, found.software ? null : measuredTuner(found.name)), lost,
        destroy: () => device.destroy(),
      };
    }
    note(`the GPU (${found.name}) failed its self-check: ${inWords(error)}`, 'update the graphics driver and reload the page');
  } catch (error) {
    note(`the GPU (${found.name}) could not be used: ${error instanceof Error ? error.message : String(error)}`, 'update the graphics driver and reload the page');
  }
  gpu?.device.destroy();
  return null;
}

async function tryOnCpu(backend: 'wasm' | 'cpu', found: FoundAdapter, reasons: Why): Promise<TrainingDevice> {
  const began = performance.now();
  const reference = await plainEngine();
  let engine = reference;
  let relative: number | undefined;
  if (backend === 'wasm') {
    const [{ createWasmEngine }, { createWasmPool }] = await Promise.all([import('./wasm/engine.ts'), import('./wasm/pool.ts')]);
    // Without lanes: they run the same engine, and starting them costs more than the check.
    relative = await errorOf(await createWasmEngine(), reference);
    if (relative > tolerance) throw new Error(inWords(relative));
    engine = await createWasmPool();
  }
  return {
    info: {
      backend, engine: backend === 'wasm' ? 'simd' : 'reference', adapter: found.found ? found.name : undefined, fallbackAdapter: found.found && found.software, ...reasons,
      selfCheck: { state: backend === 'wasm' ? 'passed' : 'not-needed', relativeError: relative, elapsedMs: performance.now() - began },
    },
    engine,
    lost: new Promise<never>(() => {}),
    destroy: () => {},
  };
}

/** Plain TensorFlow.js on the CPU, which the others are compared with. Fetched only here: it is larger than all else. */
async function plainEngine(): Promise<Engine> {
  const [{ referenceEngine }, { useCpu }] = await Promise.all([import('./reference/engine.ts'), import('./backends.ts')]);
  await useCpu();
  return referenceEngine;
}

async function errorOf(engine: Engine, reference: Engine): Promise<number> {
  const right = await checkNumbers(reference);
  return relativeError(await checkNumbers(engine), right);
}

function inWords(error: number): string {
  return `it trains otherwise than plain JavaScript does, by ${error === Infinity ? 'more than can be said' : error.toExponential(1)}`;
}

/** Reads from a lost device may wait for ever. */
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
