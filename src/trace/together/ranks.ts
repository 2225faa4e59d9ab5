import { breather } from '../../breathe.ts';
import { amount } from '../amount.ts';
import { chunksOfStream, joinedBytes } from '../read/chunks.ts';
import { uniqueQuestions } from './continued.ts';
import { finishTrace } from '../build/finish.ts';
import { naturalOrder } from '../read/names.ts';
import { badInput } from '../read/problems.ts';
import { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult, Source } from '../read/reader.ts';
import { SeveralProgress } from './several-progress.ts';
import { bytesSource } from '../read/sources.ts';
import type { GivenFile } from './together.ts';
import type { Trace, TraceLayer } from '../trace.ts';

/** Enough of a rank's file for a few steps. */
const lookedAtBytes = 4 << 20;
const lookedAtRows = 100;

/** Whose ranks they are. */
export interface RankKind {
  /** As the format of the trace: "Megatron-LM". */
  readonly format: string;
  /** Whether each rank writes the loads of all experts, not of those alone that it holds. */
  readonly hasAllExperts: boolean;
}

export const megatron: RankKind = { format: 'Megatron-LM', hasAllExperts: false };
export const tensorRt: RankKind = { format: 'TensorRT-LLM', hasAllExperts: true };

/** Whether a file is a rank's of Megatron-LM's `tokens_per_expert` folder. */
export function isMegatronRank({ source, head, reader }: GivenFile): boolean {
  return /(?:^|\/)rank[_-]?\d+\.jsonl$/i.test(source.name) && reader?.id === 'jsonl' && textOf(head).includes('"tpe"');
}

/** Whether a file is a rank's of TensorRT-LLM's statistics of experts: an array an iteration and layer. */
export function isTensorRtRank({ source, head, reader }: GivenFile): boolean {
  return /(?:^|\/)rank[_-]?\d+\.safetensors$/i.test(source.name) && reader?.id === 'safetensors' && /"\d+_\d+"/.test(textOf(head));
}

function textOf(head: Uint8Array): string {
  return new TextDecoder().decode(head.subarray(0, 1000));
}

/** Loads of one layer at some steps. */
interface Block {
  steps: Float64Array;
  experts: number;
  /** [steps][experts]; sums may be beyond 32 bits. */
  values: Float64Array;
}

/** What ranks gave of one layer: a block for each place among the ranks that hold its experts together. */
interface GrowingLayer {
  ranks: number;
  readonly places: Block[];
}

/**
 * The ranks of a run as one trace. Ranks that hold different experts of a layer (expert parallel) are put side by side,
 * ranks that count for the same ones (data parallel) are summed. Only steps that all ranks have are kept.
 * @param ranks a file each, in their order
 */
export async function readRanks(ranks: readonly GivenFile[], name: string, kind: RankKind, options: ReadOptions): Promise<ReadResult> {
  const questions = new Questions(options.mapping);
  const joining = await askJoining(ranks, name, kind, questions, options);
  const files = joining === sameOnEach ? ranks.slice(0, 1) : ranks;
  const groupSize = joining === sameOnEach ? 1 : joining;
  const progress = new SeveralProgress(`reading ${name}`, files.map(({ source }) => source), options.onProgress);
  const layers = new Map<string, GrowingLayer>();
  const results: ReadResult[] = [];
  const every = new Set<number>();
  const breath = breather(options.signal);
  for (const file of files) {
    const result = await file.open({ ...options, onProgress: progress.ofFile });
    progress.next(file.source);
    for (const step of result.trace.steps) every.add(step);
    for (const layer of result.trace.layers) {
      add(layers, layer, result.trace.steps, groupSize, file.source.name);
      await breath();
    }
    // The values are summed by now: only what was said of them is kept.
    results.push({ ...result, trace: { ...result.trace, layers: [] } });
  }
  for (const [layer, { ranks: held }] of layers) {
    if (held % groupSize !== 0) throw badInput(name, `layer ${layer} is on ${amount(held, 'rank')}, which are not whole groups of ${groupSize}`, 'open the files of all ranks, or choose how ranks hold experts');
  }
  const blocks = [...layers.values()].flatMap(({ places }) => places);
  const kept = inAll(blocks.map((block) => block.steps));
  if (kept.length === 0) throw badInput(name, 'there is no step that all ranks have', 'open the ranks of one run');
  const notes = [...new Set(results.flatMap((result) => result.notes))];
  const lacking = every.size - kept.length;
  if (lacking > 0) notes.push(`${amount(lacking, 'step')} that some rank lacks ${lacking === 1 ? 'is' : 'are'} left out`);
  let isCount = true;
  for (const { values } of blocks) {
    isCount &&= values.every((value) => value >>> 0 === value && value < 0xffffffff);
    await breath();
  }
  const joined: TraceLayer[] = [];
  for (const [layer, { places }] of [...layers].sort(([a], [b]) => naturalOrder(a, b))) {
    joined.push(sideBySide(layer, places, kept, isCount));
    await breath();
  }
  return finishTrace({
    name, format: `${kind.format}, ${amount(ranks.length, 'rank')}`, kind: isCount ? 'counts' : 'shares', steps: kept,
    layers: joined,
    questions: [...questions.all, ...uniqueQuestions(results)], notes,
  }, options);
}

