import type { Json } from './parse.ts';
import { bestOfRole, groupScore, hasRole, loadName, namesChoices, namesThing, roleRank, thingsOf, type ColumnRole } from '../../read/names.ts';
import type { Questions } from '../../read/questions.ts';

export type JsonRecord = { readonly [key: string]: Json };

/** A number, or nested arrays of numbers, in a record. */
export interface Leaf {
  /** Keys on the way, joined by "/": "train/TokensTotal/layer0/expert5". */
  readonly path: string;
  /** 0: a number. */
  readonly depth: 0 | 1 | 2 | 3;
  readonly value: Json;
}

/** Where a record's loads are. */
export type JsonPlan =
  /** One nested array: `[layers][experts]`, `[experts]`, or in a document `[steps][layers][experts]`. */
  | { readonly kind: 'array'; readonly path: string; readonly depth: 1 | 2 | 3 }
  /** A number a load, under names such as in a wide table. */
  | { readonly kind: 'flat'; readonly group: string }
  /** An array of experts for each layer, under names such as "layer3". */
  | { readonly kind: 'layer-arrays'; readonly group: string }
  /** The same with an array of steps, or of the micro-batches of the record's step, for each layer. */
  | { readonly kind: 'layer-steps'; readonly group: string }
  /** An array of steps for each expert, under names such as in a wide table: a document that is written by columns. */
  | { readonly kind: 'columns'; readonly group: string }
  /** One load of one expert, as in a long table. */
  | { readonly kind: 'long'; readonly expert: string; readonly load: string }
  /** Which experts each token was sent to, `[tokens][chosen]`, with one more axis for layers: they are counted. */
  | { readonly kind: 'choices'; readonly path: string; readonly depth: 1 | 2 | 3 };

/** The name under which a plan's loads are, numbers as stars. */
export function nameOfLoads(plan: JsonPlan): string {
  return plan.kind === 'long' ? plan.load : 'path' in plan ? plan.path : plan.group;
}

