/** One training request, kept going: a lost GPU is replaced once, then the CPU takes over. */
import { GatecastError } from '../errors.ts';
import type { WorkerClient } from '../../workers/client.ts';
import type { BackendName, Checkpoint, DeviceInfo, GpuWorkerApi, TrainReport, TrainRequest, TrainResult } from '../../workers/contract.ts';

export interface TrainRunOptions {
  readonly prefer: 'auto' | BackendName;
  readonly signal: AbortSignal;
  /** The device was chosen and checked. */
  readonly onDevice: (device: DeviceInfo) => void;
  readonly onProgress: (report: TrainReport) => void;
  /** Training went on after a lost device or a dead worker; says how. */
  readonly onRecovered: (notice: string) => void;
}

/**
 * Trains. When the device is lost or the worker dies, a new worker goes on from the last checkpoints;
 * at the second loss it does so on the CPU; a third one ends it.
 * @throws GatecastError `cancelled` and everything that training itself rejects with
 */
export async function trainWithRecovery(client: WorkerClient<GpuWorkerApi>, request: TrainRequest, options: TrainRunOptions): Promise<TrainResult> {
  const { signal, onDevice, onProgress, onRecovered } = options;
  const checkpoints = new Map<number, Checkpoint>((request.resume ?? []).map((checkpoint) => [checkpoint.model, checkpoint]));
  let prefer = options.prefer;
  for (let losses = 0; ; losses++) {
    try {
      onDevice(await client.call('probe', { prefer }, { signal }));
      return await client.call('train', { ...request, resume: [...checkpoints.values()] }, {
        signal,
        onProgress(report) {
          for (const checkpoint of report.checkpoints) checkpoints.set(checkpoint.model, checkpoint);
          onProgress(report);
        },
      });
    } catch (error) {
      const replaceable = error instanceof GatecastError && (error.code === 'device-lost' || error.code === 'worker-died');
      if (!replaceable || losses >= 2 || signal.aborted) throw error;
      // The worker's device is gone for good; a new worker gets a new one.
      client.kill();
      if (losses >= 1) prefer = 'wasm';
      onRecovered(losses >= 1 ? 'The GPU was lost again: going on on the CPU' : 'The GPU was lost: going on from the last checkpoint');
    }
  }
}