function add(layers: Map<string, GrowingLayer>, { name, experts, values }: TraceLayer, steps: Float64Array, groupSize: number, file: string): void {
  const layer = layers.get(name) ?? { ranks: 0, places: [] };
  layers.set(name, layer);
  const place = layer.ranks++ % groupSize;
  const block = layer.places[place];
  if (!block) {
    layer.places[place] = { steps, experts, values: Float64Array.from(values) };
    return;
  }
  if (block.experts !== experts) throw badInput(file, `layer ${name} has ${amount(experts, 'expert')} here and ${block.experts} on the rank that it is summed with`, 'choose how ranks hold experts');
  const both = inAll([block.steps, steps]);
  const [held, more] = [onSteps(block, both), onSteps({ steps, experts, values }, both)];
  block.values = held.map((value, i) => value + more[i]);
  block.steps = both;
}

/** The steps that all lists have, ascending as they are. */
function inAll(lists: readonly Float64Array[]): Float64Array {
  return lists.reduce((kept, list) => {
    const has = new Set(list);
    return kept.filter((step) => has.has(step));
  });
}

/** The rows of `kept`, ascending and all in the block. */
function onSteps({ steps, experts, values }: { readonly steps: Float64Array; readonly experts: number; readonly values: ArrayLike<number> }, kept: Float64Array): Float64Array {
  const result = new Float64Array(kept.length * experts);
  let row = 0;
  kept.forEach((step, to) => {
    while (steps[row] < step) row++;
    for (let expert = 0; expert < experts; expert++) result[to * experts + expert] = values[row * experts + expert];
  });
  return result;
}

function sideBySide(name: string, places: readonly Block[], kept: Float64Array, isCount: boolean): TraceLayer {
  const experts = places.reduce((sum, place) => sum + place.experts, 0);
  const values = isCount ? new Uint32Array(kept.length * experts) : new Float32Array(kept.length * experts);
  let first = 0;
  for (const place of places) {
    const own = onSteps(place, kept);
    for (let row = 0; row < kept.length; row++) values.set(own.subarray(row * place.experts, (row + 1) * place.experts), row * experts + first);
    first += place.experts;
  }
  return { name, experts, values };
}

/** Groups that differ by less route the same tokens; ranks that differ by more hold different experts for certain. */
const equalSpread = 0.001;
const certainSpread = 0.05;

const sameOnEach = 'same';

/**
 * How many ranks in a row hold the experts of a layer together, or that all ranks say the same.
 * Data-parallel groups route the same number of tokens at every step, the parts of one group do not: the smallest groups
 * that agree are the guess, all ranks where none do. Ranks that write all experts are summed, copies are not.
 */
