import { reordered } from '../build/arranged.ts';
import { amount, number } from '../amount.ts';
import { byStep } from './by-step.ts';
import { chooseLoads, findSeries, type ChosenLoads } from './choose.ts';
import { askStepsFirst, axesByName, layerLayout, type Axis } from './axes.ts';
import { ByteMeter } from '../read/chunks.ts';
import { DenseGrid, GridFiller } from '../build/dense.ts';
import { bytesOfForm, decodeElements } from './elements.ts';
import { finishTrace } from '../build/finish.ts';
import { GridReading, type GridFacts } from './grid-reading.ts';
import { checkSteps, readWhole, type ArrayFile, type Loads, type NamedArray, type ReadElements } from './named-array.ts';
import { packedArrays, readPacked } from '../formats/numpy/packed.ts';
import { badInput, Problems } from '../read/problems.ts';
import { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult } from '../read/reader.ts';
import { unrolled } from './ring.ts';

/** Reads the trace out of a file's arrays: the load in one array, one a layer or one a step, and step numbers and losses beside it. */
export async function readArrays(file: ArrayFile, options: ReadOptions): Promise<ReadResult> {
  const { name, arrays } = file;
  const questions = new Questions(options.mapping);
  const packed = packedArrays(arrays);
  const chosen = packed ? null : chooseLoads(name, arrays, questions);
  const series = { steps: findSeries(arrays, 'step'), loss: findSeries(arrays, 'loss') };
  const notes = [...file.notes];

  const needed = [...(packed ? [packed.low, packed.high, packed.total] : arraysOf(chosen)), series.steps, series.loss].filter((array) => array !== undefined);
  for (const array of needed) checkLength(array, name, notes);
  const meter = new ByteMeter(`reading ${name}`, needed.reduce((sum, array) => sum + array.fileBytes, 0), options.onProgress);
  const read: ReadElements = (array, onValues) =>
    decodeElements(array.chunks((bytes) => meter.add(bytes)), array.form, `${name}, ${array.name}`, onValues);

  const steps = series.steps && (await readWhole(series.steps, read));
  const loss = series.loss && (await readWhole(series.loss, read));
  if (chosen?.kind === 'steps') return byStep(file, chosen, { read, questions, steps, loss, options });
  const loads = packed ? await readPacked(name, packed, read, options.store) : await readChosen(name, chosen, read, { knownSteps: steps?.length ?? loss?.length, questions, store: options.store });
  const { grid } = loads;
  notes.push(...(loads.notes ?? []));
  const inFile = grid.layers(loads.layerNames);
  const order = chosen?.kind === 'one' && chosen.array.name === file.ring ? unrolled(inFile, grid.rows, notes) : null;
  const layers = order ? inFile.map((layer) => reordered(layer, order)) : inFile;
  const rows = order?.length ?? grid.rows;
  const fits = (values: Float64Array | undefined): values is Float64Array => values?.length === rows;
  for (const [array, values] of [[series.steps, steps], [series.loss, loss]] as const) {
    if (array && !fits(values)) notes.push(`array ${array.name} has ${amount(array.form.length, 'value')} for ${amount(rows, 'row')} and is left out`);
  }
  if (fits(steps)) checkSteps(steps, `${name}, ${series.steps?.name}`);
  else if (!packed) notes.push('the file has no step numbers: its rows are steps 0, 1, 2, …');
  return finishTrace({
    name,
    format: loads.layout ? `${file.format}, ${loads.layout}` : file.format,
    kind: grid.fractional ? 'shares' : 'counts',
    steps: fits(steps) ? steps : Float64Array.from({ length: rows }, (_, row) => row),
    layers,
    loss: fits(loss) ? Float32Array.from(loss) : undefined,
    questions: questions.all,
    notes,
  }, options);
}

