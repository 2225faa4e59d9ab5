import { amount } from '../../amount.ts';
import { mostExperts, type TraceBuilder } from '../../build/builder.ts';
import type { Json } from './parse.ts';
import { isRecord, layerKey, layerNameOf, leavesOf, lossKey, nameOfExperts, nameOfLoads, planRecord, stepKey, valueAt, type JsonPlan, type JsonRecord } from './plan.ts';
import { StepArrays } from './steps.ts';
import { largestLoad } from '../../read/load.ts';
import { groupScore, hasRole, loadName, namesShares, noteOnThings, type LoadName } from '../../read/names.ts';
import { badInput, type Problems } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';

/** Depth of the arrays that a kind of plan takes its loads from. */
const depthOfKind = { flat: 0, 'layer-arrays': 1, 'layer-steps': 2, columns: 1 } as const;

const fixRecord = 'fix the record or leave it out';

/** Records that wait for one that surely holds loads. */
const mostWaiting = 50;

/** Whether the name of what a plan takes says that it is loads. */
function namesLoads(plan: JsonPlan): boolean {
  return plan.kind !== 'array' || hasRole(plan.path, 'load') || groupScore(plan.path) > 0;
}

function shownJson(value: Json | undefined): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value ?? null).slice(0, 40);
}

function arePlain(loads: readonly Json[]): loads is number[] {
  for (const load of loads) if (!(typeof load === 'number' && load >= 0 && load <= largestLoad)) return false;
  return true;
}

/** Takes JSON records into a trace: a record a step, or a record a step and layer. */
export class JsonConsumer {
  readonly #file: string;
  readonly #builder: TraceBuilder;
  readonly #problems: Problems;
  readonly #questions: Questions;
  #plan: JsonPlan | null = null;
  /** Records that came before it was decided where the loads are. */
  #waiting: { readonly record: JsonRecord; readonly place: string }[] = [];
  #step: string | null = null;
  #namedShares = false;
  /** Notes of what took part in the reading. */
  readonly remarks: string[] = [];
  #rowNumber = 0;
  #withoutLoads = 0;
  #nulls = 0;
  #summed = false;
  readonly #expertsOfLayer = new Map<string, number>();
  readonly #names = new Map<string, LoadName | null>();
  /** Of choices that are counted: tokens of each expert, by row and layer. */
  readonly #counted = new Map<number, Map<string, number[]>>();
  #dropped = 0;

  constructor(file: string, builder: TraceBuilder, problems: Problems, questions: Questions) {
    this.#file = file;
    this.#builder = builder;
    this.#problems = problems;
    this.#questions = questions;
  }

