import { reordered } from './arranged.ts';
import { badInput } from '../read/problems.ts';
import { CellStore, emptyCount, toFractions, type Cells } from './cell-store.ts';
import { LateCells } from './late-cells.ts';
import { finishTrace, orderOfRows, type TraceParts } from './finish.ts';
import { naturalOrder } from '../read/names.ts';
import type { Questions } from '../read/questions.ts';
import type { WorkOptions } from '../../progress.ts';
import type { ReadResult } from '../read/reader.ts';
import { StoredLayer, heldValues } from '../kept/stored-layer.ts';
import { TiledValues, type Tile } from './tiles.ts';
import { StepRows } from './step-rows.ts';
import { occurrenceOf, widthsOf, type CellRows, type Occurrence } from './widths.ts';
import type { TraceLayer } from '../trace.ts';

/** Rows of one block while growing. Small enough that 60 layers × 256 experts waste at most 16 MB. */
const segmentShift = 8;
const segmentRows = 1 << segmentShift;
const rowMask = segmentRows - 1;

/** Experts a layer may have, and layers a trace: what is beyond is a mistaken column. */
export const mostExperts = 65_536;
const mostLayers = 4096;

interface GrowingLayer {
  readonly name: string;
  experts: number;
  stride: number;
  /** Cells that something was put in. */
  filled: number;
  /** Whether expert 0 has a load in some segment that left the memory. */
  hasFirst: boolean;
  segments: (Tile | undefined)[];
  /** Of the segments, those that are in memory. */
  cells: (Cells | undefined)[];
}

/**
 * Grows a trace from loads that come in any order, a cell or a row at a time, and of any shape that shows only at the end.
 * Memory is the result and at most one more layer; with a store that has a scratch file, what the store holds. Callers check that loads are finite and not negative.
 */
export class TraceBuilder {
  readonly #file: string;
  readonly #store: CellStore;
  readonly #late: LateCells;
  readonly #layers: GrowingLayer[] = [];
  readonly #layerByName = new Map<string, number>();
  readonly #stepRows = new StepRows();
  #loss: Float32Array | undefined;
  #fractional = false;
  readonly #repeatedRows = new Set<number>();

  constructor(file: string, store = new CellStore()) {
    this.#file = file;
    this.#store = store;
    this.#late = new LateCells(store);
  }

  get rows(): number {
    return this.#stepRows.rows;
  }

