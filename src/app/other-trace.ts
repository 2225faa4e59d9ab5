/** A trace beside the open one, in a worker of its own: opened for a while, without asking anybody. */
import { WorkerClient } from '../../workers/client.ts';
import type { TraceInfo, TraceOrigin, TraceWorkerApi } from '../../workers/contract.ts';
import { GatecastError } from '../errors.ts';
import { sampleById, type Sample } from '../trace/samples.ts';
import type { TraceRef } from '../trace/trace-ref.ts';
import type { Workers } from './workers.ts';

export interface OtherTrace {
  readonly info: TraceInfo;
  readonly trace: Workers['trace'];
  /** Ends its worker. */
  end(): void;
}

/**
 * Opens a sample or a trace that this browser keeps.
 * @throws GatecastError `bad-input` where there is no such trace, `cancelled` and all that opening rejects with
 */
export async function openOtherTrace(ref: TraceRef, startTrace: () => Worker, signal: AbortSignal): Promise<OtherTrace> {
  let started = false;
  const trace = new WorkerClient<TraceWorkerApi>(() => {
    // A second one would know nothing of the trace.
    if (started) throw new GatecastError({ code: 'worker-died', message: 'the worker that held the other trace stopped', remedy: 'go on' });
    started = true;
    return startTrace();
  });
  try {
    const info = await trace.call('open', { origin: originOf(ref) }, { signal });
    return { info, trace, end: () => trace.kill() };
  } catch (error) {
    trace.kill();
    throw error;
  }
}

export function originOfSample({ id, url }: Sample): TraceOrigin {
  return { kind: 'sample', id, url: new URL(url, location.href).href };
}

function originOf(ref: TraceRef): TraceOrigin {
  if (ref.kind === 'file') return { kind: 'stored', fingerprint: ref.fingerprint };
  const sample = sampleById(ref.id);
  if (!sample) throw new GatecastError({ code: 'bad-input', message: `there is no sample "${ref.id}"`, remedy: 'choose another trace to test on' });
  return originOfSample(sample);
}
