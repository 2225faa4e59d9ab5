import * as v from 'valibot';
import { integer, number } from '../fields.ts';
import { comparisonResult, type StoredComparison } from './comparison-result.ts';
import type { Kind } from './kind.ts';

export interface PaperSettings {
  /** Distance of the comparison's origins, steps; null: an eighth of the trace. */
  readonly everySteps: number | null;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
}

export const paper: Kind<PaperSettings, StoredComparison> = {
  label: 'Paper',
  settings: v.object({
    everySteps: v.optional(v.nullable(integer(1, 10_000_000)), null),
    coldShare: v.optional(number(0, 1), 0.005),
  }),
  result: comparisonResult,
};
