import { GatecastError } from '../errors.ts';
import { sumRows, toShares } from '../trace/shares.ts';

/** One layer, ready for forecasting: the whole trace, so only `history.ts` hands parts of it to forecasters. */
export interface LayerShares {
  readonly experts: number;
  /** Training step of each row. */
  readonly steps: Float64Array;
  /** Load proportions, `[rows][experts]`; every row sums to 1 (a row without tokens is uniform). */
  readonly shares: Float32Array;
  /** Running sums of `shares`, `[rows + 1][experts]`, first row 0. */
  readonly cumulative: Float64Array;
  /** Tokens of each row; null for a trace of shares, which does not say. */
  readonly tokens: Float64Array | null;
}

/** @param values `[rows][experts]` as recorded; whole numbers (`Uint32Array`) are token counts */
export function layerShares(values: Uint32Array | Float32Array, steps: Float64Array, experts: number): LayerShares {
  if (values.length !== steps.length * experts) {
    throw new GatecastError({
      code: 'internal',
      where: 'layer',
      message: `a layer of ${steps.length} rows and ${experts} experts came with ${values.length} values`,
    });
  }
  const totals = sumRows(values, experts);
  const shares = toShares(values, totals, experts);
  const cumulative = new Float64Array(shares.length + experts);
  for (let i = 0; i < shares.length; i++) cumulative[i + experts] = cumulative[i] + shares[i];
  return { experts, steps, shares, cumulative, tokens: values instanceof Uint32Array ? totals : null };
}
