import { WorkerClient } from '../../workers/client.ts';
import type { ForecastWorkerApi, GpuWorkerApi, SweepWorkerApi, TraceWorkerApi } from '../../workers/contract.ts';
import type { GatecastError } from '../errors.ts';

/** The page's background workers. Each starts at its first call, TensorFlow.js with the GPU worker. */
export interface Workers {
  readonly trace: WorkerClient<TraceWorkerApi>;
  readonly forecast: WorkerClient<ForecastWorkerApi>;
  readonly gpu: WorkerClient<GpuWorkerApi>;
  readonly sweep: WorkerClient<SweepWorkerApi>;
}

export function startForecastWorker(): Worker {
  return new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module', name: 'forecast' });
}

export function startTraceWorker(): Worker {
  return new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module', name: 'trace' });
}

export function startGpuWorker(): Worker {
  return new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module', name: 'gpu' });
}

export function createWorkers(onTraceDeath: (error: GatecastError) => void): Workers {
  return {
    trace: new WorkerClient(startTraceWorker, onTraceDeath),
    forecast: new WorkerClient(startForecastWorker),
    gpu: new WorkerClient(startGpuWorker),
    sweep: new WorkerClient(() => new Worker(new URL('../../workers/sweep.worker.ts', import.meta.url), { type: 'module', name: 'sweep' })),
  };
}
