import type { HeatmapPicture, LinesPicture } from '../../../workers/contract.ts';

/** Means of the first and the last tenth of a series' columns. */
function ends(values: Float32Array): readonly [first: number, last: number] {
  const part = Math.max(1, Math.floor(values.length / 10));
  const mean = (some: Float32Array): number => some.reduce((sum, value) => sum + value, 0) / some.length;
  return [mean(values.subarray(0, part)), mean(values.subarray(values.length - part))];
}

/** The Load cell's finding: who is busiest, and how the imbalance went from the start to the end of what is shown. */
export function loadFinding(layer: string, heatmap: HeatmapPicture, ratio: LinesPicture | null, percent: (share: number) => string): string {
  const { experts, columns, shares } = heatmap;
  const means = Array.from({ length: experts }, (_, expert) => shares.subarray(expert * columns, (expert + 1) * columns).reduce((sum, share) => sum + share, 0) / columns);
  const busiest = means.indexOf(Math.max(...means));
  const idlest = means.indexOf(Math.min(...means));
  const start = experts === 1
    ? `${layer} has a single expert, which gets everything.`
    : `In ${layer}, expert ${busiest} is the busiest with ${percent(means[busiest])} of the tokens, expert ${idlest} the idlest with ${percent(means[idlest])}; even would be ${percent(1 / experts)}.`;
  if (!ratio || ratio.mean.length === 0 || experts === 1) return start;
  const [first, last] = ends(ratio.mean);
  const change = Math.abs(last - first) < 0.05 * first ? 'stays near' : last < first ? 'falls to' : 'rises to';
  return `${start} The busiest expert’s load over the mean ${change} ${last.toFixed(2)}${change === 'stays near' ? '' : `, from ${first.toFixed(2)} at the start`}.`;
}
