import { StoredLayer, rowsOf, type HeldValues, type LayerSource } from '../kept/stored-layer.ts';
import type { TraceLayer } from '../trace.ts';

type Values = TraceLayer['values'];

/** The same layer with its rows in another order. One that is not all in memory is read when it is asked for. */
export function reordered(layer: TraceLayer, order: Uint32Array): TraceLayer {
  if (layer instanceof StoredLayer) return StoredLayer.from(layer, new ReorderedValues(layer, order), layer.held);
  return { ...layer, values: permuted(layer, order) };
}

function permuted({ values, experts }: TraceLayer, order: Uint32Array): Values {
  const result = values instanceof Uint32Array ? new Uint32Array(order.length * experts) : new Float32Array(order.length * experts);
  order.forEach((row, i) => result.set(values.subarray(row * experts, (row + 1) * experts), i * experts));
  return result;
}

class ReorderedValues implements LayerSource {
  readonly checked = true;
  readonly #layer: StoredLayer;
  readonly #order: Uint32Array;

  constructor(layer: StoredLayer, order: Uint32Array) {
    this.#layer = layer;
    this.#order = order;
  }

  whole(): Values {
    const { experts } = this.#layer;
    return permuted({ name: '', experts, values: this.#layer.look({}) }, this.#order);
  }

  rows(from: number, to: number): Values {
    const order = this.#order;
    const parts: Values[] = [];
    // Rows that lie behind each other are read together.
    for (let row = from; row < to;) {
      let end = row + 1;
      while (end < to && order[end] === order[end - 1] + 1) end++;
      parts.push(this.#layer.rows(order[row], order[row] + end - row));
      row = end;
    }
    return joined(parts, parts.every((part) => part instanceof Float32Array));
  }
}

/** A layer of several traces, one after the other. */
export interface LayerPart {
  readonly layer: TraceLayer;
  readonly rows: number;
}

/**
 * One layer of the rows of several. It is read when it is asked for where one of them is.
 * @param fractional whether it holds shares, also where some part holds counts
 */
export function concatenated(parts: readonly LayerPart[], fractional: boolean, held: HeldValues): TraceLayer {
  const [{ layer: { name, experts } }] = parts;
  if (parts.some(({ layer }) => layer instanceof StoredLayer)) return StoredLayer.from({ name, experts }, new ConcatenatedValues(parts, fractional), held);
  return { name, experts, values: joined(parts.map(({ layer }) => layer.values), fractional) };
}

class ConcatenatedValues implements LayerSource {
  readonly checked = true;
  readonly #parts: readonly LayerPart[];
  readonly #fractional: boolean;

  constructor(parts: readonly LayerPart[], fractional: boolean) {
    this.#parts = parts;
    this.#fractional = fractional;
  }

  whole(): Values {
    return this.rows(0, this.#parts.reduce((sum, { rows }) => sum + rows, 0));
  }

  rows(from: number, to: number): Values {
    const found: Values[] = [];
    let start = 0;
    for (const { layer, rows } of this.#parts) {
      const [begin, end] = [Math.max(from - start, 0), Math.min(to - start, rows)];
      if (begin < end) found.push(rowsOf(layer, begin, end));
      start += rows;
    }
    return joined(found, this.#fractional);
  }
}

function joined(parts: readonly Values[], fractional: boolean): Values {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = fractional ? new Float32Array(length) : new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
