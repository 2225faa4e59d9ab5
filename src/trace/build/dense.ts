import type { ArrayLayout, Axis } from '../arrays/axes.ts';
import { lengthOf } from '../arrays/axes.ts';
import { CellStore, toFractions, type CellBlock, type Cells } from './cell-store.ts';
import { largestLoad } from '../read/load.ts';
import type { Values } from '../arrays/elements.ts';
import type { Problems } from '../read/problems.ts';
import { StoredLayer, heldValues } from '../kept/stored-layer.ts';
import { TiledValues, type Tile } from './tiles.ts';
import type { TraceLayer } from '../trace.ts';

/** The largest whole number that stays a count; the value above it is what -1 becomes in unsigned arrays. */
const mostCount = 0xfffffffe;

/** Tiles of all layers that are filled side by side take this part of what is held: the rest are full, and wait to be written together. */
const activePart = 0.25;

export interface GridForm {
  readonly rows: number;
  /** Of each layer. */
  readonly experts: readonly number[];
  /** Whether all steps of an expert come before the next expert's, rather than all experts of a step. */
  readonly expertAfterExpert: boolean;
}

/**
 * Cells of layers whose shape is known before their loads: one tile a layer where all fit in memory, else tiles of some steps
 * or of some experts, whichever are filled one after the other. Turns to floats at the first load that is no whole number.
 */
export class DenseGrid {
  readonly rows: number;
  readonly experts: readonly number[];
  fractional = false;
  readonly #store: CellStore;
  /** Whether all stays in memory, a tile a layer. */
  readonly #whole: boolean;
  readonly #tileRows: number;
  readonly #tileExperts: number;
  /** Of each layer, those that were begun, by row of tiles and place in it. */
  readonly #tiles: (Tile | undefined)[][];

