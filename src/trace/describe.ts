import { healthOf } from './health.ts';
import type { TraceInfo } from './info.ts';
import { lateSums, totalRange } from './layer-totals.ts';
import type { ReadResult } from './read/reader.ts';
import { stepStride, type Trace } from './trace.ts';

/** Bytes of all loads. */
export function bytesOfValues({ steps, layers }: Pick<Trace, 'steps' | 'layers'>): number {
  return layers.reduce((sum, { experts }) => sum + steps.length * experts * 4, 0);
}

/** What the page is told of a trace. */
export function describeTrace({ trace, questions, notes, repeatedSteps }: ReadResult): TraceInfo {
  const { name, format, fingerprint, kind, steps } = trace;
  return {
    name, format, fingerprint, kind,
    rows: steps.length,
    firstStep: steps[0],
    lastStep: steps[steps.length - 1],
    strideSteps: stepStride(steps),
    layers: trace.layers.map((layer) => ({
      name: layer.name,
      experts: layer.experts,
      total: totalRange(layer),
      deadExperts: lateSums(layer).filter((sum) => sum === 0).length,
    })),
    hasLoss: trace.loss !== undefined,
    byteLength: bytesOfValues(trace),
    questions, notes,
    health: healthOf(trace, repeatedSteps),
  };
}
