/** What the keyboard does to a crosshair over stops (steps) and rows (experts). Pure. */

export interface CrosshairState {
  /** Stop under the crosshair; null when it is not shown. */
  readonly stop: number | null;
  /** Row under the crosshair; 0 where a picture has no rows. */
  readonly row: number;
  /** Other end of the chosen range; null when nothing is chosen. */
  readonly anchor: number | null;
}

export type KeyResult =
  | { readonly kind: 'move'; readonly state: CrosshairState }
  | { readonly kind: 'apply'; readonly state: CrosshairState }
  | { readonly kind: 'clear'; readonly state: CrosshairState }
  | { readonly kind: 'zoom-out' };

/**
 * Arrows move by one stop or row, Page keys by a tenth, Home and End to the ends; with Shift they choose a range.
 * Enter applies the chosen range, Escape clears it, then hides the crosshair, then zooms out.
 * @returns null for keys that mean nothing here
 */
export function crosshairKey(state: CrosshairState, key: string, shift: boolean, stops: number, rows: number): KeyResult | null {
  if (stops === 0) return null;
  const at = state.stop;
  const page = Math.max(1, Math.round(stops / 10));
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -1, ArrowRight: 1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity,
  };
  if (key in moves) {
    // The first key shows the crosshair in the middle; Home and End go to the ends at once.
    const from = at ?? Math.floor((stops - 1) / 2);
    const stop = at === null && Number.isFinite(moves[key]) ? from : Math.min(stops - 1, Math.max(0, from + moves[key]));
    const anchor = shift ? (state.anchor ?? from) : null;
    return { kind: 'move', state: { ...state, stop, anchor } };
  }
  if ((key === 'ArrowUp' || key === 'ArrowDown') && rows > 1) {
    const row = Math.min(rows - 1, Math.max(0, state.row + (key === 'ArrowUp' ? -1 : 1)));
    return { kind: 'move', state: { ...state, stop: at ?? Math.floor((stops - 1) / 2), row: at === null ? state.row : row } };
  }
  if (key === 'Enter') return state.anchor !== null && at !== null && state.anchor !== at ? { kind: 'apply', state } : null;
  if (key === 'Escape') {
    if (state.anchor !== null) return { kind: 'clear', state: { ...state, anchor: null } };
    if (at !== null) return { kind: 'clear', state: { ...state, stop: null } };
    return { kind: 'zoom-out' };
  }
  return null;
}

/** Steps from stop `a` through stop `b`, whichever is first; the last stop lasts until the next one or `endStep`. */
export function chosenSpan(stops: ArrayLike<number>, a: number, b: number, endStep: number): { fromStep: number; toStep: number } {
  const first = Math.min(a, b);
  const last = Math.max(a, b);
  return { fromStep: stops[first], toStep: last + 1 < stops.length ? stops[last + 1] : endStep };
}
