import type { ArrayLayout, Axis } from './axes.ts';
import { lengthOf } from './axes.ts';
import { largestLoad } from './load.ts';
import type { Values } from './elements.ts';
import type { Problems } from './problems.ts';

type Cells = Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** The largest whole number that stays a count; the value above it is what -1 becomes in unsigned arrays. */
const mostCount = 0xfffffffe;

/** Blocks of layers whose shape is known before their loads. Turns to floats, in place, at the first load that is no whole number. */
export class DenseGrid {
  readonly rows: number;
  readonly experts: readonly number[];
  blocks: Cells[];
  fractional = false;

  /** @param experts of each layer */
  constructor(rows: number, experts: readonly number[]) {
    this.rows = rows;
    this.experts = experts;
    this.blocks = experts.map((count) => new Uint32Array(rows * count));
  }

  becomeFractional(): void {
    this.fractional = true;
    this.blocks = this.blocks.map((block) => {
      const floats = new Float32Array(block.buffer);
      for (let i = 0; i < block.length; i++) floats[i] = block[i];
      return floats;
    });
  }
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
      const count = Math.min(fastLength - inRun, values.length - from);
      if (fast === 'layers') {
        for (let i = 0; i < count; i++) this.#run(values, from + i, 1, this.#firstLayer + inRun + i, index.steps, index.experts, 1);
      } else {
        const layer = this.#firstLayer + index.layers;
        this.#run(values, from, count, layer, index.steps, index.experts, fast === 'experts' ? 1 : this.#grid.experts[layer]);
      }
      from += count;
      this.#at += count;
    }
  }

  #run(values: Values, from: number, count: number, layer: number, row: number, expert: number, stride: number): void {
    const grid = this.#grid;
    let cells = grid.blocks[layer];
    let cell = row * grid.experts[layer] + expert;
    for (let i = 0; i < count; i++, cell += stride) {
      const value = values[from + i];
      if (!grid.fractional && (value >>> 0 !== value || value > mostCount)) {
        if (!(value >= 0) || value > largestLoad) {
          this.#problem(from + i, value);
          continue;
        }
        grid.becomeFractional();
        cells = grid.blocks[layer];
      } else if (grid.fractional && (!(value >= 0) || value > largestLoad)) {
        this.#problem(from + i, value);
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

/** Rows and experts that a layout gives a grid. */
export function gridOf(layout: ArrayLayout): DenseGrid {
  return new DenseGrid(lengthOf(layout, 'steps'), Array<number>(lengthOf(layout, 'layers')).fill(lengthOf(layout, 'experts')));
}
