/** Steps that a trace spans, from what the page knows of it. */
import type { TraceInfo } from './info.ts';

/** One past the last recorded step. */
export function endStep(info: Pick<TraceInfo, 'lastStep' | 'strideSteps'>): number {
  return info.lastStep + info.strideSteps;
}

/** Where an origin lies that nobody chose: at three quarters of the trace. */
export function usualOrigin(info: Pick<TraceInfo, 'firstStep' | 'lastStep' | 'strideSteps'>): number {
  return info.firstStep + Math.round(((endStep(info) - info.firstStep) * 0.75) / info.strideSteps) * info.strideSteps;
}
