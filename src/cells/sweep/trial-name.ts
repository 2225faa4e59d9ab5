import type { TrialRemarks } from '../../notebook/kinds/sweep-remarks.ts';

/** "trial 17", "trial 17 “wide”" */
export function trialName(id: number, { name }: TrialRemarks = {}): string {
  return name === undefined ? `trial ${id}` : `trial ${id} “${name}”`;
}
