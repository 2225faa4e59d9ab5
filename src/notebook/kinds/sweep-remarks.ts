/**
 * What the person put down about trials of a sweep: names, notes, pins. They are the person's own work, so they are edits
 * that can be undone, and stand among the settings of the cell, not in its result, which is replaced whenever the sweep
 * has come further. They say which sweep they are about: trials of another one are other trials.
 */
import * as v from 'valibot';
import { integer, list, text, time, yesNo } from '../fields.ts';
import { mostTrials } from './search-space.ts';

export const mostNameLength = 100;
export const mostNoteLength = 1000;

export interface TrialRemarks {
  /** What the person calls it, and says of it. */
  readonly name?: string;
  readonly note?: string;
  /** Kept at the top of the list. */
  readonly pinned?: boolean;
}

export interface SweepRemarks {
  /** When the sweep that they are about began, ISO 8601, UTC. */
  readonly began: string;
  readonly trials: readonly (TrialRemarks & { /** Id. */ readonly trial: number })[];
}

export const sweepRemarks: v.GenericSchema<unknown, SweepRemarks> = v.object({
  began: time,
  trials: list(v.object({
    trial: integer(0, mostTrials - 1),
    name: v.optional(text(mostNameLength)),
    note: v.optional(text(mostNoteLength)),
    pinned: v.optional(yesNo),
  }), mostTrials),
});
