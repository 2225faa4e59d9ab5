/** The largest difference of errors to what they were, % of that: NaN where an error is missing on either side, or their numbers differ. */
export function differencePercent(before: readonly number[], now: readonly number[]): number {
  if (before.length === 0 || before.length !== now.length) return NaN;
  return Math.max(...before.map((error, i) => (now[i] === error ? 0 : 100 * Math.abs(now[i] / error - 1))));
}
