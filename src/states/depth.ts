import { spearman } from '../forecast/series/rank-correlation.ts';
import { correlation, type Boundaries } from './agreement.ts';
import type { StatesPicture } from './types.ts';

/** Fewer layers have no order that could be told from chance. */
const fewestLayers = 4;
const significance = 0.05;

/** Sliding variance of each layer, mean over the trace; NaN where no window is full. */
export function fluctuations({ layers, columnSteps, varianceLong }: Pick<StatesPicture, 'layers' | 'columnSteps' | 'varianceLong'>): Float64Array {
  const columns = columnSteps.length;
  return Float64Array.from(layers, (_, layer) => {
    let sum = 0;
    let count = 0;
    for (let i = layer * columns; i < (layer + 1) * columns; i++) {
      if (!Number.isFinite(varianceLong[i])) continue;
      sum += varianceLong[i];
      count++;
    }
    return sum / count;
  });
}

/**
 * Whether shallow layers differ from deep ones, in two sentences: in how much they fluctuate, and in when they settle. A
 * layer that never settles ranks after all others.
 */
export function depthInWords(fluctuating: Float64Array, boundaries: readonly Boundaries[]): string {
  if (boundaries.length < fewestLayers) return `With ${boundaries.length} ${boundaries.length === 1 ? 'layer' : 'layers'} shallow and deep ones cannot be told apart from chance.`;
  const depth = Float64Array.from(boundaries, (_, i) => i);
  const variance = spearman(depth, fluctuating);
  const settling = spearman(depth, Float64Array.from(boundaries, ({ driftStep }) => driftStep ?? Number.MAX_SAFE_INTEGER));
  const first = variance.pValue >= significance
    ? `Shallow and deep layers fluctuate alike, as far as can be told (${correlation(variance.rho, variance.pValue)})`
    : `${variance.rho < 0 ? 'Shallow layers fluctuate more than deep ones, as in the paper' : 'Deep layers fluctuate more than shallow ones, other than in the paper'} (${correlation(variance.rho, variance.pValue)})`;
  const second = settling.pValue >= significance
    ? `when they settle has no relation to depth beyond chance (${correlation(settling.rho, settling.pValue)})`
    : `${settling.rho < 0 ? 'shallow ones settle later' : 'deep ones settle later'} (${correlation(settling.rho, settling.pValue)})`;
  return `${first}; ${second}.`;
}
