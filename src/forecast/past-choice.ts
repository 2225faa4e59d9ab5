import { pastAnchors } from './anchors.ts';

/**
 * Which of several settings did best, at each of `count` anchors in a row: the one with the least error over the last
 * `pastAnchors` anchors that were resolved there; the first where none was.
 * @param errors of each setting, by judged anchor; NaN is left out
 * @param newest index of the newest judged anchor that was resolved at the first of the anchors; may be negative
 */
export function bestAt(errors: readonly Float64Array[], newest: number, count: number): Uint32Array {
  const best = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let least = Infinity;
    for (let setting = 0; setting < errors.length; setting++) {
      const error = pastError(errors[setting], newest + i);
      if (error >= least || Number.isNaN(error)) continue;
      least = error;
      best[i] = setting;
    }
  }
  return best;
}

/** Mean error over the last `anchors` judged ones up to `newest`; NaN where none has one. */
export function pastError(errors: Float64Array, newest: number, anchors = pastAnchors): number {
  let sum = 0;
  let known = 0;
  for (let anchor = Math.max(0, newest - anchors + 1); anchor <= newest; anchor++) {
    if (Number.isNaN(errors[anchor])) continue;
    sum += errors[anchor];
    known++;
  }
  return known > 0 ? sum / known : NaN;
}
