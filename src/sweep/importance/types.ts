/** What a coordinate of a trial can be: a number in [0, 1], or a choice, as its place among the choices, from 0. */
export type CoordinateKind = 'number' | { readonly choices: number };

/** A trial's place in the search space, one coordinate a parameter; null where the parameter was not active. */
export type Point = readonly (number | null)[];

/** Mean and standard deviation over the trees of the forest. */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
}

/** Share of the score's variance that two parameters explain together, beyond what each explains alone. */
export interface PairImportance extends Spread {
  /** Places of the parameters, a before b. */
  readonly a: number;
  readonly b: number;
}

/** The mean score at a parameter's values, all others averaged over their whole ranges. */
export interface Marginal {
  /** Coordinates, ascending: a grid of [0, 1] with both ends, or every choice. */
  readonly at: readonly number[];
  /** Mean over the trees at each of `at`, in the score's units. */
  readonly mean: readonly number[];
  /** Standard deviation over the trees. */
  readonly sd: readonly number[];
}

export interface Importance {
  /** Share of the score's variance that each parameter explains alone, in the order of the coordinates. */
  readonly parameters: readonly Spread[];
  /** All pairs, by a, then b. */
  readonly pairs: readonly PairImportance[];
  /** In the order of the coordinates. */
  readonly marginals: readonly Marginal[];
  /**
   * R² of the forest on trials that its trees had not seen (out of bag), at most 1. At 0 and below the forest knows no
   * more than the mean, and its importances say nothing.
   */
  readonly explained: number;
}

/** Importance, or why there is none, in a sentence. */
export type ImportanceResult =
  | { readonly importance: Importance; readonly reason: null }
  | { readonly importance: null; readonly reason: string };
