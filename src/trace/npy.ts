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

/** Reads one array of two or three axes into a grid. Asks what the axes are. */
export async function readGrid(
  pieces: AsyncIterable<Uint8Array>,
  facts: GridFacts,
): Promise<{ readonly grid: DenseGrid; readonly layout: ArrayLayout; readonly notes: readonly string[] }> {
  const { name, questions, byteLength, knownSteps } = facts;
  const problems = new Problems(name);
  const held: Values[] = [];
  const notes: string[] = [];
  let heldCount = 0;
  let wanted = 0;
  let header: NpyHeader | null = null;
  let begun: { grid: DenseGrid; layout: ArrayLayout; filler: GridFiller } | null = null;

  const begin = (known: NpyHeader): NonNullable<typeof begun> => {
    const layout = layoutOf({ name, shape: known.shape, knownSteps, firstRows: rowsOf(held, known, heldCount) }, questions);
    const grid = gridOf(layout);
    const filler = new GridFiller(grid, layout, known.fortranOrder, problems);
    for (const values of held) filler.push(values);
    held.length = 0;
    return { grid, layout, filler };
  };

  await decodeNpy(pieces, name, (known) => {
    checkLength(known, name, byteLength, notes);
    header = known;
    wanted = known.shape.length === 2 && !known.fortranOrder ? Math.min(rowsLookedAt * known.shape[1], known.length) : 0;
    if (wanted === 0) begun = begin(known);
  }, (values) => {
    if (begun) return begun.filler.push(values);
    held.push(values);
    heldCount += values.length;
    if (header && heldCount >= wanted) begun = begin(header);
  });
  problems.throwIfAny();
  const done: typeof begun = begun;
  if (!done) throw badInput(name, 'it holds no elements', 'save an array of [steps, layers, experts]');
  const { grid, layout } = done as NonNullable<typeof begun>;
  return { grid, layout, notes };
}

/** Notices a file that is shorter than its header says before memory is taken for it. */
function checkLength(header: NpyHeader, name: string, byteLength: number | undefined, notes: string[]): void {
  const whole = header.dataStart + header.length * elementBytes(header.type);
  if (byteLength === undefined || byteLength === whole) return;
  if (byteLength < whole) {
    throw badInput(name, `it ends after ${byteLength} of ${whole} bytes; shape (${header.shape.join(', ')})`, 'the file is cut off; copy it again', `${name}, byte ${byteLength}`);
  }
  notes.push(`${byteLength - whole} bytes after the array are left out`);
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
