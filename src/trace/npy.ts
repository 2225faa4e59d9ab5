import { amount } from './amount.ts';
import { layoutOf, lengthOf, type ArrayLayout } from './axes.ts';
import { chunksOf } from './chunks.ts';
import { gridOf, GridFiller, type DenseGrid } from './dense.ts';
import { finishTrace } from './finish.ts';
import { elementBytes, npyMagic, startsWith, type NpyHeader } from './npy-header.ts';
import { decodeNpy, type Values } from './npy-values.ts';
import { badInput, Problems } from './problems.ts';
import { Questions } from './questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from './reader.ts';

/** One NumPy array. */
export const npyReader: Reader = {
  id: 'npy',
  label: 'NumPy array (.npy)',
  sniff: (head) => (startsWith(head, npyMagic) ? 1 : 0),
  read: readNpy,
};

async function readNpy(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const questions = new Questions(options.mapping);
  const { grid, layout, notes } = await readGrid(chunksOf(source, options), { name, questions, byteLength: source.byteLength });
  return finishTrace({
    name,
    format: 'NPY',
    kind: grid.fractional ? 'shares' : 'counts',
    steps: Float64Array.from({ length: lengthOf(layout, 'steps') }, (_, row) => row),
    layers: grid.blocks.map((values, layer) => ({ name: String(layer), experts: grid.experts[layer], values })),
    questions: questions.all,
    notes: ['the file has no step numbers: its rows are steps 0, 1, 2, …', ...notes],
  });
}

export interface GridFacts {
  readonly name: string;
  readonly questions: Questions;
  /** Length of the whole .npy file, to notice a cut one before memory is taken. */
  readonly byteLength?: number;
  readonly knownSteps?: number;
}

/** Rows of a two-dimensional array that are looked at before its layout is decided. */
const rowsLookedAt = 4;

interface ReadGrid {
  readonly grid: DenseGrid;
  readonly layout: ArrayLayout;
  readonly notes: readonly string[];
}

/** Reads one array of two or three axes into a grid. Asks what the axes are. */
export async function readGrid(pieces: AsyncIterable<Uint8Array>, facts: GridFacts): Promise<ReadGrid> {
  const reading = new GridReading(facts);
  await decodeNpy(pieces, facts.name, (header) => reading.begin(header), (values) => reading.push(values));
  return reading.finish();
}

class GridReading {
  readonly #facts: GridFacts;
  readonly #problems: Problems;
  readonly #notes: string[] = [];
  /** Values that wait for the layout to be decided. */
  #held: Values[] = [];
  #heldCount = 0;
  #header: NpyHeader | null = null;
  #filling: { readonly grid: DenseGrid; readonly layout: ArrayLayout; readonly filler: GridFiller } | null = null;

  constructor(facts: GridFacts) {
    this.#facts = facts;
    this.#problems = new Problems(facts.name);
  }

  begin(header: NpyHeader): void {
    checkLength(header, this.#facts.name, this.#facts.byteLength, this.#notes);
    this.#header = header;
    if (this.#heldCount >= heldWanted(header)) this.#decide(header);
  }

  push(values: Values): void {
    if (this.#filling) return this.#filling.filler.push(values);
    this.#held.push(values);
    this.#heldCount += values.length;
    if (this.#header && this.#heldCount >= heldWanted(this.#header)) this.#decide(this.#header);
  }

  finish(): ReadGrid {
    this.#problems.throwIfAny();
    if (!this.#filling) throw badInput(this.#facts.name, 'it holds no elements', 'save an array of [steps, layers, experts]');
    const { grid, layout } = this.#filling;
    return { grid, layout, notes: this.#notes };
  }

  #decide(header: NpyHeader): void {
    const { name, questions, knownSteps } = this.#facts;
    const layout = layoutOf({ name, shape: header.shape, fortranOrder: header.fortranOrder, knownSteps, firstRows: rowsOf(this.#held, header, this.#heldCount) }, questions);
    const grid = gridOf(layout);
    const filler = new GridFiller(grid, layout, header.fortranOrder, this.#problems);
    for (const values of this.#held) filler.push(values);
    this.#held = [];
    this.#filling = { grid, layout, filler };
  }
}

/** How many values are looked at before a layout is decided. */
function heldWanted(header: NpyHeader): number {
  return header.shape.length === 2 && !header.fortranOrder ? Math.min(rowsLookedAt * header.shape[1], header.length) : 0;
}

/** Notices a file that is shorter than its header says before memory is taken for it. */
function checkLength(header: NpyHeader, name: string, byteLength: number | undefined, notes: string[]): void {
  const whole = header.dataStart + header.length * elementBytes(header.type);
  if (byteLength === undefined || byteLength === whole) return;
  if (byteLength < whole) {
    throw badInput(name, `it ends after ${byteLength} of ${whole} bytes; shape (${header.shape.join(', ')})`, 'the file is cut off; copy it again', `${name}, byte ${byteLength}`);
  }
  notes.push(`${amount(byteLength - whole, 'byte')} after the array ${byteLength - whole === 1 ? 'is' : 'are'} left out`);
}

function rowsOf(held: readonly Values[], header: NpyHeader, count: number): Float64Array[] {
  if (header.shape.length !== 2 || header.fortranOrder) return [];
  const columns = header.shape[1];
  const joined = new Float64Array(count);
  let at = 0;
  for (const values of held) {
    joined.set(values, at);
    at += values.length;
  }
  const rows = Math.min(rowsLookedAt, Math.floor(count / columns));
  return Array.from({ length: rows }, (_, row) => joined.subarray(row * columns, (row + 1) * columns));
}
