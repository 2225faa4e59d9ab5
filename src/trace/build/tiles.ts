import { emptyCount, type Cells, type CellBlock, type CellStore } from './cell-store.ts';
import type { LayerSource } from '../kept/stored-layer.ts';

/** A piece of a layer: `rows` rows from `row` on, `width` experts from `expert` on, row by row in a block. */
export interface Tile {
  readonly block: CellBlock;
  readonly row: number;
  readonly rows: number;
  readonly expert: number;
  readonly width: number;
}

export interface TiledLayer {
  /** Tiles that hold any of the rows `from` (in) to `to` (out). What is in none is 0. */
  tiles(from: number, to: number): Iterable<Tile>;
  readonly rows: number;
  readonly fractional: boolean;
  /** The tiles' expert that is the layer's expert 0. */
  readonly first: number;
  /** Experts of the layer, and how many of them are in the tiles; the others are 0. */
  readonly experts: number;
  readonly present: number;
  /** Whether cells may be empty. */
  readonly sparse: boolean;
}

/** A layer put together from its tiles, in memory or in the scratch file. */
export class TiledValues implements LayerSource {
  readonly checked = true;
  readonly #store: CellStore;
  readonly #layer: TiledLayer;

  constructor(store: CellStore, layer: TiledLayer) {
    this.#store = store;
    this.#layer = layer;
  }

  whole(room?: ArrayBuffer): Cells {
    const { rows, experts } = this.#layer;
    if (room?.byteLength !== rows * experts * 4) return this.rows(0, rows);
    // What is in no tile is 0.
    new Uint32Array(room).fill(0);
    return this.#read(0, rows, room);
  }

  rows(from: number, to: number): Cells {
    return this.#read(from, to, new ArrayBuffer((to - from) * this.#layer.experts * 4));
  }

  #read(from: number, to: number, room: ArrayBuffer): Cells {
    const { fractional, experts } = this.#layer;
    const values = fractional ? new Float32Array(room) : new Uint32Array(room);
    for (const tile of this.#layer.tiles(from, to)) {
      const begin = Math.max(from, tile.row);
      const end = Math.min(to, tile.row + tile.rows);
      const [first, last] = [(begin - tile.row) * tile.width, (end - tile.row) * tile.width];
      const start = (begin - from) * experts;
      if (this.#isAsWide(tile)) this.#store.copy(tile.block, first, values.subarray(start, start + last - first));
      else this.#put(this.#store.read(tile.block, first, last, fractional), tile, values, start);
    }
    return values;
  }

  /** Whether the tile's rows are the layer's, and nothing lacks in them. */
  #isAsWide({ expert, width }: Tile): boolean {
    const { sparse, first, experts, present } = this.#layer;
    return !sparse && expert === first && width === experts && present === experts;
  }

  #put(cells: Cells, { expert, width }: Tile, values: Cells, start: number): void {
    const { fractional, experts, first, present, sparse } = this.#layer;
    const shift = expert - first;
    const left = Math.max(0, -shift);
    const right = Math.min(width, present - shift);
    for (let row = 0, to = start + shift; row < cells.length; row += width, to += experts) {
      // A copy at once costs as much as some ten cells.
      if (!sparse && right - left > 10) {
        values.set(cells.subarray(row + left, row + right), to + left);
        continue;
      }
      for (let cell = left; cell < right; cell++) {
        const load = cells[row + cell];
        if (fractional ? load === load : load !== emptyCount) values[to + cell] = load;
      }
    }
  }
}
