/// <reference lib="webworker" />
import { GatecastError } from '../src/errors.ts';
import type { BackendName, DeviceInfo, GpuWorkerApi } from './contract.ts';
import { buffersOf } from './lstm/checkpoint.ts';
import { chooseDevice, type TrainingDevice } from './lstm/device.ts';
import { forecastWith } from './lstm/forecast.ts';
import { trainModels } from './lstm/trainer.ts';
import { giving, serve } from './serve.ts';

/** How long after a failed read the device may still say that it was lost, ms. */
const LOSS_NOTICE = 500;

let device: Promise<TrainingDevice> | null = null;

/** Chosen at the first call; a worker keeps its device for life. */
async function chosen(prefer: 'auto' | BackendName): Promise<TrainingDevice> {
  device ??= chooseDevice(prefer);
  try {
    return await device;
  } catch (error) {
    device = null;
    throw error;
  }
}

/** The device, with the kernels that its engine has run so far. */
function namedDevice({ info, engine }: TrainingDevice): DeviceInfo {
  const variants = engine.variants?.() ?? [];
  return variants.length > 0 ? { ...info, variant: variants.join('; ') } : info;
}

/** Work that ends when its caller cancels or the device is lost, for which a read would wait for ever. */
async function onDevice<Result>({ lost }: TrainingDevice, caller: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const ending = new AbortController();
  try {
    return await Promise.race([work(AbortSignal.any([caller, ending.signal])), lost]);
  } catch (error) {
    ending.abort();
    // A read may fail a moment before the device says that it is lost.
    if (!(error instanceof GatecastError)) await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE))]);
    throw error;
  }
}

serve<GpuWorkerApi>({
  probe: async ({ prefer }) => namedDevice(await chosen(prefer)),

  async train(request, work) {
    const used = await chosen('auto');
    const models = await onDevice(used, work.signal, (signal) => (
      trainModels(request, used.engine, { signal, onProgress: (report, transfer) => work.onProgress(report, transfer) })
    ));
    return giving({ device: namedDevice(used), models }, models.flatMap(({ checkpoint }) => buffersOf(checkpoint)));
  },

  async forecastWith(request, work) {
    const used = await chosen('auto');
    const models = await onDevice(used, work.signal, (signal) => forecastWith(request, used.engine, signal));
    return { device: namedDevice(used), models };
  },

  async exportModel(request) {
    const { exportLayersModel } = await import('./lstm/export.ts');
    const exported = await exportLayersModel(request);
    return giving(exported, [exported.weights]);
  },

  async importModel(files) {
    const { importLayersModel } = await import('./lstm/import.ts');
    return importLayersModel(files);
  },

  async loseDevice() {
    (await chosen('auto')).destroy();
    return null;
  },
});
