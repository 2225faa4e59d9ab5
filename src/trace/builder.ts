import { badInput } from './problems.ts';
import { finishTrace, orderOfRows, type TraceParts } from './finish.ts';
import { naturalOrder } from './names.ts';
import type { ReadResult } from './reader.ts';
import type { TraceLayer } from './trace.ts';

/** Rows of one block while growing. Small enough that 60 layers × 256 experts waste at most 16 MB. */
const segmentShift = 8;
const segmentRows = 1 << segmentShift;
const rowMask = segmentRows - 1;

/** Marks a cell that nothing was put in; as a load it would be a layer of four billion tokens a step. */
const empty = 0xffffffff;

/** Experts a layer may have, and layers a trace: what is beyond is a mistaken column. */
export const mostExperts = 65_536;
const mostLayers = 4096;

type Cells = Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

interface GrowingLayer {
  readonly name: string;
  experts: number;
  stride: number;
  /** Cells that something was put in. */
  filled: number;
  segments: (Cells | undefined)[];
}

/**
 * Grows a trace from loads that come in any order, a cell or a row at a time, and of any shape that shows only at the end.
 * Memory is the result and at most one more layer. Callers check that loads are finite and not negative.
 */
export class TraceBuilder {
  readonly #file: string;
  readonly #layers: GrowingLayer[] = [];
  readonly #layerByName = new Map<string, number>();
  readonly #rowByStep = new Map<number, number>();
  #steps = new Float64Array(1024);
  #rows = 0;
  #loss: Float32Array | undefined;
  #fractional = false;
  readonly #repeatedRows = new Set<number>();
  #lastStep = NaN;
  #lastRow = -1;

