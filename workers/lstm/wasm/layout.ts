/** Where a network's numbers lie in the kernels' memory while a chunk of rows is worked on. */
import { outputCount, type Network } from '../network.ts';

const FLOAT = 4;
/** Of a cache line. */
const ALIGNMENT = 64;

/** Hands out memory from an address on; nothing is given back. */
export class Arena {
  #end: number;

  constructor(from: number) {
    this.#end = from;
  }

  get end(): number {
    return this.#end;
  }

  /** Address of room for as many float32. */
  take(count: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + count * FLOAT) / ALIGNMENT) * ALIGNMENT;
    return at;
  }
}

export const ceil4 = (count: number): number => Math.ceil(count / 4) * 4;
export const ceil8 = (count: number): number => Math.ceil(count / 8) * 8;

/** What a chunk should take of the caches, bytes. */
const CHUNK_BYTES = 1 << 20;
/** With fewer the weights are read too often; with 4 a step takes a tenth longer. */
const FEWEST_ROWS = 8;
const MOST_ROWS = 64;
/** Multiply-adds that a row may take for `FEWEST_ROWS` to be one piece of work, which nothing interrupts: a twentieth of a second. */
const HEAVY_ROW = 1.25e8;

/** Rows that are worked on at once; a multiple of 4. */
export function chunkRows({ inputs, hidden, bins, layers }: Network): number {
  // Gates, cells and states of a unit are 7 numbers a bin.
  const rowBytes = bins * (inputs + layers * 7 * hidden) * FLOAT;
  // Forward once, backward twice.
  const rowWork = 3 * bins * (inputs + (2 * layers - 1) * hidden) * 4 * hidden;
  return Math.max(rowWork > HEAVY_ROW ? 4 : FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(CHUNK_BYTES / rowBytes / 4) * 4));
}

/** Fields of `Layer` in `assembly/layer.ts`, in its order; its comments say what they are. */
export const LAYER_FIELDS = [
  'inputs', 'hidden', 'bins', 'blocks', 'weights', 'back', 'backInputs', 'gates', 'cells', 'states', 'squashed', 'cellGradient', 'stateGradient',
  'inputGradient', 'gradient',
] as const;

export type LayerLayout = Readonly<Record<(typeof LAYER_FIELDS)[number], number>>;

/** A layer of the head: `columns = rows · matrix + bias`. */
export interface DenseLayout {
  readonly rows: number;
  readonly columns: number;
  readonly panels: number;
  readonly bias: number;
  /** Its transpose, for the gradient of `backRows` of its rows. */
  readonly back: number;
  readonly backRows: number;
  /** `[chunk][ceil8(columns)]`, and the gradient by them. */
  readonly values: number;
  readonly gradient: number;
  /** Of matrix and bias, `[rows + 1][ceil8(columns)]`. */
  readonly sums: number;
}

export interface Layout {
  readonly chunk: number;
  readonly windows: number;
  readonly statics: number;
  readonly candidates: number;
  readonly truths: number;
  /** Where the kernels read what is in `layers`. */
  readonly records: readonly number[];
  readonly layers: readonly LayerLayout[];
  /** The first layer's states after dropout, `[bins][chunk][ceil4(hidden)]`. */
  readonly dropped: number;
  /** `[chunk][hidden + statics]` */
  readonly joined: number;
  /** Gradient of the last hidden state, `[chunk][ceil8(hidden)]`. */
  readonly outer: number;
  readonly dense: DenseLayout | null;
  readonly output: DenseLayout;
  /** A gate's forecasts, and the gradient by them. */
  readonly forecasts: number;
  readonly forecastGradient: number;
  readonly levels: number;
  /** Float64. */
  readonly losses: number;
}

export function layoutOf(network: Network, arena: Arena): Layout {
  const { inputs, hidden, bins, statics, dense, targets, candidates, loss } = network;
  const chunk = chunkRows(network);
  const outputs = outputCount(network);
  const width = ceil4(hidden);
  const joinedCount = hidden + statics;

  const layerFields = (layer: number): LayerLayout => {
    const count = layer === 0 ? inputs : hidden;
    const weights = (1 + count + hidden) * 4 * width;
    return {
      inputs: count, hidden, bins, blocks: width / 4,
      weights: arena.take(weights),
      back: arena.take(ceil8(hidden) * 4 * width),
      backInputs: layer === 0 ? 0 : arena.take(ceil8(count) * 4 * width),
      gates: arena.take(bins * chunk * 4 * width),
      cells: arena.take((bins + 1) * chunk * width),
      states: arena.take((bins + 1) * chunk * width),
      squashed: arena.take(bins * chunk * width),
      cellGradient: arena.take(chunk * width),
      stateGradient: arena.take(chunk * ceil8(hidden)),
      inputGradient: layer === 0 ? 0 : arena.take(bins * chunk * ceil8(count)),
      gradient: arena.take(weights),
    };
  };
  const denseLayout = (rows: number, columns: number, backRows: number): DenseLayout => ({
    rows, columns, backRows,
    panels: arena.take(rows * ceil8(columns)),
    bias: arena.take(ceil8(columns)),
    back: arena.take(ceil8(backRows) * columns),
    values: arena.take(chunk * ceil8(columns)),
    gradient: arena.take(chunk * ceil8(columns)),
    sums: arena.take((rows + 1) * ceil8(columns)),
  });

  return {
    chunk,
    windows: arena.take(chunk * bins * inputs),
    statics: arena.take(chunk * statics),
    candidates: arena.take(chunk * targets * candidates),
    truths: arena.take(chunk * targets),
    records: Array.from({ length: network.layers }, () => arena.take(LAYER_FIELDS.length)),
    layers: Array.from({ length: network.layers }, (_, layer) => layerFields(layer)),
    dropped: arena.take(network.layers === 2 ? bins * chunk * width : 0),
    joined: arena.take(chunk * joinedCount),
    outer: arena.take(chunk * ceil8(hidden)),
    dense: dense > 0 ? denseLayout(joinedCount, dense, hidden) : null,
    output: dense > 0 ? denseLayout(dense, outputs, dense) : denseLayout(joinedCount, outputs, hidden),
    forecasts: arena.take(candidates > 0 ? chunk * targets : 0),
    forecastGradient: arena.take(candidates > 0 ? chunk * targets : 0),
    levels: arena.take(loss.kind === 'pinball' ? loss.levels.length : 0),
    losses: arena.take(2 * chunk),
  };
}
