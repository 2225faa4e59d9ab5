import { amount, number } from './amount.ts';
import { askStepsFirst, layerLayout, lengthOf } from './axes.ts';
import { ByteMeter } from './chunks.ts';
import { DenseGrid, GridFiller } from './dense.ts';
import { finishTrace } from './finish.ts';
import { parseNpyHeader, type NpyHeader } from './npy-header.ts';
import { decodeNpy } from './npy-values.ts';
import { readGrid } from './npy.ts';
import { chooseLoads, findSeries, type ChosenLoads, type NpzArray } from './npz-choose.ts';
import { packedArrays, readPacked } from './packed.ts';
import { badInput, Problems } from './problems.ts';
import { Questions } from './questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from './reader.ts';
import { memberChunks, zipMembers, type ZipMember } from './zip.ts';

/** NumPy arrays in a zip archive, stored or deflated. */
export const npzReader: Reader = {
  id: 'npz',
  label: 'NumPy archive (.npz)',
  sniff(head, name) {
    const isZip = head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
    if (!isZip) return 0;
    return /\.npz$/i.test(name) || /\.npy(?!\.)/.test(new TextDecoder('latin1').decode(head.subarray(30, 300))) ? 1 : 0;
  },
  read: readNpz,
};

interface Loads {
  readonly grid: DenseGrid;
  readonly layerNames: readonly string[];
  readonly format: string;
  readonly notes: readonly string[];
}

async function readNpz(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const { signal, onProgress } = options;
  const questions = new Questions(options.mapping);
  const members = (await zipMembers(source, signal)).filter((member) => member.name.endsWith('.npy'));
  if (members.length === 0) throw badInput(name, 'it is a zip archive without .npy arrays', 'write it with numpy.savez');
  const arrays: NpzArray[] = [];
  for (const member of members) arrays.push({ name: member.name.slice(0, -4), member, header: await readHeader(source, member, signal) });
  const packed = packedArrays(arrays);
  const chosen = packed ? null : chooseLoads(name, arrays, questions);
  const series = { steps: findSeries(arrays, 'step'), loss: findSeries(arrays, 'loss') };

  const needed = [...(packed ? [packed.low, packed.high, packed.total] : arraysOf(chosen)), series.steps, series.loss];
  const total = needed.reduce((sum, array) => sum + (array?.member.packedBytes ?? 0), 0);
  const meter = new ByteMeter(`reading ${name}`, total, onProgress);
  const chunks = (array: NpzArray): AsyncIterable<Uint8Array> =>
    memberChunks(source, array.member, { signal, onBytes: (bytes) => meter.add(bytes) });
  const readSeries = async (array: NpzArray | undefined): Promise<Float64Array | null> => {
    if (!array) return null;
    const values = new Float64Array(array.header.length);
    let at = 0;
    await decodeNpy(chunks(array), `${name}, ${array.name}`, () => {}, (piece) => {
      values.set(piece, at);
      at += piece.length;
    });
    return values;
  };

  const steps = await readSeries(series.steps);
  const loss = await readSeries(series.loss);
  const knownSteps = steps?.length ?? loss?.length;
  const loads: Loads = packed
    ? await readPacked(name, packed, chunks).then((grid) => ({ grid, layerNames: grid.experts.map((_, layer) => String(layer)), format: 'NPZ, packed', notes: [] }))
    : await readChosen(name, chosen, chunks, knownSteps, questions);
  const { rows } = loads.grid;
  const fits = (array: Float64Array | null): array is Float64Array => array !== null && array.length === rows;
  const notes = [...loads.notes];
  for (const [array, values] of [[series.steps, steps], [series.loss, loss]] as const) {
    if (array && !fits(values)) notes.push(`array ${array.name} has ${amount(array.header.length, 'value')} for ${amount(rows, 'row')} and is left out`);
  }
  if (fits(steps)) checkSteps(steps, `${name}, ${series.steps?.name}`);
  else if (!packed) notes.push('the file has no step numbers: its rows are steps 0, 1, 2, …');
  return finishTrace({
    name,
    format: loads.format,
    kind: loads.grid.fractional ? 'shares' : 'counts',
    steps: fits(steps) ? steps : Float64Array.from({ length: rows }, (_, row) => row),
    layers: loads.grid.blocks.map((values, layer) => ({ name: loads.layerNames[layer], experts: loads.grid.experts[layer], values })),
    loss: fits(loss) ? Float32Array.from(loss) : undefined,
    questions: questions.all,
    notes,
  });
}

