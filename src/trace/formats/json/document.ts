import { amount } from '../../amount.ts';
import type { TraceBuilder } from '../../build/builder.ts';
import type { JsonConsumer } from './consume.ts';
import type { Json } from './parse.ts';
import { isNumberedTable, keysAreSteps, namedRow, splitNames, tupleNames } from './named-rows.ts';
import { isRecord, leavesOf, listsOf, planRecord, stepKey, type JsonRecord } from './plan.ts';
import { StepArrays, type StepsPlan } from './steps.ts';
import type { Handling, WalkHandler } from './walk.ts';
import { hasRole, shown } from '../../read/names.ts';
import { badInput } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';

/** Where a document has its records. */
export type DocumentPlan =
  /** It is one record itself. */
  | { readonly kind: 'record' }
  /** They are the elements of a list; `names` are those of the cells of an element that is a row. */
  | { readonly kind: 'list'; readonly path: string; readonly names?: readonly string[] }
  /** A step each, under its number. */
  | { readonly kind: 'keys' }
  /** They are spread over arrays that run over the steps. */
  | { readonly kind: 'steps'; readonly loads: StepsPlan };

/** Records of a list that are looked at for loads. */
const recordsLookedAt = 50;

/**
 * Decides where a document has its records. Rejects with `bad-input` a table whose cells stand under numbers.
 * @param begin the document, or what is known of it
 * @param whole whether that is all of it
 * @returns null when more of the document is needed
 */
export function planDocument(file: string, begin: Json, whole: boolean, questions: Questions): DocumentPlan | null {
  if (Array.isArray(begin)) return { kind: 'list', path: '', names: tupleNames(begin, questions) ?? undefined };
  if (!isRecord(begin)) return { kind: 'record' };
  const names = splitNames(begin);
  if (names) return { kind: 'list', path: 'data', names };
  if (isNumberedTable(begin)) throw badInput(file, 'it is a table whose cells are numbered, as pandas writes it by default', 'write it with df.to_json(path, orient="records"), df.to_csv or df.to_parquet');
  if (keysAreSteps(begin, questions)) return { kind: 'keys' };
  const lists = [...listsOf(begin)].filter(({ list }) => list.slice(0, recordsLookedAt).some((record) => isRecord(record) && planRecord(record, new Questions()) !== null));
  if (lists.length > 0) return { kind: 'list', path: askList(lists, questions) };
  const loads = planRecord(begin, questions);
  if (loads && runsOverSteps(loads, begin, whole)) return { kind: 'steps', loads };
  return whole ? { kind: 'record' } : null;
}

function askList(lists: readonly { readonly path: string; readonly list: readonly Json[] }[], questions: Questions): string {
  const ranked = lists.toSorted((a, b) => b.list.length - a.list.length);
  if (ranked.length === 1) return ranked[0].path;
  return questions.ask({
    id: 'list',
    label: 'Which list holds the steps?',
    options: ranked.map(({ path, list }) => ({ value: path, label: `${shown(path)} (${amount(list.length, 'record')} at its beginning)` })),
    guess: ranked[0].path,
    ambiguous: true,
  });
}

function runsOverSteps(plan: NonNullable<ReturnType<typeof planRecord>>, record: JsonRecord, whole: boolean): plan is StepsPlan {
  if (plan.kind === 'columns' || (plan.kind === 'array' && plan.depth === 3)) return true;
  if (stepKey(record) !== null) return false;
  if (plan.kind === 'layer-steps') return true;
  if (plan.kind !== 'array' || plan.depth !== 2) return false;
  // An array of two axes is one step of layers, unless it has step numbers beside it or is too long for that.
  if (!whole) return true;
  const lengths = new Map([...leavesOf(record)].map(({ path, depth, value }) => [path, depth > 0 && Array.isArray(value) ? value.length : -1]));
  return [...lengths].some(([path, length]) => hasRole(path, 'step') && length > 1 && length === lengths.get(plan.path));
}

/** Takes the records of a document into a trace while it is walked through. */
export class DocumentReading implements WalkHandler {
  readonly #file: string;
  readonly #plan: DocumentPlan;
  readonly #builder: TraceBuilder;
  readonly #consumer: JsonConsumer;
  #arrays: StepArrays | null = null;
  #listBegun = false;
  /** Documents that have ended. */
  documents = 0;

  constructor(file: string, plan: DocumentPlan, builder: TraceBuilder, consumer: JsonConsumer) {
    this.#file = file;
    this.#plan = plan;
    this.#builder = builder;
    this.#consumer = consumer;
  }

  handling(path: string, first: string): Handling {
    const plan = this.#plan;
    if (plan.kind === 'record') return 'whole';
    if (plan.kind === 'keys') return path === '' ? 'members' : 'whole';
    if (plan.kind === 'list') {
      if (first === '{' && (path === '' || plan.path.startsWith(`${path}/`))) return 'members';
      if (path !== plan.path || first !== '[') return 'skip';
      if (this.#listBegun) throw badInput(this.#file, `${shown(path) || 'the list'} comes twice`, 'leave one of the two out');
      this.#listBegun = true;
      return 'elements';
    }
    if (first === '{') return 'members';
    this.#arrays ??= new StepArrays(this.#file, plan.loads, this.#builder, this.#consumer);
    return first === '[' ? this.#arrays.handling(path) : 'skip';
  }

  take(path: string, index: number, value: Json): void {
    if (this.#arrays) {
      if (index < 0) this.#arrays.whole(path, value);
      else this.#arrays.element(path, index, value);
      return;
    }
    const plan = this.#plan;
    if (plan.kind === 'keys') this.#consumer.record({ step: Number(path), loads: value }, `step ${path}`);
    else if (index < 0) this.#consumer.record(value, 'the document');
    else this.#consumer.record(plan.kind === 'list' && plan.names ? namedRow(plan.names, value) : value, path === '' ? `record ${index}` : `${shown(path)}[${index}]`);
  }

  end(): void {
    this.documents++;
    this.#arrays?.end();
    this.#arrays = null;
    this.#listBegun = false;
  }
}
