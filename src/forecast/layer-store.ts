import { GatecastError } from '../errors.ts';
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
  // A Map keeps the order of insertion: the first key is the one unused for longest.
  readonly #layers = new Map<string, KeptLayer>();
  readonly #maximumBytes: number;

  constructor(maximumBytes = defaultMaximumBytes) {
    this.#maximumBytes = maximumBytes;
  }

  has(fingerprint: string, layer: number): boolean {
    return this.#layers.has(keyOf(fingerprint, layer));
  }

  put(fingerprint: string, layer: number, shares: LayerShares): void {
    const key = keyOf(fingerprint, layer);
    this.#layers.delete(key);
    this.#layers.set(key, { shares, comparisons: new Map() });
    let bytes = [...this.#layers.values()].reduce((sum, kept) => sum + bytesOf(kept.shares), 0);
    for (const [oldest, kept] of this.#layers) {
      if (bytes <= this.#maximumBytes || oldest === key) break;
      this.#layers.delete(oldest);
      bytes -= bytesOf(kept.shares);
    }
  }

  /** Rejects with `bad-setting` and where "layer" when the layer was not put here, or had to go. */
  get(fingerprint: string, layer: number): KeptLayer {
    const key = keyOf(fingerprint, layer);
    const kept = this.#layers.get(key);
    if (!kept) {
      throw new GatecastError({ code: 'bad-setting', where: 'layer', message: `layer ${layer} is not loaded`, remedy: 'load the layer and ask again' });
    }
    this.#layers.delete(key);
    this.#layers.set(key, kept);
    return kept;
  }
}

const keyOf = (fingerprint: string, layer: number): string => `${fingerprint} ${layer}`;

function bytesOf({ steps, shares, cumulative, tokens }: LayerShares): number {
  return steps.byteLength + shares.byteLength + cumulative.byteLength + (tokens?.byteLength ?? 0);
}
