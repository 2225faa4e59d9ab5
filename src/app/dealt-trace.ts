import type { TraceInfo } from '../../workers/contract.ts';
import { othersOf } from '../cells/forecast/worker-room.ts';
import { dealtLanes } from './comparison-lane.ts';
import type { ComparisonWorkers } from './comparison-run.ts';
import type { Gathering } from './origin-knowledge.ts';
import type { Workers } from './workers.ts';

/** A trace whose layers are dealt to forecast workers of its own. */
export interface DealtTrace {
  gathering(signal: AbortSignal): Gathering;
  /** Ends the forecast workers. */
  end(): void;
}

/** @param layers of the trace that are worked on */
export function dealtTrace(trace: Workers['trace'], info: TraceInfo, layers: readonly number[], { cores, startForecast }: Pick<ComparisonWorkers, 'cores' | 'startForecast'>): DealtTrace {
  const { fingerprint } = info;
  const { lanes, laneOf } = dealtLanes(trace, fingerprint, layers, cores, startForecast);
  return {
    gathering: (signal) => ({ trace, fingerprint, layers, othersOf: (layer) => othersOf(info, layer), laneOf, signal }),
    end() {
      for (const lane of lanes) lane.end();
    },
  };
}
