import type { HeatmapPicture } from '../../../workers/contract.ts';

/** Part of the cells that may lie above the top of the colours: a few spikes must not darken everything else. */
const above = 0.005;
/** Cells looked at; more would not move the quantile that is looked for. */
const sampled = 20_000;

/** Share at the top of the colours: one that all but half a percent of the cells stay under. */
export function colourTop(pictures: readonly HeatmapPicture[]): number | undefined {
  const cells = pictures.reduce((sum, { shares }) => sum + shares.length, 0);
  const stride = Math.max(1, Math.ceil(cells / sampled));
  const values: number[] = [];
  for (const { shares } of pictures) for (let i = 0; i < shares.length; i += stride) values.push(shares[i]);
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const top = values[Math.min(values.length - 1, Math.floor(values.length * (1 - above)))];
  return top > 0 ? top : undefined;
}
