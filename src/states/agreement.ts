import { spearman } from '../forecast/series/rank-correlation.ts';
import { wholeNumber } from './reason.ts';

/** When a layer becomes stable by the drift and by the error curve, steps; null: not by the end. */
export interface Boundaries {
  readonly layer: number;
  readonly driftStep: number | null;
  readonly errorStep: number | null;
}

const fewestForRanks = 4;
const significance = 0.05;

/** "The two criteria lie 120 steps apart in the median, and rank the layers alike (ρ = 0.81, p = 0.002)." */
export function agreementInWords(all: readonly Boundaries[]): string {
  const both = all.flatMap(({ driftStep, errorStep }) => (driftStep === null || errorStep === null ? [] : [{ driftStep, errorStep }]));
  const apart = all.filter(({ driftStep, errorStep }) => (driftStep === null) !== (errorStep === null)).length;
  const neither = all.length - both.length - apart;
  const disagree = apart > 0 ? ` On ${apart} of ${all.length} ${all.length === 1 ? 'layer' : 'layers'} only one of the two finds a stable state.` : '';
  if (both.length === 0) return neither === all.length ? 'By neither criterion any layer is stable at the end.' : `No layer is stable by both criteria.${disagree}`;
  const distances = both.map(({ driftStep, errorStep }) => Math.abs(driftStep - errorStep)).toSorted((a, b) => a - b);
  const median = (distances[(distances.length - 1) >> 1] + distances[distances.length >> 1]) / 2;
  const start = `The error curve and the drift put the boundary ${wholeNumber(Math.round(median))} steps apart${both.length > 1 ? ' in the median' : ''}`;
  if (both.length < fewestForRanks) return `${start}.${disagree}`;
  const { rho, pValue } = spearman(Float64Array.from(both, ({ driftStep }) => driftStep), Float64Array.from(both, ({ errorStep }) => errorStep));
  const ranks = pValue >= significance ? 'and agree no better than chance on which layers settle first' : rho > 0 ? 'and agree on which layers settle first' : 'and rank the layers in opposite orders';
  return `${start}, ${ranks} (${correlation(rho, pValue)}).${disagree}`;
}

/** "ρ = −0.72, p = 0.008" */
export function correlation(rho: number, pValue: number): string {
  return `ρ = ${rho.toFixed(2).replace('-', '−')}, p ${pValue < 0.001 ? '< 0.001' : `= ${pValue.toFixed(3)}`}`;
}
