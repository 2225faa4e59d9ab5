/** Whether networks of a trial that were trained on one trace can forecast another one. */
import type { ParameterValues } from '../forecast/contract.ts';
import { checkedLstmSettings, onBank, poolsLayers } from '../forecast/lstm.ts';

/** A trace that networks were trained on, or are to forecast. */
export interface NetworkPlace {
  /** Layers that take part, by place. */
  readonly layers: readonly number[];
  readonly expertsOf: (layer: number) => number;
  /** Whether a forecaster may learn from a layer's neighbours. */
  readonly neighbours: boolean;
}

/** Why networks that were trained at `from` cannot forecast the layers of `to`, in words; null where they can. */
export function networkMisfit(values: ParameterValues, from: NetworkPlace, to: NetworkPlace): string | null {
  const settings = checkedLstmSettings(values);
  if (onBank(settings) && from.neighbours !== to.neighbours) return 'its network weighs forecasts that learn from neighbouring layers, and only one of the two traces has such';
  if (poolsLayers(settings)) return null;
  const missing = to.layers.find((layer) => !from.layers.includes(layer));
  if (missing !== undefined) return `each layer has a network of its own, and none was trained for the one at place ${missing + 1}`;
  const other = to.layers.find((layer) => from.expertsOf(layer) !== to.expertsOf(layer));
  if (other === undefined) return null;
  return `the network of the layer at place ${other + 1} takes ${from.expertsOf(other)} experts, and this trace has ${to.expertsOf(other)} there`;
}