function arraysOf(chosen: ChosenLoads | null): NpzArray[] {
  if (!chosen) return [];
  return chosen.kind === 'one' ? [chosen.array] : chosen.arrays.map(({ array }) => array);
}

async function readHeader(source: Source, member: ZipMember, signal: AbortSignal | undefined): Promise<NpyHeader> {
  const label = `${source.name}, ${member.name}`;
  let head = new Uint8Array(0);
  for await (const chunk of memberChunks(source, member, { signal })) {
    const joined = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    const header = parseNpyHeader(head, label);
    if (header) return header;
  }
  throw badInput(label, `it ends after ${amount(head.length, 'byte')}, inside its header`, 'the file is cut off; copy it again');
}

async function readChosen(
  file: string,
  chosen: ChosenLoads | null,
  chunks: (array: NpzArray) => AsyncIterable<Uint8Array>,
  knownSteps: number | undefined,
  questions: Questions,
): Promise<Loads> {
  if (chosen?.kind !== 'layers') {
    if (!chosen) throw badInput(file, 'no array was chosen', 'choose an array');
    const { array } = chosen;
    const { grid, layout, notes } = await readGrid(chunks(array), { name: `${file}, ${array.name}`, questions, byteLength: array.member.bytes, knownSteps });
    return { grid, layerNames: Array.from({ length: lengthOf(layout, 'layers') }, (_, layer) => String(layer)), format: 'NPZ', notes };
  }
  const { arrays } = chosen;
  const shapes = arrays.map(({ array }) => array.header.shape);
  const stepsFirst = stepsComeFirst(shapes, knownSteps, questions);
  const axis = stepsFirst ? 0 : 1;
  const rows = shapes[0][axis];
  const wrong = shapes.findIndex((shape) => shape[axis] !== rows);
  if (wrong > 0) {
    throw badInput(file, `array ${arrays[wrong].array.name} has ${amount(shapes[wrong][axis], 'step')} where ${arrays[0].array.name} has ${rows}`, 'save arrays of equal length, or choose other axes');
  }
  const grid = new DenseGrid(rows, shapes.map((shape) => shape[1 - axis]));
  const problems = new Problems(file);
  for (const [layer, { array }] of arrays.entries()) {
    const filler = new GridFiller(grid, layerLayout(stepsFirst, array.header.fortranOrder, rows, 1, grid.experts[layer]), array.header.fortranOrder, problems, layer);
    await decodeNpy(chunks(array), `${file}, ${array.name}`, () => {}, (values) => filler.push(values));
  }
  problems.throwIfAny();
  return { grid, layerNames: arrays.map(({ layer }) => layer), format: 'NPZ, an array a layer', notes: [] };
}

/** Steps are the axis that all arrays share; of two such axes the known or the longer one. */
function stepsComeFirst(shapes: readonly (readonly number[])[], knownSteps: number | undefined, questions: Questions): boolean {
  const [first, second] = [0, 1].map((axis) => shapes.every((shape) => shape[axis] === shapes[0][axis]));
  const [a, b] = shapes[0];
  const known = a !== b && (a === knownSteps || b === knownSteps);
  const guess = known ? a === knownSteps : first && second ? a >= b || b < 2 * a : first || !second;
  const ambiguous = !known && first && second && !(a >= 2 * b);
  const size = (axis: number, shared: boolean): string => (shared ? number.format(shapes[0][axis]) : 'unequal');
  return askStepsFirst([size(0, first), size(1, second)], guess, ambiguous, questions);
}

function checkSteps(steps: Float64Array, name: string): void {
  const wrong = steps.findIndex((step) => !Number.isSafeInteger(step) || step < 0);
  if (wrong >= 0) throw badInput(name, `${steps[wrong]} at [${wrong}] is not a training step`, 'save whole numbers from 0 up, or leave the array out');
}
