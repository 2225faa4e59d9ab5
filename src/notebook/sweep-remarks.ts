/** Reading and changing what the person put down about trials. Pure. */
import { mostNameLength, mostNoteLength, type SweepRemarks, type TrialRemarks } from './kinds/sweep-remarks.ts';

const nothing: ReadonlyMap<number, TrialRemarks> = new Map();

/** By trial, of the sweep that began then; those about another one do not count. */
export function remarksOf(remarks: SweepRemarks | null, began: string): ReadonlyMap<number, TrialRemarks> {
  return remarks?.began === began ? new Map(remarks.trials.map(({ trial, ...own }) => [trial, own])) : nothing;
}

/** Remarks with some of a trial's changed, cut to what a notebook keeps; those about another sweep go. Null where none is left. */
export function withRemark(remarks: SweepRemarks | null, began: string, trial: number, change: TrialRemarks): SweepRemarks | null {
  const known = remarksOf(remarks, began);
  const { name = '', note = '', pinned = false } = { ...known.get(trial), ...change };
  const own: TrialRemarks = {
    ...(name.trim() === '' ? {} : { name: name.trim().slice(0, mostNameLength) }),
    ...(note.trim() === '' ? {} : { note: note.trim().slice(0, mostNoteLength) }),
    ...(pinned ? { pinned } : {}),
  };
  const next = new Map(known).set(trial, own);
  if (Object.keys(own).length === 0) next.delete(trial);
  if (next.size === 0) return null;
  return { began, trials: [...next].toSorted(([a], [b]) => a - b).map(([id, all]) => ({ trial: id, ...all })) };
}