/** The name that says what a plan's loads are of. */
export function nameOfExperts(plan: JsonPlan): string {
  return plan.kind === 'long' ? plan.expert : nameOfLoads(plan);
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How deep arrays are nested down to numbers; -1 for arrays of anything else. */
export function depthOf(value: Json): number {
  let depth = 0;
  let inner: Json | undefined = value;
  while (Array.isArray(inner)) {
    depth++;
    inner = inner.find((one) => one !== null);
  }
  return typeof inner === 'number' || (inner === undefined && depth > 0) ? depth : -1;
}

/** Objects in objects that are looked into; what is deeper is no record of loads. */
const deepest = 16;

/** All numbers and arrays of numbers in a record. */
export function* leavesOf(record: JsonRecord, prefix = '', depthHere = 0): Generator<Leaf> {
  for (const [key, value] of Object.entries(record)) {
    const path = prefix + key;
    if (isRecord(value)) {
      if (depthHere < deepest) yield* leavesOf(value, `${path}/`, depthHere + 1);
    } else {
      const depth = depthOf(value);
      if (depth >= 0 && depth <= 3) yield { path, depth: depth as Leaf['depth'], value };
    }
  }
}

/** All lists of objects in a record, with their paths. */
export function* listsOf(record: JsonRecord, prefix = '', depthHere = 0): Generator<{ readonly path: string; readonly list: readonly Json[] }> {
  for (const [key, value] of Object.entries(record)) {
    if (Array.isArray(value) && isRecord(value[0])) yield { path: prefix + key, list: value };
    else if (isRecord(value) && depthHere < deepest) yield* listsOf(value, `${prefix}${key}/`, depthHere + 1);
  }
}

/** Chooses where the loads are, from the first record that has any; asks when there are several. null: it has none. */
export function planRecord(record: JsonRecord, questions: Questions): JsonPlan | null {
  const candidates = new Map<string, { plan: JsonPlan; label: string; score: number; size: number }>();
  const grow = (id: string, plan: JsonPlan, label: string, score: number, size: number): void => {
    const known = candidates.get(id);
    if (known) known.size += size;
    else candidates.set(id, { plan, label, score, size });
  };
  const hasLayer = layerKey(record) !== null;
  const hasStep = stepKey(record) !== null;
  const load = findKey(record, 'load');
  const expert = findKey(record, 'expert') ?? Object.keys(record).find(namesThing);
  if (expert !== undefined && load !== null) grow(load, { kind: 'long', expert, load }, load, 2.5, 1);
  for (const { path, depth, value } of leavesOf(record)) {
    const name = loadName(path);
    if (depth === 0) {
      if (name?.expert != null) grow(name.group, { kind: 'flat', group: name.group }, name.group, 1 + groupScore(name.group), 1);
      continue;
    }
    const isSeries = hasRole(path, 'step') || hasRole(path, 'loss');
    if (isSeries) continue;
    const size = Array.isArray(value) ? value.length : 0;
    if (namesChoices(path)) {
      grow(path, { kind: 'choices', path, depth }, `${path}, counted`, 2.9, size);
      continue;
    }
    if (name && name.expert !== null && depth === 1 && !hasStep) {
      grow(name.group, { kind: 'columns', group: name.group }, name.group, 1.1 + groupScore(name.group), size);
      continue;
    }
    if (name && name.expert === null && depth < 3 && !hasLayer) {
      grow(name.group, { kind: depth === 1 ? 'layer-arrays' : 'layer-steps', group: name.group }, name.group, 1.2 + groupScore(name.group), size);
      continue;
    }
    const named = hasRole(path, 'load') ? 3 - roleRank(path, 'load') / 100 : groupScore(path) / 2;
    grow(path, { kind: 'array', path, depth }, path, named + (depth > 1 ? 0.2 : 0), size);
  }
  // The rank that a record is from, or the GPUs beside it, are no loads where others are named.
  const isOfThings = ({ plan }: { readonly plan: JsonPlan }): boolean => plan.kind !== 'array' && thingsOf(nameOfExperts(plan)) !== null;
  const othersNamed = [...candidates.values()].some((one) => !isOfThings(one) && (one.plan.kind !== 'array' || hasRole(one.plan.path, 'load')));
  const ranked = [...candidates].filter(([, one]) => !othersNamed || !isOfThings(one)).sort(([, a], [, b]) => b.score - a.score || b.size - a.size);
  if (ranked.length === 0) return null;
  if (ranked.length === 1) return ranked[0][1].plan;
  const answer = questions.ask({
    id: 'field',
    label: 'Which field holds the load?',
    options: ranked.map(([value, { label }]) => ({ value, label })),
    guess: ranked[0][0],
    ambiguous: ranked[0][1].score < 2 || ranked[1][1].score >= 2,
  });
  return (candidates.get(answer) ?? ranked[0][1]).plan;
}

function findKey(record: JsonRecord, role: ColumnRole): string | null {
  const mayBeText = role === 'layer' || role === 'expert';
  const keys = Object.keys(record).filter((key) => typeof record[key] === 'number' || (mayBeText && typeof record[key] === 'string'));
  return bestOfRole(keys, role) ?? null;
}

export function stepKey(record: JsonRecord): string | null {
  return findKey(record, 'step');
}

export function lossKey(record: JsonRecord): string | null {
  return findKey(record, 'loss');
}

/** Key of the layer that a record is about, as Megatron-LM writes it; null when a record holds all layers. */
export function layerKey(record: JsonRecord): string | null {
  const key = findKey(record, 'layer');
  return key === 'block' ? null : key;
}

/** "3", "decoder 3" where the record names its block, or "mtp 0 layer 3" for a layer of a multi-token prediction head. */
export function layerNameOf(record: JsonRecord, key: string): string {
  const value = record[key];
  const layer = typeof value === 'string' ? value : String(Number(value));
  if (typeof record.mtp_idx === 'number') return `mtp ${record.mtp_idx} layer ${layer}`;
  return typeof record.block === 'string' && key !== 'block' ? `${record.block} ${layer}` : layer;
}

/** The value at a path of keys joined by "/". Keys may hold "/" themselves. */
export function valueAt(record: JsonRecord, path: string): Json | undefined {
  if (Object.hasOwn(record, path)) return record[path];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const inner = record[path.slice(0, slash)];
    if (Object.hasOwn(record, path.slice(0, slash)) && isRecord(inner)) return valueAt(inner, path.slice(slash + 1));
  }
  return undefined;
}