  constructor(file: string) {
    this.#file = file;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Number of the layer of this name; a new one when there is none. */
  layer(name: string): number {
    const known = this.#layerByName.get(name);
    if (known !== undefined) return known;
    const layer = this.#layers.length;
    if (layer >= mostLayers) throw badInput(this.#file, `more than ${mostLayers} layers`, 'check which column holds the layer');
    this.#layers.push({ name, experts: 0, stride: 0, filled: 0, segments: [] });
    this.#layerByName.set(name, layer);
    return layer;
  }

  /** Number of the row of this step; a new one when there is none. */
  row(step: number): number {
    if (step === this.#lastStep) return this.#lastRow;
    let row = this.#rowByStep.get(step);
    if (row === undefined) {
      row = this.newRow();
      this.setStep(row, step);
    }
    this.#lastStep = step;
    this.#lastRow = row;
    return row;
  }

  /** A row whose step shows only later, by `setStep`; it is left out when it never does. */
  newRow(): number {
    const row = this.#rows++;
    if (row >= this.#steps.length) {
      const larger = new Float64Array(this.#steps.length * 2);
      larger.set(this.#steps);
      this.#steps = larger;
    }
    this.#steps[row] = NaN;
    return row;
  }

  /** Of two rows of one step, the later one counts, and the step comes twice. */
  setStep(row: number, step: number): void {
    this.#steps[row] = step;
    this.#rowByStep.set(step, row);
  }

  /** Puts one load, at least 0 and finite. A cell that is put twice keeps the later one and marks its step as repeated. */
  put(row: number, layer: number, expert: number, load: number): void {
    const grown = this.#layers[layer];
    if (expert >= grown.experts) this.#widen(grown, expert + 1);
    if (!this.#fractional && (load >>> 0 !== load || load === empty)) this.#becomeFractional();
    const segment = grown.segments[row >> segmentShift] ?? this.#addSegment(grown, row >> segmentShift);
    const cell = (row & rowMask) * grown.stride + expert;
    if (this.#isFilled(segment[cell])) this.#repeatedRows.add(row);
    else grown.filled++;
    segment[cell] = load;
  }

  /**
   * Puts the loads of experts 0, 1, … of a layer: `loads[from]` to `loads[from + experts - 1]`, if all are plain counts.
   * @returns false, and leaves the row to `putRow`, when one is no whole number or out of range
   */
  putCounts(row: number, layer: number, loads: Float64Array | Int32Array, from: number, experts: number): boolean {
    const grown = this.#layers[layer];
    if (this.#fractional || experts > grown.experts) return false;
    const segment = grown.segments[row >> segmentShift];
    const start = (row & rowMask) * grown.stride;
    if (!segment || segment[start] !== empty) return false;
    for (let i = 0; i < experts; i++) {
      const load = loads[from + i];
      const count = load >>> 0;
      if (count !== load || count === empty) {
        segment.fill(empty, start, start + i);
        return false;
      }
      segment[start + i] = count;
    }
    grown.filled += experts;
    return true;
  }

  /** Puts the loads of experts 0, 1, … of a layer. NaN leaves a cell empty. */
  putRow(row: number, layer: number, loads: ArrayLike<number>): void {
    const grown = this.#layers[layer];
    if (loads.length > grown.experts) this.#widen(grown, loads.length);
    let expert = 0;
    const segment = grown.segments[row >> segmentShift];
    if (segment && !this.#fractional) {
      // The short way, as far as cells are empty and loads plain counts.
      const start = (row & rowMask) * grown.stride;
      for (; expert < loads.length; expert++) {
        const count = loads[expert] >>> 0;
        if (count !== loads[expert] || count === empty || segment[start + expert] !== empty) break;
        segment[start + expert] = count;
      }
      grown.filled += expert;
    }
    for (; expert < loads.length; expert++) {
      const load = loads[expert];
      if (load === load) this.put(row, layer, expert, load);
    }
  }

  putLoss(row: number, loss: number): void {
    if (!this.#loss || row >= this.#loss.length) {
      const larger = new Float32Array(this.#steps.length).fill(NaN);
      if (this.#loss) larger.set(this.#loss);
      this.#loss = larger;
    }
    this.#loss[row] = loss;
  }

  /** Sorts, joins and checks. The builder is empty afterwards. */
  finish(parts: Pick<TraceParts, 'name' | 'format' | 'questions' | 'notes' | 'namedShares'>): ReadResult {
    const steps = this.#steps.slice(0, this.#rows);
    const order = orderOfRows(steps);
    const notes = [...parts.notes];
    const fromOne = this.#layers.every((layer) => layer.experts > 1 && this.#isColumnEmpty(layer, 0));
    if (fromOne && this.#layers.length > 0) notes.push('experts are numbered from 1 in the file and from 0 here');
    const first = fromOne ? 1 : 0;
    const sparse = this.#layers.some((layer) => layer.filled < this.#rows * (layer.experts - first));
    const widest = this.#layers.reduce((most, layer) => Math.max(most, layer.experts), 0);
    const sorted = [...this.#layers].sort((a, b) => naturalOrder(a.name, b.name));
    let missing = 0;
    let cells = 0;
    const layers = sorted.map((layer): TraceLayer => {
      // Loads of 0 may be left out of a file, and with them a layer's last experts.
      const experts = (sparse ? widest : layer.experts) - first;
      missing += this.#rows * experts - layer.filled;
      cells += this.#rows * experts;
      return { name: layer.name, experts, values: this.#join(layer, first, experts, order) };
    });
    if (missing > 0) notes.push(`${missing} of ${cells} cells ${missing === 1 ? 'is not in the file and is' : 'are not in the file and are'} read as 0`);
    const loss = this.#loss && Float32Array.from(order ?? steps.keys(), (row) => this.#loss?.[row] ?? NaN);
    return finishTrace({
      ...parts,
      notes,
      kind: this.#fractional ? 'shares' : 'counts',
      steps: order ? Float64Array.from(order, (row) => steps[row]) : steps,
      layers,
      loss,
      repeatedSteps: this.#repeatedRows.size + (order ? steps.filter((step) => step === step).length - order.length : 0),
    });
  }

  #isFilled(cell: number): boolean {
    return this.#fractional ? cell === cell : cell !== empty;
  }

  #addSegment(layer: GrowingLayer, index: number): Cells {
    const size = segmentRows * layer.stride;
    const segment = this.#fractional ? new Float32Array(size).fill(NaN) : new Uint32Array(size).fill(empty);
    layer.segments[index] = segment;
    return segment;
  }

  #widen(layer: GrowingLayer, experts: number): void {
    if (experts > mostExperts) throw badInput(this.#file, `expert number ${experts - 1} is beyond ${mostExperts - 1}`, 'check which column holds the expert');
    layer.experts = experts;
    if (experts <= layer.stride) return;
    const before = layer.stride;
    // Exact for a whole row at once, doubling for cells that come one by one.
    layer.stride = before === 0 ? experts : Math.max(experts, before * 2);
    layer.segments.forEach((segment, index) => {
      if (!segment) return;
      const wider = this.#addSegment(layer, index);
      for (let row = 0; row < segmentRows; row++) wider.set(segment.subarray(row * before, (row + 1) * before), row * layer.stride);
    });
  }

  /** Some load is no whole number: all cells so far become floats, in place. */
  #becomeFractional(): void {
    this.#fractional = true;
    for (const layer of this.#layers) {
      layer.segments = layer.segments.map((segment) => {
        if (!segment) return segment;
        const floats = new Float32Array(segment.buffer);
        for (let i = 0; i < segment.length; i++) floats[i] = segment[i] === empty ? NaN : segment[i];
        return floats;
      });
    }
  }

  #isColumnEmpty(layer: GrowingLayer, expert: number): boolean {
    for (let row = 0; row < this.#rows; row++) {
      const segment = layer.segments[row >> segmentShift];
      if (segment && this.#isFilled(segment[(row & rowMask) * layer.stride + expert])) return false;
    }
    return true;
  }

  /** One block of a layer, rows in their order, experts from `first` on. The layer's own blocks are given up. */
  #join(layer: GrowingLayer, first: number, experts: number, order: Uint32Array | null): Cells {
    const rows = order?.length ?? this.#rows;
    const values = this.#fractional ? new Float32Array(rows * experts) : new Uint32Array(rows * experts);
    const present = Math.min(experts, layer.experts - first);
    const whole = layer.filled === this.#rows * present;
    if (whole && !order && present === layer.stride && present === experts) {
      layer.segments.forEach((segment, index) => {
        const start = index * segmentRows;
        if (segment) values.set(segment.subarray(0, Math.min(segmentRows, rows - start) * experts), start * experts);
      });
      layer.segments = [];
      return values;
    }
    for (let to = 0; to < rows; to++) {
      const row = order ? order[to] : to;
      const segment = layer.segments[row >> segmentShift];
      if (!segment) continue;
      const start = (row & rowMask) * layer.stride + first;
      if (whole) {
        values.set(segment.subarray(start, start + present), to * experts);
        continue;
      }
      for (let expert = 0; expert < present; expert++) {
        const load = segment[start + expert];
        if (this.#isFilled(load)) values[to * experts + expert] = load;
      }
    }
    layer.segments = [];
    return values;
  }
}
