import { endStep } from '../trace/recorded-span.ts';
import type { TraceInfo } from '../trace/info.ts';

/** Test origins, at most: the best trial is trained anew at each. */
const mostTestOrigins = 4;

/** Origins from `originStep` on whose horizons the trace holds whole and which do not overlap. */
export function testOriginsOf(originStep: number, horizonSteps: number, info: Pick<TraceInfo, 'lastStep' | 'strideSteps'>): readonly number[] {
  const count = Math.min(mostTestOrigins, Math.floor((endStep(info) - originStep) / horizonSteps));
  return Array.from({ length: Math.max(0, count) }, (_, i) => originStep + i * horizonSteps);
}