  /** Number of the layer of this name; a new one when there is none. */
  layer(name: string): number {
    const known = this.#layerByName.get(name);
    if (known !== undefined) return known;
    const layer = this.#layers.length;
    if (layer >= mostLayers) throw badInput(this.#file, `more than ${mostLayers} layers`, 'check which column holds the layer');
    this.#layers.push({ name, experts: 0, stride: 0, filled: 0, hasFirst: false, segments: [], cells: [] });
    this.#layerByName.set(name, layer);
    return layer;
  }

  /** Number of the row of this step; a new one when there is none. */
  row(step: number): number {
    return this.#stepRows.row(step);
  }

  /** A row whose step shows only later, by `setStep`; it is left out when it never does. */
  newRow(): number {
    return this.#stepRows.newRow();
  }

  /** Of two rows of one step, the later one counts, and the step comes twice. */
  setStep(row: number, step: number): void {
    this.#stepRows.setStep(row, step);
  }

  /** Puts one load, at least 0 and finite. A cell that is put twice keeps the later one and marks its step as repeated. */
  put(row: number, layer: number, expert: number, load: number): void {
    const grown = this.#layers[layer];
    if (expert >= grown.experts) this.#widen(grown, expert + 1);
    if (!this.#fractional && (load >>> 0 !== load || load === emptyCount)) this.#becomeFractional();
    const cells = grown.cells[row >> segmentShift] ?? this.#cellsOrNone(grown, row >> segmentShift);
    if (!cells) return this.#note(grown, row, expert, load);
    const cell = (row & rowMask) * grown.stride + expert;
    if (this.#isFilled(cells[cell])) this.#repeatedRows.add(row);
    else grown.filled++;
    cells[cell] = load;
  }

  /**
   * Puts the loads of experts 0, 1, … of a layer: `loads[from]` to `loads[from + experts - 1]`. NaN leaves a cell empty.
   * @param loads an Int32Array holds nothing below 0
   */
  putRow(row: number, layer: number, loads: ArrayLike<number>, from = 0, experts = loads.length): void {
    const grown = this.#layers[layer];
    if (experts > grown.experts) this.#widen(grown, experts);
    if (!this.#fractional && this.#putCounts(grown, row, loads, from, experts)) return;
    for (let expert = 0; expert < experts; expert++) {
      const load = loads[from + expert];
      if (load === load) this.put(row, layer, expert, load);
    }
  }

  /** Puts a row at once where its cells are empty and its loads plain counts. @returns false, with nothing put, where they are not */
  #putCounts(grown: GrowingLayer, row: number, loads: ArrayLike<number>, from: number, experts: number): boolean {
    const cells = grown.cells[row >> segmentShift];
    const start = (row & rowMask) * grown.stride;
    if (!cells || cells[start] !== emptyCount) return false;
    if (loads instanceof Int32Array) {
      for (let i = 0; i < experts; i++) cells[start + i] = loads[from + i];
      grown.filled += experts;
      return true;
    }
    for (let i = 0; i < experts; i++) {
      const load = loads[from + i];
      const count = load >>> 0;
      if (count !== load || count === emptyCount || cells[start + i] !== emptyCount) {
        cells.fill(emptyCount, start, start + i);
        return false;
      }
      cells[start + i] = count;
    }
    grown.filled += experts;
    return true;
  }

  putLoss(row: number, loss: number): void {
    if (!this.#loss || row >= this.#loss.length) {
      const larger = new Float32Array(Math.max(1024, row * 2)).fill(NaN);
      if (this.#loss) larger.set(this.#loss);
      this.#loss = larger;
    }
    this.#loss[row] = loss;
  }

  /** Sorts, joins and checks; rejects as `finishTrace` does. The builder is empty afterwards. */
  async finish({ questions, ...parts }: Pick<TraceParts, 'name' | 'format' | 'notes' | 'namedShares'> & { readonly questions: Questions }, options: WorkOptions): Promise<ReadResult> {
    this.#putLate();
    const steps = this.#stepRows.steps();
    const order = orderOfRows(steps);
    const notes = [...parts.notes];
    const fromOne = this.#layers.every((layer) => layer.experts > 1 && this.#isFirstEmpty(layer));
    if (fromOne && this.#layers.length > 0) notes.push('experts are numbered from 1 in the file and from 0 here');
    const first = fromOne ? 1 : 0;
    const sparse = this.#layers.some((layer) => layer.filled < this.rows * (layer.experts - first));
    const sorted = [...this.#layers].sort((a, b) => naturalOrder(a.name, b.name));
    const own = sorted.map(({ experts }) => experts - first);
    const widths = sparse && own.some((experts) => experts !== own[0]) ? widthsOf(sorted.map((layer) => this.#occurrence(layer, first)), questions) : { experts: own, notes: [] };
    notes.push(...widths.notes);
    const cells = widths.experts.reduce((sum, experts) => sum + this.rows * experts, 0);
    const missing = sorted.reduce((sum, layer) => sum - layer.filled, cells);
    const inMemory = this.#store.keep(cells * 4);
    if (!inMemory) this.#store.sendAll();
    const held = heldValues(this.#store.heldBytes);
    const layers = sorted.map((layer, index): TraceLayer => {
      const form = { name: layer.name, experts: widths.experts[index] };
      const source = this.#joined(layer, first, form.experts);
      const joined = inMemory ? { ...form, values: source.whole() } : StoredLayer.from(form, source, held);
      if (inMemory) this.#giveUp(layer);
      return order ? reordered(joined, order) : joined;
    });
    if (missing > 0) notes.push(`${missing} of ${cells} cells ${missing === 1 ? 'is not in the file and is' : 'are not in the file and are'} read as 0`);
    const loss = this.#loss && Float32Array.from(order ?? steps.keys(), (row) => this.#loss?.[row] ?? NaN);
    return finishTrace({
      ...parts,
      questions: questions.all,
      notes,
      kind: this.#fractional ? 'shares' : 'counts',
      steps: order ? Float64Array.from(order, (row) => steps[row]) : steps,
      layers,
      loss,
      repeatedSteps: this.#repeatedRows.size + (order ? steps.filter((step) => step === step).length - order.length : 0),
    }, options);
  }

  #occurrence(layer: GrowingLayer, first: number): Occurrence {
    return occurrenceOf(layer.name, first, layer.experts - first, this.#cellRows(layer), (cell) => this.#isFilled(cell));
  }

  *#cellRows(layer: GrowingLayer): Generator<CellRows, void> {
    for (const { block, width } of segmentsOf(layer, 0, this.rows)) yield { cells: this.#store.read(block, 0, block.length, this.#fractional), width };
  }

  #isFilled(cell: number): boolean {
    return this.#fractional ? cell === cell : cell !== emptyCount;
  }

  /** Cells of a new segment; null for one that left the memory. */
  #cellsOrNone(layer: GrowingLayer, index: number): Cells | null {
    return layer.segments[index] ? null : this.#addSegment(layer, index).block.cells;
  }

  #note(layer: GrowingLayer, row: number, expert: number, load: number): void {
    const segment = layer.segments[row >> segmentShift];
    if (!segment) return;
    this.#late.note(segment.block, ((row & rowMask) << 16) | expert, load, this.#fractional);
  }

  #addSegment(layer: GrowingLayer, index: number): Tile {
    const width = layer.stride;
    const block = this.#store.take(segmentRows * width, this.#fractional, this.#fractional ? NaN : emptyCount, (cells) => {
      layer.cells[index] = undefined;
      for (let cell = 0; cell < cells.length && !layer.hasFirst; cell += width) layer.hasFirst = this.#isFilled(cells[cell]);
    });
    const segment = { block, row: index * segmentRows, rows: segmentRows, expert: 0, width };
    layer.segments[index] = segment;
    layer.cells[index] = block.cells ?? undefined;
    return segment;
  }

  #widen(layer: GrowingLayer, experts: number): void {
    if (experts > mostExperts) throw badInput(this.#file, `expert number ${experts - 1} is beyond ${mostExperts - 1}`, 'check which column holds the expert');
    layer.experts = experts;
    if (experts <= layer.stride) return;
    const before = layer.stride;
    // Exact for a whole row at once, doubling for cells that come one by one.
    layer.stride = before === 0 ? experts : Math.max(experts, before * 2);
    // Segments that left the memory stay as narrow as they are.
    layer.segments.forEach((segment, index) => {
      if (segment?.block.cells) this.#widenSegment(layer, index, segment, segment.block.cells);
    });
  }

  #widenSegment(layer: GrowingLayer, index: number, segment: Tile, cells: Cells): Tile {
    this.#store.release(segment.block);
    const wider = this.#addSegment(layer, index);
    const into = this.#store.touch(wider.block, this.#fractional);
    for (let row = 0; row < segmentRows; row++) into.set(cells.subarray(row * segment.width, (row + 1) * segment.width), row * wider.width);
    return wider;
  }

  /** Some load is no whole number: all cells so far become floats, in place. */
  #becomeFractional(): void {
    this.#fractional = true;
    this.#late.becomeFractional();
    for (const { segments, cells } of this.#layers) {
      segments.forEach((segment, index) => {
        if (segment?.block.cells instanceof Uint32Array) cells[index] = segment.block.cells = toFractions(segment.block.cells);
      });
    }
  }

  /** Puts in the loads that came for segments which had left the memory. */
  #putLate(): void {
    const late = new Set(this.#late.blocks);
    for (const layer of this.#layers) {
      layer.segments.forEach((segment, index) => {
        if (!segment || !late.has(segment.block)) return;
        let cells = this.#store.touch(segment.block, this.#fractional);
        let { width } = segment;
        if (width < layer.stride) {
          const wider = this.#widenSegment(layer, index, segment, cells);
          ({ width } = wider);
          cells = this.#store.touch(wider.block, this.#fractional);
        }
        this.#late.forEach(segment.block, (place, load) => {
          const row = place >>> 16;
          const cell = row * width + (place & 0xffff);
          if (this.#isFilled(cells[cell])) this.#repeatedRows.add(index * segmentRows + row);
          else layer.filled++;
          cells[cell] = load;
        });
      });
    }
  }

  /** Whether expert 0 has no load at all. */
  #isFirstEmpty(layer: GrowingLayer): boolean {
    if (layer.hasFirst) return false;
    for (let row = 0; row < this.rows; row++) {
      const segment = layer.segments[row >> segmentShift];
      if (segment?.block.cells && this.#isFilled(segment.block.cells[(row & rowMask) * segment.width])) return false;
    }
    return true;
  }

  /** A layer's values, experts from `first` on. */
  #joined(layer: GrowingLayer, first: number, experts: number): TiledValues {
    const present = Math.min(experts, layer.experts - first);
    return new TiledValues(this.#store, {
      tiles: (from, to) => segmentsOf(layer, from, to),
      rows: this.rows, fractional: this.#fractional, first, experts, present, sparse: layer.filled < this.rows * present,
    });
  }

  #giveUp(layer: GrowingLayer): void {
    for (const segment of layer.segments) if (segment) this.#store.release(segment.block);
    layer.segments = [];
    layer.cells = [];
  }
}

function* segmentsOf({ segments }: GrowingLayer, from: number, to: number): Generator<Tile, void> {
  for (let index = from >> segmentShift; index < to / segmentRows; index++) {
    const segment = segments[index];
    if (segment) yield segment;
  }
}
