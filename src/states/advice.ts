import type { Boundaries } from './agreement.ts';
import { list, wholeNumber } from './reason.ts';

/** From when on a layer's forecasts can be trusted: when both criteria say so; null: not by the end. */
export function trustedFrom({ driftStep, errorStep }: Boundaries): number | null {
  return driftStep === null || errorStep === null ? null : Math.max(driftStep, errorStep);
}

/**
 * What to do with forecasts on this trace, in words: "Forecasts of the next 1,000 steps can be trusted from step 2,300 on
 * for 10 of 12 layers, for half of them from step 900 on. Layers 0 and 7 keep drifting: reserve capacity for them instead."
 * @param names of the layers, as the trace has them
 */
export function adviceInWords(boundaries: readonly Boundaries[], names: readonly string[], horizonSteps: number): string {
  const all = boundaries.length;
  const from = boundaries.flatMap((one) => {
    const step = trustedFrom(one);
    return step === null ? [] : [step];
  }).toSorted((a, b) => a - b);
  const drifting = boundaries.filter((one) => trustedFrom(one) === null);
  const forecasts = `forecasts of the next ${wholeNumber(horizonSteps)} steps`;
  if (from.length === 0) {
    return all === 1
      ? 'The layer keeps moving: reserve capacity for it instead of trusting forecasts.'
      : 'All layers keep moving: reserve capacity for them instead of trusting forecasts.';
  }
  const last = from[from.length - 1];
  const half = from[(from.length - 1) >> 1];
  const whom = all === 1 ? '' : drifting.length === 0 ? ' for all layers' : ` for ${from.length} of ${all} layers`;
  const sooner = from.length > 3 && half < last ? `, for half of ${drifting.length === 0 ? 'the layers' : 'those'} from step ${wholeNumber(half)} on` : '';
  const trusted = `${capital(forecasts)} can be trusted from step ${wholeNumber(last)} on${whom}${sooner}.`;
  if (drifting.length === 0) return trusted;
  const one = drifting.length === 1;
  const which = drifting.length > 8 ? `The other ${drifting.length} layers keep` : `${one ? 'Layer' : 'Layers'} ${list(drifting.map(({ layer }) => names[layer] ?? String(layer)))} ${one ? 'keeps' : 'keep'}`;
  return `${trusted} ${which} moving: reserve capacity for ${one ? 'it' : 'them'} instead.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