function arraysOf(chosen: ChosenLoads | null): NamedArray[] {
  if (!chosen) return [];
  return chosen.kind === 'one' ? [chosen.array] : chosen.arrays.map(({ array }) => array);
}

function checkLength({ name, form, dataBytes }: NamedArray, file: string, notes: string[]): void {
  const whole = bytesOfForm(form);
  if (dataBytes < whole) {
    throw badInput(`${file}, ${name}`, `it has ${dataBytes} of ${whole} bytes; shape (${form.shape.join(', ')})`, 'the file is cut off or damaged; copy it again');
  }
  if (dataBytes > whole) notes.push(`${amount(dataBytes - whole, 'byte')} after array ${name} ${dataBytes - whole === 1 ? 'is' : 'are'} left out`);
}

async function readChosen(file: string, chosen: ChosenLoads | null, read: ReadElements, facts: Omit<GridFacts, 'name'>): Promise<Loads> {
  if (chosen?.kind === 'layers') return readLayers(file, chosen.arrays, read, facts);
  if (chosen?.kind !== 'one') throw badInput(file, 'no array was chosen', 'choose an array');
  const { array } = chosen;
  const reading = new GridReading({ ...facts, name: `${file}, ${array.name}` });
  reading.begin(array.form);
  await read(array, (values) => reading.push(values));
  const grid = reading.finish();
  return { grid, layerNames: grid.experts.map((_, layer) => String(layer)), notes: reading.notes };
}

async function readLayers(
  file: string,
  arrays: readonly { readonly layer: string; readonly array: NamedArray }[],
  read: ReadElements,
  { knownSteps, questions, store }: Omit<GridFacts, 'name'>,
): Promise<Loads> {
  const shapes = arrays.map(({ array }) => array.form.shape);
  const stepsFirst = stepsComeFirst(shapes, axesByName(arrays[0].array.form.axisNames), knownSteps, questions);
  const axis = stepsFirst ? 0 : 1;
  const rows = shapes[0][axis];
  const wrong = shapes.findIndex((shape) => shape[axis] !== rows);
  if (wrong > 0) {
    throw badInput(file, `array ${arrays[wrong].array.name} has ${amount(shapes[wrong][axis], 'step')} where ${arrays[0].array.name} has ${rows}`, 'save arrays of equal length, or choose other axes');
  }
  const grid = new DenseGrid({ rows, experts: shapes.map((shape) => shape[1 - axis]), expertAfterExpert: stepsFirst === arrays[0].array.form.fortranOrder }, store);
  const problems = new Problems(file);
  for (const [layer, { array }] of arrays.entries()) {
    const { fortranOrder } = array.form;
    const filler = new GridFiller(grid, layerLayout(stepsFirst, fortranOrder, rows, 1, grid.experts[layer]), fortranOrder, problems, layer);
    await read(array, (values) => filler.push(values));
  }
  problems.throwIfAny();
  return { grid, layerNames: arrays.map(({ layer }) => layer), layout: 'an array a layer' };
}

/** Steps are the axis of that name, else the one that all arrays share; of two such axes the known or the longer one. */
function stepsComeFirst(shapes: readonly (readonly number[])[], named: readonly Axis[] | null, knownSteps: number | undefined, questions: Questions): boolean {
  const [first, second] = [0, 1].map((axis) => shapes.every((shape) => shape[axis] === shapes[0][axis]));
  const [a, b] = shapes[0];
  const isNamed = named?.includes('steps') ?? false;
  const known = isNamed || (a !== b && (a === knownSteps || b === knownSteps));
  const guess = isNamed ? named?.[0] === 'steps' : known ? a === knownSteps : first && second ? a >= b || b < 2 * a : first || !second;
  const ambiguous = !known && first && second && !(a >= 2 * b);
  const size = (axis: number, shared: boolean): string => (shared ? number.format(shapes[0][axis]) : 'unequal');
  return askStepsFirst([size(0, first), size(1, second)], guess, ambiguous, questions);
}