async function askJoining(files: readonly GivenFile[], name: string, { hasAllExperts }: RankKind, questions: Questions, options: ReadOptions): Promise<number | typeof sameOnEach> {
  const beginnings: Trace[] = [];
  const progress = new SeveralProgress(`looking into ${name}`, files.map(({ source }) => source), options.onProgress);
  for (const file of files) {
    beginnings.push(await beginningOf(file, { ...options, onProgress: progress.ofFile }));
    progress.next(file.source);
  }
  const [first] = beginnings[0].layers;
  const ranks = beginnings.filter((trace) => trace.layers.some((layer) => layer.name === first.name));
  const sizes = Array.from({ length: ranks.length }, (_, i) => i + 1).filter((size) => ranks.length % size === 0);
  if (sizes.length === 1) return 1;
  const isSame = beginnings.every((trace) => trace.fingerprint === beginnings[0].fingerprint);
  const spreads = sizes.slice(0, -1).map((size) => spreadOf(ranks, first.name, size));
  const agreeing = spreads.findIndex((spread) => spread <= equalSpread);
  const canSum = ranks.every((trace) => trace.layers.find(({ name }) => name === first.name)?.experts === first.experts);
  const certain = isSame || (hasAllExperts && canSum);
  const bySpread = agreeing < 0 ? ranks.length : sizes[agreeing];
  const answer = questions.ask({
    id: 'ranks',
    label: 'How do ranks hold experts?',
    options: [
      ...sizes.map((size) => ({ value: String(size), label: rankWords(size, ranks.length, first.experts) })),
      ...(isSame ? [{ value: sameOnEach, label: 'each rank has the same loads; one is kept' }] : []),
    ],
    guess: isSame ? sameOnEach : String(hasAllExperts && canSum ? 1 : bySpread),
    ambiguous: !certain && (agreeing < 0 ? spreads.some((spread) => spread < certainSpread) : spreads[agreeing] > 0),
  });
  return answer === sameOnEach ? answer : Number(answer);
}

/** The first steps of a rank: of the first lines of a log, of a whole file of arrays. */
async function beginningOf({ source, reader, open }: GivenFile, { signal, mapping, onProgress }: ReadOptions): Promise<Trace> {
  if (reader?.inOrder) return (await reader.read(bytesSource(await firstLines(source, signal), source.name), { signal, mapping })).trace;
  const { trace } = await open({ signal, mapping, onProgress });
  return {
    ...trace, steps: trace.steps.slice(0, lookedAtRows),
    layers: trace.layers.map((layer) => ({ ...layer, values: layer.values.slice(0, lookedAtRows * layer.experts) })),
  };
}

/** The whole lines of a file's first megabytes, at least one. */
async function firstLines(file: Source, signal: AbortSignal | undefined): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunksOfStream(file.stream(), file.name, signal)) {
    bytes = joinedBytes([bytes, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    if (bytes.length >= lookedAtBytes && end > 0) return bytes.subarray(0, end);
  }
  return bytes;
}

function rankWords(size: number, ranks: number, local: number): string {
  const experts = amount(size * local, 'expert');
  if (size === 1) return `each rank has all ${experts}; they are summed`;
  return size === ranks ? `${ranks} ranks side by side: ${experts}` : `${size} ranks side by side: ${experts}; ${ranks / size} such groups are summed`;
}

/** Coefficient of variation of the tokens that groups of `size` ranks routed in a step; the mean over the steps that all have. */
function spreadOf(ranks: readonly Trace[], layerName: string, size: number): number {
  const steps = inAll(ranks.map((trace) => trace.steps));
  let sum = 0;
  for (const step of steps) {
    const totals: number[] = [];
    for (let from = 0; from < ranks.length; from += size) {
      totals.push(ranks.slice(from, from + size).reduce((total, trace) => total + totalOf(trace, layerName, step), 0));
    }
    const mean = totals.reduce((total, one) => total + one, 0) / totals.length;
    const variance = totals.reduce((total, one) => total + (one - mean) ** 2, 0) / totals.length;
    if (mean > 0) sum += Math.sqrt(variance) / mean;
  }
  return steps.length > 0 ? sum / steps.length : 0;
}

function totalOf({ steps, layers }: Trace, name: string, step: number): number {
  const layer = layers.find((one) => one.name === name);
  const row = steps.indexOf(step);
  return layer ? Array.from(layer.values.subarray(row * layer.experts, (row + 1) * layer.experts)).reduce((sum, value) => sum + value, 0) : 0;
}
