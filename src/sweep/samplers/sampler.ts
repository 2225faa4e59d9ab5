/** What chooses the settings that a sweep tries. */
import { everySetting } from '../enumerate.ts';
import { keyOf, type Setting } from '../space.ts';
import type { SearchSpace, Trial, TrialRecord } from '../types.ts';

/** Of one sweep over one space. What it chooses follows from the seed and the records, so a sweep that is taken up again goes on as it would have. */
export interface Sampler {
  /**
   * @param records all trials so far, each at the place that its id names; they only become more
   * @returns a setting that does what none of them does; null: the space has no more
   */
  next(records: readonly TrialRecord[]): Trial | null;
}

/** Settings that were tried. */
export class Tried {
  readonly #keys = new Set<string>();
  #read = 0;

  /** Reads the records that were not there before. */
  read(records: readonly TrialRecord[]): void {
    for (; this.#read < records.length; this.#read++) this.#keys.add(keyOf(records[this.#read]));
  }

  has(setting: Setting): boolean {
    return this.#keys.has(keyOf(setting));
  }

  /** The first one that was not tried, or null. */
  firstOther(settings: Iterable<Setting>): Setting | null {
    for (const setting of settings) {
      if (!this.has(setting)) return setting;
    }
    return null;
  }

  /** The first one of the space in its order, for when chance finds no other; null where all were tried. */
  lastResort(space: SearchSpace): Setting | null {
    return this.firstOther(everySetting(space));
  }
}

export function trialOf(records: readonly TrialRecord[], setting: Setting | null): Trial | null {
  return setting && { id: records.length, ...setting };
}
