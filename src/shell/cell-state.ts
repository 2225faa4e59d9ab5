import { formatFraction } from '../ui/format.ts';

/** What a cell's output is worth now. */
export type CellState =
  /** Output and settings agree. */
  | { readonly kind: 'fresh' }
  /** Settings changed since the output was made. */
  | { readonly kind: 'stale' }
  /** Nothing was made yet. */
  | { readonly kind: 'empty' }
  /** `fraction` of the work done, 0 to 1, where it is known. */
  | { readonly kind: 'running'; readonly fraction?: number }
  | { readonly kind: 'failed' };

/** "fresh", "stale", "running 42 %" */
export function stateText(state: CellState): string {
  if (state.kind !== 'running') return state.kind;
  return state.fraction === undefined ? 'running' : `running ${formatFraction(state.fraction)}`;
}
