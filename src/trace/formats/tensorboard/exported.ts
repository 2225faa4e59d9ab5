import { amount } from '../../amount.ts';
import { TraceBuilder } from '../../build/builder.ts';
import { CsvRows } from '../csv/rows.ts';
import { HeadCollector } from '../csv/head.ts';
import { nameOfLoads, planRecord } from '../json/plan.ts';
import { chunksOf } from '../../read/chunks.ts';
import { largestLoad } from '../../read/load.ts';
import { hasRole, loadName, namesShares, naturalOrder } from '../../read/names.ts';
import { badInput, Problems } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';
import type { ReadOptions, ReadResult, Source } from '../../read/reader.ts';
import { SeveralProgress } from '../../together/several-progress.ts';

const columnNames = ['Wall time', 'Step', 'Value'];
const comma = 44;

/** Whether a table of these columns is a scalar that TensorBoard exported. */
export function isExportedScalar(columns: readonly string[]): boolean {
  return columns.length === 3 && columnNames.every((name, column) => name === columns[column]);
}

/** Whether a file is such a table, by its beginning. */
export function beginsAsExportedScalar(head: Uint8Array): boolean {
  const [first] = new TextDecoder().decode(head.subarray(0, 100)).split(/\r?\n/, 1);
  return isExportedScalar(first.replaceAll('"', '').split(','));
}

/** Path of the run that a scalar is of, as its file's name has it: "run-train-tag-loss.csv" is of "run-train", others of their folder. */
export function runOfScalar(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('-tag-'), path.lastIndexOf('/'), 0));
}

/** What the scalar is called: "moe_layer0_expert3" of "run-train-tag-moe_layer0_expert3.csv", also of its second download. */
function tagOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/^.*-tag-/, '').replace(/(?: \(\d+\))?\.[a-z]+$/i, '');
}

export function isScalarOfExpert(path: string): boolean {
  return loadName(tagOf(path))?.expert != null;
}

interface Series {
  readonly file: string;
  readonly tag: string;
  /** Finite ones, by step. */
  readonly values: ReadonlyMap<number, number>;
}

/**
 * Scalars of one run that TensorBoard exported, a file each, as one trace: those whose names hold a layer and an expert.
 * TensorBoard exports some steps of each alone; the steps that all have are kept.
 */
export async function readExportedScalars(sources: readonly Source[], name: string, options: ReadOptions): Promise<ReadResult> {
  const questions = new Questions(options.mapping);
  const files = sources.toSorted((a, b) => naturalOrder(a.name, b.name));
  const progress = new SeveralProgress(name, files, options.onProgress);
  const all: Series[] = [];
  for (const file of files) {
    all.push({ file: file.name, tag: tagOf(file.name), values: await valuesOf(file, { ...options, onProgress: progress.ofFile }) });
    progress.next(file);
  }
  const plan = planRecord(Object.fromEntries(all.map(({ tag }) => [tag, 0])), questions);
  if (plan?.kind !== 'flat') {
    throw badInput(name, `no file’s name says the layer or expert of a load: ${all.slice(0, 6).map(({ tag }) => tag).join(', ')}`, 'name the files as TensorBoard does, run-train-tag-layer3_expert12.csv, or open its event files');
  }
  const loads = all.filter(({ tag }) => loadName(tag)?.group === plan.group);
  const kept = [...loads[0].values.keys()].filter((step) => loads.every(({ values }) => values.has(step)));
  if (kept.length === 0) throw badInput(name, 'there is no step that all its scalars have', 'open the scalars of one run');
  const problems = new Problems(name);
  const loss = all.find(({ tag }) => hasRole(tag, 'loss'));
  const builder = new TraceBuilder(name, options.store);
  for (const step of kept) {
    const row = builder.row(step);
    for (const { file, tag, values } of loads) {
      const found = loadName(tag);
      const load = values.get(step) ?? 0;
      if (load >= 0 && load <= largestLoad) builder.put(row, builder.layer(found?.layer ?? '0'), found?.expert ?? 0, load);
      else problems.add({ place: `step ${step}`, what: `${load} is not a count${load < 0 ? ': it is negative' : ''} (${file})`, remedy: 'log it again, or leave the step out' });
    }
    const lossHere = loss?.values.get(step);
    if (lossHere !== undefined) builder.putLoss(row, lossHere);
  }
  problems.throwIfAny();
  return builder.finish({
    name, format: `TensorBoard, ${amount(loads.length, 'exported scalar')}`, questions, namedShares: namesShares(nameOfLoads(plan)),
    notes: [...notesOnSteps(loads, kept.length), ...notesOnMissing(loads), ...notesOnOthers(all, [...loads, ...(loss ? [loss] : [])])],
  }, options);
}

/** Finite values by step. */
async function valuesOf(file: Source, options: ReadOptions): Promise<Map<number, number>> {
  const values = new Map<number, number>();
  const problems = new Problems(file.name);
  const collector = new HeadCollector();
  const begin = (): CsvRows => {
    const head = collector.finish(file.name);
    const rows = new CsvRows(file.name, comma, columnNames.length, head.restLine, null);
    rows.feed(head.rest);
    take(rows);
    return rows;
  };
  const take = (rows: CsvRows): void => {
    for (let cells = rows.next(); cells > 0; cells = rows.next()) {
      const [, step, value] = rows.numbers;
      const problem = (what: string): void => problems.add({ place: rows.place, what, remedy: 'export the scalar again, or leave the row out' });
      if (cells !== columnNames.length) problem(`${amount(cells, 'cell')}, where the first line has 3`);
      else if (!Number.isSafeInteger(step) || step < 0) problem(`"${Number.isNaN(step) ? rows.text(1) : step}" is not a training step`);
      else if (Number.isFinite(value)) values.set(step, value);
      else if (Number.isNaN(value) && !rows.isEmpty(2)) problem(`"${rows.text(2)}" is not a number`);
    }
  };
  let rows: CsvRows | null = null;
  for await (const piece of chunksOf(file, options)) {
    if (rows) {
      rows.feed(piece);
      take(rows);
    } else if (collector.add(piece)) rows = begin();
  }
  rows ??= begin();
  rows.end();
  take(rows);
  problems.throwIfAny();
  return values;
}

function notesOnSteps(loads: readonly Series[], kept: number): string[] {
  const lacking = new Set(loads.flatMap(({ values }) => [...values.keys()])).size - kept;
  return lacking > 0 ? [`${amount(lacking, 'step')} that some scalar lacks ${lacking === 1 ? 'is' : 'are'} left out`] : [];
}

/** Experts whose files are not there, by the numbers of the others. */
function notesOnMissing(loads: readonly Series[]): string[] {
  const byLayer = new Map<string, Set<number>>();
  for (const { tag } of loads) {
    const name = loadName(tag);
    if (name?.expert == null) continue;
    byLayer.set(name.layer, (byLayer.get(name.layer) ?? new Set()).add(name.expert));
  }
  const numbers = [...byLayer.values()].flatMap((experts) => [...experts]);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return [...byLayer].flatMap(([layer, experts]) => {
    const lacking = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((expert) => !experts.has(expert));
    return lacking.length === 0 ? [] : [`layer ${layer} lacks the files of ${amount(lacking.length, 'expert')}: ${lacking.slice(0, 5).join(', ')}${lacking.length > 5 ? ', …' : ''}`];
  });
}

function notesOnOthers(all: readonly Series[], used: readonly Series[]): string[] {
  const others = all.filter((one) => !used.includes(one)).map(({ tag }) => tag);
  if (others.length === 0) return [];
  return [`${amount(others.length, 'other scalar')} left out: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}`];
}
