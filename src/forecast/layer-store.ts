import { GatecastError } from '../errors.ts';
import { Recent } from '../recent.ts';
import type { Comparisons } from './forecast-picture.ts';
import type { LayerShares } from './layer-shares.ts';

export interface KeptLayer {
  readonly shares: LayerShares;
  /** Comparisons made for this layer so far. */
  readonly comparisons: Comparisons;
}

/** 500 MB: eight layers of 256 experts × 20,000 steps. */
const defaultMaximumBytes = 500e6;

/** Layers ready for forecasting; the one unused for longest goes first when there is no more room. */
export class LayerStore {
  readonly #layers: Recent<string, KeptLayer>;

  constructor(maximumBytes = defaultMaximumBytes) {
    this.#layers = new Recent(maximumBytes, ({ shares }) => bytesOf(shares));
  }

  has(fingerprint: string, layer: number): boolean {
    return this.#layers.has(keyOf(fingerprint, layer));
  }

  put(fingerprint: string, layer: number, shares: LayerShares): void {
    this.#layers.put(keyOf(fingerprint, layer), { shares, comparisons: new Map() });
  }

  /** Rejects with `bad-setting` and where "layer" when the layer was not put here, or had to go. */
  get(fingerprint: string, layer: number): KeptLayer {
    const kept = this.#layers.get(keyOf(fingerprint, layer));
    if (!kept) {
      throw new GatecastError({ code: 'bad-setting', where: 'layer', message: `layer ${layer} is not loaded`, remedy: 'load the layer and ask again' });
    }
    return kept;
  }
}

const keyOf = (fingerprint: string, layer: number): string => `${fingerprint} ${layer}`;

function bytesOf({ steps, shares, cumulative, tokens }: LayerShares): number {
  return steps.byteLength + shares.byteLength + cumulative.byteLength + (tokens?.byteLength ?? 0);
}