  constructor({ rows, experts, expertAfterExpert }: GridForm, store = new CellStore()) {
    this.rows = rows;
    this.experts = experts;
    this.#store = store;
    this.#tiles = experts.map(() => []);
    const rowCells = experts.reduce((sum, count) => sum + count, 0);
    this.#whole = store.keep(rows * rowCells * 4);
    if (!this.#whole) store.expect(rows * rowCells * 4);
    const widest = Math.max(1, ...experts);
    const active = this.#whole ? Infinity : (store.heldBytes * activePart) / 4;
    const between = (value: number, most: number): number => Math.max(1, Math.min(most, Math.floor(value)));
    this.#tileExperts = expertAfterExpert ? between(active / (rows * experts.length), widest) : widest;
    this.#tileRows = between(expertAfterExpert ? active / (experts.length * this.#tileExperts) : active / rowCells, rows);
  }

  /** The tile that a cell is in. */
  tileAt(layer: number, row: number, expert: number): Tile {
    const tiles = this.#tiles[layer];
    const index = this.#whole ? 0 : Math.floor(row / this.#tileRows) * this.#across(layer) + Math.floor(expert / this.#tileExperts);
    return (tiles[index] ??= this.#begin(layer, index));
  }

  /** The cells of a tile, to be read and changed until the next tile's are asked for. */
  cellsOf({ block }: Tile): Cells {
    return block.cells ?? this.#store.touch(block, this.fractional);
  }

  becomeFractional(): void {
    this.fractional = true;
    for (const { block } of this.#tiles.flat().filter((tile) => tile !== undefined)) {
      if (block.cells instanceof Uint32Array) block.cells = toFractions(block.cells);
    }
  }

  /** The layers; the grid is not used any more. */
  layers(names: readonly string[]): TraceLayer[] {
    if (!this.#whole) this.#store.sendAll();
    const held = heldValues(this.#store.heldBytes);
    return names.map((name, layer) => {
      const experts = this.experts[layer];
      if (this.#whole) return { name, experts, values: this.cellsOf(this.tileAt(layer, 0, 0)) };
      const values = new TiledValues(this.#store, {
        tiles: (from, to) => this.tilesOf(layer, from, to),
        rows: this.rows, fractional: this.fractional, first: 0, experts, present: experts, sparse: false,
      });
      return StoredLayer.from({ name, experts }, values, held);
    });
  }

  #across(layer: number): number {
    return Math.ceil(this.experts[layer] / this.#tileExperts);
  }

  #begin(layer: number, index: number): Tile {
    const across = this.#whole ? 1 : this.#across(layer);
    const row = Math.floor(index / across) * this.#tileRows;
    const expert = (index % across) * this.#tileExperts;
    const rows = Math.min(this.#tileRows, this.rows - row);
    const width = Math.min(this.#tileExperts, this.experts[layer] - expert);
    return { row, rows, expert, width, block: this.#block(rows * width) };
  }

  #block(length: number): CellBlock {
    if (!this.#whole) return this.#store.take(length, this.fractional, 0);
    return { length, cells: this.fractional ? new Float32Array(length) : new Uint32Array(length) };
  }

  /** Tiles of a layer that were begun and hold any of the rows `from` (in) to `to` (out). */
  *tilesOf(layer: number, from = 0, to = this.rows): Generator<Tile, void> {
    const across = this.#across(layer);
    const tiles = this.#tiles[layer];
    const end = Math.ceil(to / this.#tileRows) * across;
    for (let index = Math.floor(from / this.#tileRows) * across; index < end; index++) {
      const tile = tiles[index];
      if (tile) yield tile;
    }
  }
}

/** Values of an array: `count` of them from `from` on, every `stride`-th. */
interface Part {
  readonly from: number;
  readonly count: number;
  readonly stride: number;
}

/** Cells from one on to the end of its tile, down the rows or along the experts. */
function roomIn(tile: Tile, row: number, expert: number, downRows: boolean): number {
  return downRows ? tile.row + tile.rows - row : tile.expert + tile.width - expert;
}

/** Puts the elements of an array into a grid, in the order of the file, whatever its axes are. */
export class GridFiller {
  readonly #grid: DenseGrid;
  readonly #problems: Problems;
  readonly #firstLayer: number;
  /** Axes from the slowest to the fastest in the file. */
  readonly #axes: readonly Axis[];
  readonly #lengths: readonly number[];
  #at = 0;
  /** Where in the array the values begin that are being put in. */
  #pushStart = 0;

  /** @param firstLayer layer of the grid that the array's first layer goes to */
  constructor(grid: DenseGrid, layout: ArrayLayout, fortranOrder: boolean, problems: Problems, firstLayer = 0) {
    this.#grid = grid;
    this.#problems = problems;
    this.#firstLayer = firstLayer;
    this.#axes = fortranOrder ? [...layout.axes].reverse() : layout.axes;
    this.#lengths = fortranOrder ? [...layout.lengths].reverse() : layout.lengths;
  }

  push(values: Values): void {
    const [, middleLength, fastLength] = this.#lengths;
    const [slow, middle, fast] = this.#axes;
    const index = { steps: 0, layers: 0, experts: 0 };
    let from = 0;
    this.#pushStart = this.#at;
    while (from < values.length) {
      const inRun = this.#at % fastLength;
      const outer = (this.#at - inRun) / fastLength;
      index[middle] = outer % middleLength;
      index[slow] = (outer - index[middle]) / middleLength;
      index[fast] = inRun;
      const { layers, steps, experts } = index;
      const layer = this.#firstLayer + layers;
      const whole = inRun === 0 ? Math.floor((values.length - from) / fastLength) : 0;
      let count = Math.min(fastLength - inRun, values.length - from);
      if (fast !== 'layers') {
        this.#run(values, { from, count, stride: 1 }, layer, steps, experts, fast === 'steps');
      } else if (whole > 0) {
        // Layers are side by side: each is put in by itself, as far as all are in one tile.
        const inTile = roomIn(this.#grid.tileAt(layer, steps, experts), steps, experts, middle === 'steps');
        const runs = Math.min(whole, middleLength - index[middle], inTile);
        for (let i = 0; i < count; i++) this.#run(values, { from: from + i, count: runs, stride: fastLength }, layer + i, steps, experts, middle === 'steps');
        count *= runs;
      } else {
        for (let i = 0; i < count; i++) this.#run(values, { from: from + i, count: 1, stride: 1 }, layer + i, steps, experts, false);
      }
      from += count;
      this.#at += count;
    }
  }

  /** Puts in cells of one layer: down the rows, or along the experts. */
  #run(values: Values, { from, count, stride }: Part, layer: number, firstRow: number, firstExpert: number, downRows: boolean): void {
    let row = firstRow;
    let expert = firstExpert;
    for (let done = 0; done < count;) {
      const tile = this.#grid.tileAt(layer, row, expert);
      const inTile = Math.min(count - done, roomIn(tile, row, expert, downRows));
      this.#fill(values, { from: from + done * stride, count: inTile, stride }, tile, (row - tile.row) * tile.width + expert - tile.expert, downRows ? tile.width : 1);
      if (downRows) row += inTile;
      else expert += inTile;
      done += inTile;
    }
  }

  #fill(values: Values, { from, count, stride }: Part, tile: Tile, firstCell: number, cellStride: number): void {
    const grid = this.#grid;
    let cells = grid.cellsOf(tile);
    const end = from + count * stride;
    for (let i = from, cell = firstCell; i < end; i += stride, cell += cellStride) {
      const value = values[i];
      if (!grid.fractional && (value >>> 0 !== value || value > mostCount)) {
        if (!(value >= 0) || value > largestLoad) {
          this.#problem(i, value);
          continue;
        }
        grid.becomeFractional();
        cells = grid.cellsOf(tile);
      } else if (grid.fractional && (!(value >= 0) || value > largestLoad)) {
        this.#problem(i, value);
        continue;
      }
      // Adding 0 takes the sign from a negative zero, so that equal loads have equal bits.
      cells[cell] = value + 0;
    }
  }

  #problem(offset: number, value: number): void {
    const [, middleLength, fastLength] = this.#lengths;
    const at = this.#pushStart + offset;
    const outer = Math.floor(at / fastLength);
    const place = { steps: 0, layers: 0, experts: 0 };
    [Math.floor(outer / middleLength), outer % middleLength, at % fastLength].forEach((index, i) => {
      place[this.#axes[i]] = index;
    });
    this.#problems.add({
      place: `row ${place.steps}, layer ${this.#firstLayer + place.layers}, expert ${place.experts}`,
      what: `${value} is not a count${value < 0 ? ': it is negative' : ''}`,
      remedy: 'mend the array and save it again',
    });
  }
}

/** The grid for an array of this layout. */
export function gridOf(layout: ArrayLayout, fortranOrder: boolean, store?: CellStore): DenseGrid {
  const axes = fortranOrder ? layout.axes.toReversed() : layout.axes;
  return new DenseGrid({
    rows: lengthOf(layout, 'steps'),
    experts: Array<number>(lengthOf(layout, 'layers')).fill(lengthOf(layout, 'experts')),
    expertAfterExpert: axes.indexOf('experts') < axes.indexOf('steps'),
  }, store);
}