  /** @param place as errors call it: "line 12" */
  record(value: Json, place: string): void {
    const record = Array.isArray(value) ? { loads: value } : value;
    if (!isRecord(record)) return this.problem(place, `${shownJson(value)} is no record of loads`);
    if (this.#plan) return this.#take(record, this.#plan, place);
    const found = planRecord(record, new Questions());
    if (!found) {
      this.#withoutLoads++;
      return;
    }
    // A configuration holds arrays too: what has neither a step nor a name of loads waits for a record that has.
    this.#waiting.push({ record, place });
    if (stepKey(record) !== null || namesLoads(found)) this.#decide(record);
    else if (this.#waiting.length >= mostWaiting) this.#decide(this.#waiting[0].record);
  }

  /** Decides where the loads are, from a record that has some, and takes those that waited. */
  #decide(record: JsonRecord): void {
    const plan = planRecord(record, this.#questions);
    if (!plan) return;
    this.#plan = plan;
    this.#step = stepKey(record);
    this.called(plan);
    for (const waiting of this.#waiting) this.#take(waiting.record, plan, waiting.place);
    this.#waiting = [];
  }

  #take(record: JsonRecord, plan: JsonPlan, place: string): void {
    const loads = this.#loadsOf(record, plan);
    if (!loads) {
      this.#withoutLoads++;
      return;
    }
    if ((plan.kind === 'array' && plan.depth === 3) || (plan.kind === 'layer-steps' && this.#step === null) || plan.kind === 'columns') {
      return new StepArrays(this.#file, plan, this.#builder, this).record(record);
    }
    const step = this.#step === null ? this.nextNumber() : record[this.#step];
    if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 0) {
      return this.problem(place, step === undefined ? `the step is missing (${this.#step})` : `${JSON.stringify(step)} is not a training step (${this.#step})`);
    }
    const row = this.#builder.row(step);
    const loss = lossKey(record);
    if (loss !== null && Number.isFinite(record[loss])) this.#builder.putLoss(row, Number(record[loss]));
    if (plan.kind === 'long') this.#one(record, plan, row, place);
    else if (plan.kind === 'array') this.#array(record, loads, plan, row, place);
    else if (plan.kind === 'choices') this.#choices(record, loads, plan, row, place);
    else this.#named(record, plan, row, place);
  }

  /** Takes the names of the loads for what they say. */
  called(plan: JsonPlan): void {
    this.#namedShares = namesShares(nameOfLoads(plan));
    this.remarks.push(...noteOnThings(nameOfExperts(plan)));
  }

  /** Whether the loads are called shares. */
  get namedShares(): boolean {
    return this.#namedShares;
  }

  notes(): string[] {
    const notes = [...this.remarks];
    if (this.#rowNumber > 0) notes.push('the file has no step numbers: its rows are steps 0, 1, 2, …');
    if (this.#withoutLoads > 0) notes.push(`${amount(this.#withoutLoads, 'record')} ${this.#withoutLoads === 1 ? 'holds no loads and is' : 'hold no loads and are'} left out`);
    if (this.#nulls > 0) notes.push(`${amount(this.#nulls, 'empty load')} (null, NaN) read as 0`);
    if (this.#summed) notes.push('the micro-batches of a step are summed');
    if (this.#counted.size > 0) notes.push('the experts that tokens were sent to are counted');
    if (this.#dropped > 0) notes.push(`${amount(this.#dropped, 'choice')} of no expert (-1) ${this.#dropped === 1 ? 'is' : 'are'} left out`);
    return notes;
  }

  /** Takes what still waits. Throws when nothing was found in any record. */
  finish(): void {
    if (this.#waiting.length > 0) this.#decide(this.#waiting[0].record);
    this.#problems.throwIfAny();
    if (this.#builder.rows === 0) throw badInput(this.#file, ['no record holds expert loads', ...this.remarks].join('; '), 'write a line a step with nested [layer][expert] arrays, or keys like layer3_expert12');
    for (const [row, layers] of this.#counted) for (const [layer, counts] of layers) this.#builder.putRow(row, this.#builder.layer(layer), Array.from(counts, (count) => count ?? 0));
  }

  problem(place: string, what: string): void {
    this.#problems.add({ place, what, remedy: fixRecord });
  }

  #loadsOf(record: JsonRecord, plan: JsonPlan): Json | undefined {
    if (plan.kind === 'array' || plan.kind === 'choices') return valueAt(record, plan.path);
    if (plan.kind === 'long') return record[plan.load];
    for (const { path, depth } of leavesOf(record)) {
      if (this.nameOf(path)?.group === plan.group && depth === depthOfKind[plan.kind]) return true;
    }
    return undefined;
  }

  /** What a name says of layer and expert; remembered, since records repeat their names. */
  nameOf(path: string): LoadName | null {
    let name = this.#names.get(path);
    if (name === undefined) {
      name = loadName(path);
      this.#names.set(path, name);
    }
    return name;
  }

  #array(record: JsonRecord, loads: Json, plan: { readonly path: string; readonly depth: number }, row: number, place: string): void {
    const key = layerKey(record);
    if (!Array.isArray(loads)) return this.problem(place, `${plan.path} is no array`);
    if (key !== null) {
      const layer = layerNameOf(record, key);
      if (plan.depth === 1) return this.layer(layer, loads, row, place, plan.path);
      if (loads.length > 1) this.#summed = true;
      return this.layer(layer, this.#sum(loads, place, plan.path), row, place, plan.path);
    }
    if (plan.depth === 1) return this.layer('0', loads, row, place, plan.path);
    loads.forEach((layer, index) => this.layer(String(index), layer, row, place, `${plan.path}[${index}]`));
  }

  /** Steps of a file that does not number them. */
  nextNumber(): number {
    return this.#rowNumber++;
  }

  /** Takes the loads of one step of a layer, an element an expert. */
  layer(name: string, loads: Json, row: number, place: string, path: string): void {
    if (!Array.isArray(loads)) return this.problem(place, `${path} is no array of loads`);
    const experts = this.#expertsOfLayer.get(name);
    if (experts === undefined) this.#expertsOfLayer.set(name, loads.length);
    else if (experts !== loads.length) return this.problem(place, `${path} has ${amount(loads.length, 'expert')}, before it had ${experts}`);
    const values = arePlain(loads) ? loads : loads.map((load, expert) => this.load(load, place, `${path}[${expert}]`));
    this.#builder.putRow(row, this.#builder.layer(name), values);
  }

  #one(record: JsonRecord, plan: { readonly expert: string; readonly load: string }, row: number, place: string): void {
    const key = layerKey(record);
    const given = record[plan.expert];
    const expert = typeof given === 'string' ? /\d+$/.exec(given)?.[0] : given;
    const load = this.load(record[plan.load], place, plan.load);
    if (expert === undefined || !Number.isInteger(Number(expert)) || Number(expert) < 0) return this.problem(place, `${shownJson(given)} is not an expert (${plan.expert})`);
    this.#builder.put(row, this.#builder.layer(key === null ? '0' : layerNameOf(record, key)), Number(expert), load);
  }

  /** Sum over micro-batches of `[microbatch][expert]`. */
  #sum(batches: readonly Json[], place: string, path: string): Json[] {
    const sum: number[] = [];
    for (const [index, batch] of batches.entries()) {
      if (!Array.isArray(batch)) {
        this.problem(place, `${path}[${index}] is no array of loads`);
        continue;
      }
      if (index > 0 && batch.length !== sum.length) this.problem(place, `${path}[${index}] has ${amount(batch.length, 'expert')}, ${path}[0] has ${sum.length}`);
      batch.forEach((load, expert) => (sum[expert] = (sum[expert] ?? 0) + this.load(load, place, `${path}[${index}][${expert}]`)));
    }
    return sum;
  }

  /** A load, 0 for an empty one and for a wrong one after noting a problem. */
  load(load: Json | undefined, place: string, path: string): number {
    if (typeof load === 'number' && load >= 0 && load <= largestLoad) return load;
    if (load === null || load === undefined) this.#nulls++;
    else this.problem(place, `${shownJson(load)} is not a count${typeof load === 'number' && load < 0 ? ': it is negative' : ''} (${path})`);
    return 0;
  }

  #named(record: JsonRecord, plan: JsonPlan & { readonly group: string }, row: number, place: string): void {
    for (const { path, depth, value } of leavesOf(record)) {
      const name = this.nameOf(path);
      if (name?.group !== plan.group) continue;
      if (plan.kind === 'layer-arrays') {
        if (depth === 1) this.layer(name.layer, value, row, place, path);
      } else if (plan.kind === 'layer-steps') {
        if (depth !== 2 || !Array.isArray(value)) continue;
        if (value.length > 1) this.#summed = true;
        this.layer(name.layer, this.#sum(value, place, path), row, place, path);
      } else if (depth === 0 && name.expert !== null) {
        this.#builder.put(row, this.#builder.layer(name.layer), name.expert, this.load(value, place, path));
      }
    }
  }

  /** Counts `[tokens][chosen]` of the record's layer, or `[layers][tokens][chosen]`. Records of a step and layer are counted together. */
  #choices(record: JsonRecord, choices: Json, plan: { readonly path: string; readonly depth: number }, row: number, place: string): void {
    const key = layerKey(record);
    if (!Array.isArray(choices)) return this.problem(place, `${plan.path} is no array`);
    if (key === null && plan.depth === 3) choices.forEach((own, layer) => this.#count(String(layer), own, row, place, `${plan.path}[${layer}]`));
    else this.#count(key === null ? '0' : layerNameOf(record, key), choices, row, place, plan.path);
  }

  #count(layer: string, choices: Json, row: number, place: string, path: string): void {
    const layers = this.#counted.get(row) ?? new Map<string, number[]>();
    this.#counted.set(row, layers);
    const counts = layers.get(layer) ?? [];
    layers.set(layer, counts);
    const all = Array.isArray(choices) ? choices.flat(2) : [choices];
    for (const expert of all) {
      if (expert === -1) this.#dropped++;
      else if (typeof expert === 'number' && Number.isInteger(expert) && expert >= 0 && expert < mostExperts) counts[expert] = (counts[expert] ?? 0) + 1;
      else return this.problem(place, `${shownJson(expert)} is not an expert's number (${path})`);
    }
  }
}
