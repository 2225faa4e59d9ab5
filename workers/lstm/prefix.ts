import type { BinnedHistory } from '../contract.ts';

/** Block means of one layer with running sums, so that the mean of any span of grains costs one subtraction. */
export interface Prefix {
  readonly layer: number;
  readonly experts: number;
  readonly grains: number;
  /** `[grains + 1][experts]`, first row 0 */
  readonly sums: Float64Array;
}

export function prefixOf(history: BinnedHistory): Prefix {
  const { layer, experts, bins: grains, shares } = history;
  const sums = new Float64Array((grains + 1) * experts);
  for (let i = 0; i < grains * experts; i++) sums[i + experts] = sums[i] + shares[i];
  return { layer, experts, grains, sums };
}

/** Mean share of an expert over the grains `from` (in) to `to` (out); `from < to`. */
export function meanShare({ experts, sums }: Prefix, expert: number, from: number, to: number): number {
  return (sums[to * experts + expert] - sums[from * experts + expert]) / (to - from);
}
