import type { TrialRemarks } from '../../notebook/kinds/sweep-remarks.ts';

/** "trial 17", "trial 17 “wide”" */
export function trialName(id: number, { name }: TrialRemarks = {}): string {
  return name === undefined ? `trial ${id}` : `trial ${id} “${name}”`;
}

/** Longer names would take the room of tables and legends. */
const mostLetters = 16;

export function shortTrialName(id: number, { name }: TrialRemarks = {}): string {
  return trialName(id, { name: name === undefined || name.length <= mostLetters ? name : `${name.slice(0, mostLetters - 1).trimEnd()}…` });
}
