/** One request to the worker that trains, kept going: a lost GPU is replaced once, then the CPU takes over. */
import { GatecastError } from '../errors.ts';
import type { WorkerClient } from '../../workers/client.ts';
import type { BackendName, Checkpoint, DeviceInfo, GpuWorkerApi, ModelReport, TrainReport, TrainRequest, TrainResult } from '../../workers/contract.ts';

export interface OnDeviceOptions {
  readonly prefer: 'auto' | BackendName;
  readonly signal: AbortSignal;
  /** The device was chosen and checked. */
  readonly onDevice: (device: DeviceInfo) => void;
}

export interface TrainRunOptions extends OnDeviceOptions {
  /** Told of all loss points so far each time. */
  readonly onProgress: (report: TrainReport) => void;
  /** Training went on after a lost device or a dead worker; says how. */
  readonly onRecovered: (notice: string) => void;
}

/**
 * Trains. When the device is lost or the worker dies, a new worker goes on from the last checkpoints;
 * at the second loss it does so on the CPU; a third one ends it.
 * @throws GatecastError `cancelled` and everything that training itself rejects with
 */
export function trainWithRecovery(client: WorkerClient<GpuWorkerApi>, request: TrainRequest, options: TrainRunOptions): Promise<TrainResult> {
  const { signal, onProgress, onRecovered } = options;
  const checkpoints = new Map<number, Checkpoint>((request.resume ?? []).map((checkpoint) => [checkpoint.model, checkpoint]));
  let models: readonly ModelReport[] = [];
  const train = (): Promise<TrainResult> => client.call('train', { ...request, resume: [...checkpoints.values()] }, {
    signal,
    onProgress(report) {
      for (const checkpoint of report.checkpoints) checkpoints.set(checkpoint.model, checkpoint);
      models = report.models.map((model, i) => withPointsBefore(model, models[i]));
      onProgress({ ...report, models });
    },
  });
  return withRecovery(client, train, options, (losses) => (
    onRecovered(losses > 1 ? 'The GPU was lost again: going on on the CPU' : 'The GPU was lost: going on from the last checkpoint')
  ));
}

/** A worker tells each point once, but a new one all of them from the first on. */
function withPointsBefore(model: ModelReport, before: ModelReport | undefined): ModelReport {
  return before && model.firstPoint > 0 ? { ...model, firstPoint: 0, losses: [...before.losses.slice(0, model.firstPoint), ...model.losses] } : model;
}

/**
 * Forecasts with weights that are given, on a new worker or the CPU where the device is lost.
 * @throws GatecastError `cancelled` and everything that forecasting itself rejects with
 */
export function forecastWithRecovery(
  client: WorkerClient<GpuWorkerApi>, request: GpuWorkerApi['forecastWith']['request'], options: OnDeviceOptions,
): Promise<GpuWorkerApi['forecastWith']['response']> {
  return withRecovery(client, () => client.call('forecastWith', request, { signal: options.signal }), options, () => {});
}

/** @param onLoss told of a loss that is recovered from, and the how manieth it is */
async function withRecovery<Result>(
  client: WorkerClient<GpuWorkerApi>, work: () => Promise<Result>, { prefer: wanted, signal, onDevice }: OnDeviceOptions, onLoss: (losses: number) => void,
): Promise<Result> {
  let prefer = wanted;
  for (let losses = 1; ; losses++) {
    try {
      onDevice(await client.call('probe', { prefer }, { signal }));
      return await work();
    } catch (error) {
      const replaceable = error instanceof GatecastError && (error.code === 'device-lost' || error.code === 'worker-died');
      if (!replaceable || losses > 2 || signal.aborted) throw error;
      // The worker's device is gone for good; a new worker gets a new one.
      client.kill();
      if (losses > 1) prefer = 'wasm';
      onLoss(losses);
    }
  }
}
