import type { WorkerClient } from '../../workers/client.ts';
import type { DeviceInfo, GpuWorkerApi, TrainReport, TrainRequest, TrainResult } from '../../workers/contract.ts';

export interface TrainRunOptions {
  readonly prefer: 'auto' | DeviceInfo['backend'];
  readonly signal: AbortSignal;
  readonly onDevice: (device: DeviceInfo) => void;
  readonly onProgress: (report: TrainReport) => void;
  /** Training went on after a lost device; says how. */
  readonly onRecovered: (notice: string) => void;
}

export async function trainWithRecovery(client: WorkerClient<GpuWorkerApi>, request: TrainRequest, options: TrainRunOptions): Promise<TrainResult> {
  const { prefer, signal, onDevice, onProgress } = options;
  onDevice(await client.call('probe', { prefer }, { signal }));
  return client.call('train', request, { signal, onProgress });
}
