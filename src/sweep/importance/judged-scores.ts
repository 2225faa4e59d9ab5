/**
 * Scores as importance is measured on them. A few diverged or wild trials would make up all the variance, and importance
 * would be about what breaks a forecaster, not about what makes it good. So scores are held to twice as far above the best
 * one as the third quartile lies; of scores without a heavy tail, as evenly spread or normal ones, next to none is touched,
 * so that they keep their units, which ranks would not. A trial that diverged (NaN or infinite) counts as the worst that
 * is left: at that bound.
 * @returns null where all diverged
 */
export function judgedScores(scores: readonly number[]): Float64Array | null {
  const known = scores.filter(Number.isFinite).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const best = known[0];
  const thirdQuartile = known[Math.ceil(0.75 * known.length) - 1];
  const bound = boundOf(best, thirdQuartile, known[known.length - 1]);
  return Float64Array.from(scores, (score) => (Number.isFinite(score) ? Math.min(score, bound) : bound));
}

function boundOf(best: number, thirdQuartile: number, worst: number): number {
  if (thirdQuartile > best) return 2 * thirdQuartile - best;
  // Most trials are as good as the best: those that are not are what there is to explain.
  if (worst > best) return worst;
  // All that did not diverge are equal; any bound above them tells the others apart.
  return best + (Math.abs(best) || 1);
}
