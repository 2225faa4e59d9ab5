import { list, wholeNumber } from './reason.ts';
import type { StatesPicture } from './types.ts';

/**
 * The finding in one sentence: "11 of 12 layers are stable after step 1,150; layer 2 settles last, at step 2,204."
 * Of a trace that is too short for its widths: what it would need.
 * @param names of the layers, as the trace has them
 */
export function settlingSummary(picture: Pick<StatesPicture, 'layers'>, names: readonly string[]): string {
  const unknown = picture.layers.find(({ tooShort }) => tooShort);
  if (unknown) return unknown.reason;
  const all = picture.layers.length;
  const named = (layers: readonly { readonly layer: number }[]): string => list(layers.map(({ layer }) => names[layer] ?? String(layer)));
  const settled = picture.layers
    .flatMap(({ layer, boundaryStep, spans }) => (boundaryStep === null ? [] : [{ layer, boundaryStep, fromStart: spans.length === 1 }]))
    .sort((a, b) => a.boundaryStep - b.boundaryStep);
  const unsettled = picture.layers.filter(({ boundaryStep }) => boundaryStep === null);
  const last = settled.at(-1);
  if (!last) return all === 1 ? `Layer ${names[0]} does not settle within the trace.` : `None of the ${all} layers is stable at the end of the trace.`;
  const when = last.fromStart ? 'from the start' : `after step ${wholeNumber(last.boundaryStep)}`;
  if (unsettled.length > 0) {
    const rest = unsettled.length === 1 ? `layer ${named(unsettled)} is` : `layers ${named(unsettled)} are`;
    return `${settled.length} of ${all} layers ${settled.length === 1 ? 'is' : 'are'} stable ${when}; ${rest} transient at the end.`;
  }
  if (all === 1) return `Layer ${names[0]} is stable ${when}.`;
  const others = settled[settled.length - 2];
  if (last.fromStart || others.boundaryStep === last.boundaryStep) return `All ${all} layers are stable ${when}.`;
  const earlier = others.fromStart ? 'from the start' : `after step ${wholeNumber(others.boundaryStep)}`;
  return `${all - 1} of ${all} layers ${all === 2 ? 'is' : 'are'} stable ${earlier}; layer ${named([last])} settles last, at step ${wholeNumber(last.boundaryStep)}.`;
}

