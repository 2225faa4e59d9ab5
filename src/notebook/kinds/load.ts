import * as v from 'valibot';
import type { ImbalanceMeasure } from '../../../workers/contract.ts';
import { drawnExperts, integer, maximumLayer, maximumStep, oneOf } from '../fields.ts';
import type { Kind } from './kind.ts';

export interface LoadSettings {
  readonly layer: number;
  /** Experts drawn as lines, at most eight. */
  readonly experts: readonly number[];
  /** Brushed range of training steps, half open; null for the trace's own end. */
  readonly fromStep: number | null;
  readonly toStep: number | null;
  /** Width of the trailing mean before drawing, steps; 1 for none. */
  readonly smoothingSteps: number;
  readonly measure: ImbalanceMeasure;
}

export const imbalanceMeasures = ['max-over-mean', 'variation', 'gini', 'entropy', 'kl', 'dead'] as const satisfies readonly ImbalanceMeasure[];

export const load: Kind<LoadSettings> = {
  label: 'Load',
  settings: v.pipe(
    v.object({
      layer: v.optional(integer(0, maximumLayer), 0),
      experts: v.optional(drawnExperts, [0, 1, 2, 3]),
      fromStep: v.optional(v.nullable(integer(0, maximumStep)), null),
      toStep: v.optional(v.nullable(integer(0, maximumStep)), null),
      smoothingSteps: v.optional(integer(1, 100_000), 50),
      measure: v.optional(oneOf(imbalanceMeasures), 'max-over-mean'),
    }),
    v.check(
      ({ fromStep, toStep }) => fromStep === null || toStep === null || fromStep < toStep,
      'toStep does not lie after fromStep',
    ),
  ),
  result: null,
};
