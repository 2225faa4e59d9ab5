import { amount } from '../../amount.ts';
import type { TraceBuilder } from '../../build/builder.ts';
import type { JsonConsumer } from './consume.ts';
import type { Json } from './parse.ts';
import { leavesOf, type JsonPlan, type JsonRecord } from './plan.ts';
import type { Handling } from './walk.ts';
import { hasRole, shown } from '../../read/names.ts';
import { badInput } from '../../read/problems.ts';
import { ringOrder } from '../../arrays/ring.ts';

/** Plans whose arrays run over the steps. */
export type StepsPlan = Extract<JsonPlan, { readonly kind: 'array' | 'layer-steps' | 'columns' }>;

interface Series {
  readonly path: string;
  readonly values: readonly Json[];
}

/**
 * Arrays over the steps, of all layers, of a layer each or of an expert each, with arrays of step numbers and losses
 * beside them, in any order and an element at a time.
 */
export class StepArrays {
  readonly #file: string;
  readonly #plan: StepsPlan;
  readonly #builder: TraceBuilder;
  readonly #consumer: JsonConsumer;
  readonly #begun = new Set<string>();
  /** Rows of the trace, by element. */
  readonly #rows: number[] = [];
  /** Elements of each array of loads, and of what is beside them. */
  readonly #lengths = new Map<string, number>();
  readonly #series: Series[] = [];
  /** Of a ring of rows, whether each element holds any load. */
  readonly #used: boolean[] = [];

  constructor(file: string, plan: StepsPlan, builder: TraceBuilder, consumer: JsonConsumer) {
    this.#file = file;
    this.#plan = plan;
    this.#builder = builder;
    this.#consumer = consumer;
    consumer.called(plan);
  }

  /** What to do with the array at a path. Throws when it comes twice. */
  handling(path: string): Handling {
    const handling = this.#handlingOf(path);
    if (handling === 'skip') return handling;
    if (this.#begun.has(path)) throw badInput(this.#file, `${shown(path)} comes twice`, 'leave one of the two out');
    this.#begun.add(path);
    return handling;
  }

  /** Takes an element of an array of loads: a step. */
  element(path: string, index: number, value: Json): void {
    this.#lengths.set(path, index + 1);
    const row = (this.#rows[index] ??= this.#builder.newRow());
    const place = `${shown(path)}[${index}]`;
    const layer = this.#plan.kind === 'layer-steps' ? this.#consumer.nameOf(path)?.layer : undefined;
    if (layer !== undefined || (this.#plan.kind === 'array' && this.#plan.depth === 2)) return this.#consumer.layer(layer ?? '0', value, row, place, place);
    if (!Array.isArray(value)) return this.#consumer.problem(place, 'it is no array of layers');
    if (this.#isRing) this.#used[index] = value.some((loads) => Array.isArray(loads) && loads.some((load) => load !== 0));
    value.forEach((loads, l) => this.#consumer.layer(String(l), loads, row, place, `${place}[${l}]`));
  }

  /** Takes a whole array: an expert's loads, step numbers or losses. */
  whole(path: string, value: Json): void {
    if (!Array.isArray(value)) return;
    const name = this.#plan.kind === 'columns' ? this.#consumer.nameOf(path) : null;
    if (name === null || name.expert === null || name.group !== this.#groupOf()) {
      this.#series.push({ path, values: value });
      return;
    }
    const [layer, expert] = [this.#builder.layer(name.layer), name.expert];
    this.#lengths.set(path, value.length);
    value.forEach((load, index) => {
      const row = (this.#rows[index] ??= this.#builder.newRow());
      this.#builder.put(row, layer, expert, this.#consumer.load(load, `${shown(path)}[${index}]`, shown(path)));
    });
  }

  /** All arrays have ended: their elements become steps. */
  end(): void {
    const [first, ...others] = [...this.#lengths];
    if (!first) return;
    const [path, count] = first;
    const unequal = others.find(([, length]) => length !== count);
    if (unequal) throw badInput(this.#file, `${shown(unequal[0])} has ${amount(unequal[1], 'step')}, ${shown(path)} has ${count}`, 'write the same steps of every layer');
    const series = (role: 'step' | 'loss'): Series | undefined => this.#series.find((one) => hasRole(one.path, role) && one.values.length === count);
    const [steps, losses] = [series('step'), series('loss')];
    // Of a ring without step numbers, rows that were never written are no steps.
    const order = this.#isRing && !steps ? ringOrder(this.#used, this.#consumer.remarks) : this.#rows.keys();
    for (const index of order) {
      const row = this.#rows[index];
      const step = steps ? steps.values[index] : this.#consumer.nextNumber();
      if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 0) {
        this.#consumer.problem(`${shown(steps?.path ?? path)}[${index}]`, `${JSON.stringify(step)} is not a training step`);
        continue;
      }
      this.#builder.setStep(row, step);
      const loss = losses?.values[index];
      if (typeof loss === 'number' && Number.isFinite(loss)) this.#builder.putLoss(row, loss);
    }
  }

  /** Takes the arrays of a record that is there as a whole. */
  record(record: JsonRecord): void {
    for (const { path, depth, value } of leavesOf(record)) {
      if (depth === 0 || !Array.isArray(value)) continue;
      const handling = this.handling(path);
      if (handling === 'elements') value.forEach((element, index) => this.element(path, index, element));
      else if (handling === 'whole') this.whole(path, value);
    }
    this.end();
  }

  /** As SGLang's recorder writes it. */
  get #isRing(): boolean {
    return this.#plan.kind === 'array' && this.#plan.depth === 3 && /(?:^|\/)logical_count$/.test(this.#plan.path);
  }

  #handlingOf(path: string): Handling {
    const plan = this.#plan;
    if (plan.kind === 'array' && path === plan.path) return 'elements';
    if (plan.kind !== 'array' && this.#consumer.nameOf(path)?.group === plan.group) return plan.kind === 'columns' ? 'whole' : 'elements';
    return hasRole(path, 'step') || hasRole(path, 'loss') ? 'whole' : 'skip';
  }

  #groupOf(): string | null {
    return this.#plan.kind === 'array' ? null : this.#plan.group;
  }
}
