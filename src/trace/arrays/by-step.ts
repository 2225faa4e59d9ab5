import { breathe } from '../../breathe.ts';
import { throwIfAborted } from '../../errors.ts';
import { amount } from '../amount.ts';
import type { ChosenLoads } from './choose.ts';
import { TraceBuilder } from '../build/builder.ts';
import { largestLoad } from '../read/load.ts';
import { checkSteps, readWhole, type ArrayFile, type NamedArray, type ReadElements } from './named-array.ts';
import { Problems } from '../read/problems.ts';
import type { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult } from '../read/reader.ts';

interface Beside {
  readonly read: ReadElements;
  readonly questions: Questions;
  readonly steps: Float64Array | undefined;
  readonly loss: Float64Array | undefined;
  readonly options: ReadOptions;
}

/** Arrays read between two looks at waiting messages. */
const arraysPerBreath = 256;

/** Reads a file that has an array a step, or one a step and layer. Steps and layers may come in any order. */
export async function byStep(file: ArrayFile, chosen: ChosenLoads & { readonly kind: 'steps' }, beside: Beside): Promise<ReadResult> {
  const builder = new TraceBuilder(file.name, beside.options.store);
  const problems = new Problems(file.name);
  const notes = [...file.notes];
  const numbers = [...new Set(chosen.arrays.map(({ step }) => step))].sort((a, b) => a - b);
  checkSteps(Float64Array.from(numbers), `${file.name}, names of arrays`);
  const { steps, loss } = beside;
  const given = !chosen.numbered && steps?.length === numbers.length ? steps : undefined;
  if (given) checkSteps(given, `${file.name}, array of steps`);
  if (!chosen.numbered && !given) notes.push('the file has no step numbers: its arrays are steps 0, 1, 2, …');
  if (steps && !given) notes.push(`${amount(steps.length, 'step number')} ${chosen.numbered ? 'beside the arrays are left out: their names have them' : `for ${amount(numbers.length, 'step')} are left out`}`);
  const fittingLoss = loss?.length === numbers.length ? loss : undefined;
  if (loss && !fittingLoss) notes.push(`${amount(loss.length, 'loss value')} for ${amount(numbers.length, 'step')} are left out`);
  const place = new Map(numbers.map((step, index) => [step, index]));
  for (const [i, { step, layer, array }] of chosen.arrays.entries()) {
    if (i % arraysPerBreath === arraysPerBreath - 1) {
      await breathe();
      throwIfAborted(beside.options.signal);
    }
    const index = place.get(step) ?? 0;
    const row = builder.row(given ? given[index] : step);
    const loads = await readLoads(array, beside.read, problems);
    const { shape } = array.form;
    const experts = shape[shape.length - 1];
    for (let from = 0, number = 0; from < loads.length; from += experts, number++) {
      builder.putRow(row, builder.layer(layer ?? String(number)), loads, from, experts);
    }
    if (fittingLoss) builder.putLoss(row, fittingLoss[index]);
  }
  problems.throwIfAny();
  return builder.finish({
    name: file.name,
    format: `${file.format}, an array a step${chosen.arrays.some(({ layer }) => layer !== null) ? ' and layer' : ''}`,
    questions: beside.questions,
    notes,
  }, beside.options);
}

/** `[layers, experts]` or `[experts]` in C order, each at least 0 and finite; others go to `problems` and become 0. */
async function readLoads(array: NamedArray, read: ReadElements, problems: Problems): Promise<Float64Array> {
  const { shape, fortranOrder } = array.form;
  const loads = inRows(await readWhole(array, read), shape, fortranOrder);
  for (let i = 0; i < loads.length; i++) {
    const load = loads[i];
    if (load >= 0 && load <= largestLoad) {
      // Takes the sign from a negative zero.
      loads[i] = load + 0;
      continue;
    }
    const experts = shape[shape.length - 1];
    problems.add({
      place: `array ${array.name}, ${shape.length === 2 ? `layer ${Math.floor(i / experts)}, ` : ''}expert ${i % experts}`,
      what: `${load} is not a count${load < 0 ? ': it is negative' : ''}`,
      remedy: 'mend the array and save it again',
    });
    loads[i] = 0;
  }
  return loads;
}

function inRows(values: Float64Array, shape: readonly number[], fortranOrder: boolean): Float64Array {
  if (!fortranOrder || shape.length < 2) return values;
  const [rows, columns] = shape;
  return Float64Array.from(values, (_, i) => values[(i % columns) * rows + Math.floor(i / columns)]);
}
