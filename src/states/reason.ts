import type { BoundarySearch } from './boundary.ts';
import { rearmFactor } from './boundary.ts';
import type { StatesSettings } from './types.ts';

export const wholeNumber = (value: number): string => Math.round(value).toLocaleString('en-US');
const stepCount = (value: number): string => `${wholeNumber(value)} ${Math.round(value) === 1 ? 'step' : 'steps'}`;
const percent = (value: number): string => `${value.toLocaleString('en-US', { maximumSignificantDigits: 2 })} %`;

export interface ReasonParts {
  readonly search: BoundarySearch;
  readonly settings: StatesSettings;
  readonly steps: Float64Array;
  /** Load error in %, at least the setting's. */
  readonly threshold: number;
  /** The last drift, load error in %. */
  readonly lastDrift: number;
  /** What of it the fluctuation from step to step alone explains, load error in %. */
  readonly noise: number;
}

/**
 * What a trace lacks for any layer to be found stable.
 * @param needSteps two drift windows and the hold time
 * @param haveSteps the recorded rows, in steps
 */
export function tooShortReason({ driftSteps, holdSteps }: StatesSettings, needSteps: number, haveSteps: number): string {
  return `The trace is too short to tell: ${wholeNumber(driftSteps)}-step spans held for ${stepCount(holdSteps)} need ${stepCount(needSteps)}, `
    + `it has ${wholeNumber(haveSteps)}; choose shorter widths.`;
}

/** Why a layer's boundary lies where it does, in one or two sentences. */
export function boundaryReason({ search, settings, steps, threshold, lastDrift, noise }: ReasonParts): string {
  const { changes, lowSince } = search;
  const line = percent(threshold);
  const high = percent(rearmFactor * threshold);
  const hold = stepCount(settings.holdSteps);
  const at = (row: number): string => `step ${wholeNumber(steps[row])}`;
  const last = changes.at(-1);
  const previous = changes.at(-2);
  if (last?.state === 'stable') {
    if (last.row === 0) return `Drift was at most ${line} from the start and stayed there for ${hold}.`;
    if (previous) return `Drift rose over ${high} at ${at(previous.row)}, fell under ${line} again at ${at(last.row)} and stayed there for ${hold}.`;
    return `Drift fell under ${line} at ${at(last.row)} and stayed there for ${hold}.`;
  }
  if (lowSince !== null) return `Drift has been under ${line} since ${at(lowSince)}, not yet for ${hold}.`;
  const start = last
    ? `Drift rose over ${high} at ${at(last.row)} and has not stayed under ${line} for ${hold} since; it ended at ${percent(lastDrift)}.`
    : `Drift never stayed under ${line} for ${hold}; it ended at ${percent(lastDrift)}.`;
  const explained = noise > threshold / 2
    ? ` Fluctuation from step to step alone makes about ${percent(noise)} of drift: wider drift windows would tell more.`
    : '';
  return start + explained;
}

/** "0, 3 and 7" */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
