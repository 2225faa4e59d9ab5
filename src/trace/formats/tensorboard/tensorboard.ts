import { TraceBuilder } from '../../build/builder.ts';
import { ByteMeter, chunksOfStream } from '../../read/chunks.ts';
import { nameOfExperts, nameOfLoads, planRecord, type JsonPlan, type JsonRecord } from '../json/plan.ts';
import { largestLoad } from '../../read/load.ts';
import { hasRole, loadName, namesShares, naturalOrder, noteOnThings } from '../../read/names.ts';
import { badInput, Problems } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { valuesOfEvent, type LoggedValue } from './tfevents.ts';
import { beginsWithRecord, tfRecords } from './tfrecord.ts';

/** What TensorBoard's writers log: a scalar a layer and expert, or a list of experts a layer. */
export const tensorBoardReader: Reader = {
  id: 'tensorboard',
  label: 'TensorBoard events',
  inOrder: true,
  sniff: (head) => (beginsWithRecord(head) ? 1 : 0),
  read: (source, options) => readTensorBoard([source], source.name, options),
};

/** Event files of one run as one trace; of a step that was logged twice, the later file counts. */
export async function readTensorBoard(sources: readonly Source[], name: string, options: ReadOptions): Promise<ReadResult> {
  const questions = new Questions(options.mapping);
  const problems = new Problems(name);
  const builder = new TraceBuilder(name, options.store);
  const notes: string[] = [];
  const files = sources.toSorted((a, b) => naturalOrder(a.name, b.name));
  // Twice: tags may come at any time, and which of them are the loads is decided from all.
  const total = files.reduce<number | undefined>((sum, file) => (sum === undefined || file.byteLength === undefined ? undefined : sum + 2 * file.byteLength), 0);
  const meter = new ByteMeter(`reading ${name}`, total, options.onProgress);
  async function* values(onCutOff: (file: string, at: number) => void): AsyncGenerator<LoggedValue> {
    for (const file of files) {
      const chunks = chunksOfStream(file.stream(), file.name, options.signal, (bytes) => meter.add(bytes));
      for await (const event of tfRecords(chunks, file.name, (at) => onCutOff(file.name, at))) yield* valuesOfEvent(event, file.name);
    }
  }

  const tags: Record<string, number | number[]> = {};
  for await (const { tag, value } of values((file, at) => notes.push(`the last record of ${file} is cut off at byte ${at} and left out`))) {
    if (!Object.hasOwn(tags, tag)) tags[tag] = typeof value === 'number' ? 0 : value.map(() => 0);
  }
  const plan = planRecord(tags satisfies JsonRecord, questions);
  if (!plan) {
    const shown = Object.keys(tags).slice(0, 6).map((tag) => `"${tag}"`).join(', ');
    throw badInput(name, `no tag in it names a layer’s or expert’s load; its tags are ${shown || 'none'}`, 'log a scalar such as layer3/expert12 for every layer and expert');
  }
  /** Losses are logged more often than loads: those of other steps are no rows. */
  const losses = new Map<number, number>();
  const loadSteps = new Set<number>();
  for await (const logged of values(() => {})) {
    if (typeof logged.value === 'number' && hasRole(logged.tag, 'loss')) losses.set(logged.step, logged.value);
    else if (put(logged, plan, builder, problems)) loadSteps.add(logged.step);
  }
  problems.throwIfAny();
  for (const [step, loss] of losses) if (loadSteps.has(step)) builder.putLoss(builder.row(step), loss);
  return builder.finish({ name, format: 'TensorBoard', questions, notes: [...notes, ...noteOnThings(nameOfExperts(plan))], namedShares: namesShares(nameOfLoads(plan)) }, options);
}

/** @returns whether the value was a load, and taken */
function put({ step, tag, value }: LoggedValue, plan: JsonPlan, builder: TraceBuilder, problems: Problems): boolean {
  const name = loadName(tag);
  const isLoad = 'path' in plan ? tag === plan.path : 'group' in plan && name?.group === plan.group;
  if (!isLoad) return false;
  const loads = typeof value === 'number' ? [value] : value;
  const wrong = loads.find((load) => !(load >= 0 && load <= largestLoad));
  if (wrong !== undefined || !Number.isSafeInteger(step)) {
    problems.add({ place: `step ${step}`, what: `${wrong ?? step} is not a ${wrong === undefined ? 'training step' : `count${wrong < 0 ? ': it is negative' : ''}`} (${tag})`, remedy: 'log it again, or leave the step out' });
    return false;
  }
  const row = builder.row(step);
  const layer = builder.layer(name?.layer ?? '0');
  if (typeof value !== 'number') builder.putRow(row, layer, value);
  else builder.put(row, layer, name?.expert ?? 0, value);
  return true;
}
