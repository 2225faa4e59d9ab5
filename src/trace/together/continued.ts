import { breather } from '../../breathe.ts';
import { concatenated } from '../build/arranged.ts';
import { finishTrace } from '../build/finish.ts';
import { naturalOrder } from '../read/names.ts';
import { badInput } from '../read/problems.ts';
import type { MappingQuestion, ReadOptions, ReadResult } from '../read/reader.ts';
import { SeveralProgress } from './several-progress.ts';
import { bytesSource } from '../read/sources.ts';
import { heldValues } from '../kept/stored-layer.ts';
import type { GivenFile } from './together.ts';
import type { Trace, TraceLayer } from '../trace.ts';

export interface ContinuedOrder {
  /** By their first step. */
  readonly files: readonly GivenFile[];
  /** All begin at different steps: parts of one run, not runs side by side. */
  readonly sure: boolean;
}

/** Logs (CSV, JSON lines) of the same layers and experts, by their first rows; null when there are not two of them. */
export async function continuedOrder(files: readonly GivenFile[], options: ReadOptions): Promise<ContinuedOrder | null> {
  const groups = new Map<string, { file: GivenFile; firstStep: number }[]>();
  for (const file of files) {
    const begin = await beginningOf(file, options);
    if (!begin) continue;
    const shape = `${file.reader?.id} ${begin.layers.map(({ name, experts }) => `${name}:${experts}`).join(' ')}`;
    groups.set(shape, [...(groups.get(shape) ?? []), { file, firstStep: begin.steps[0] }]);
  }
  const [largest] = [...groups.values()].sort((a, b) => b.length - a.length);
  if (!largest || largest.length < 2) return null;
  largest.sort((a, b) => a.firstStep - b.firstStep || naturalOrder(a.file.source.name, b.file.source.name));
  return {
    files: largest.map(({ file }) => file),
    sure: largest.length === files.length && new Set(largest.map(({ firstStep }) => firstStep)).size === largest.length,
  };
}

/** The trace of a file's first whole lines; null for formats without lines, and for what cannot be read. */
async function beginningOf({ source, head, reader }: GivenFile, { mapping }: ReadOptions): Promise<Trace | null> {
  if (reader?.id !== 'csv' && reader?.id !== 'jsonl') return null;
  const end = source.byteLength === head.length ? head.length : head.lastIndexOf(10) + 1;
  try {
    return (await reader.read(bytesSource(head.subarray(0, end), source.name), { mapping })).trace;
  } catch {
    // Read alone, it will say what is wrong with it.
    return null;
  }
}

/** One trace of files that continue one another. Where a run went on from a checkpoint, the steps of the later file count. */
export async function readContinued(files: readonly GivenFile[], name: string, options: ReadOptions): Promise<ReadResult> {
  const progress = new SeveralProgress(`reading ${name}`, files.map(({ source }) => source), options.onProgress);
  const results: ReadResult[] = [];
  for (const file of files) {
    results.push(await file.open({ ...options, onProgress: progress.ofFile }));
    progress.next(file.source);
  }
  const traces = results.map(({ trace }) => trace);
  const [first] = traces;
  const kind = traces.every((trace) => trace.kind === 'counts') ? 'counts' : 'shares';
  const held = heldValues(options.store?.heldBytes);
  const breath = breather(options.signal);
  const layers: TraceLayer[] = [];
  for (const [index, { name: layer, experts }] of first.layers.entries()) {
    for (const [i, trace] of traces.entries()) {
      const other = trace.layers[index];
      if (trace.layers.length === first.layers.length && other.name === layer && other.experts === experts) continue;
      throw badInput(files[i].source.name, `its layers and experts are not those of ${files[0].source.name}`, 'open files of one run, or each alone');
    }
    layers.push(concatenated(traces.map((trace) => ({ layer: trace.layers[index], rows: trace.steps.length })), kind === 'shares', held));
    await breath();
  }
  const steps = Float64Array.from(traces.flatMap((trace) => Array.from(trace.steps)));
  const hasLoss = traces.some(({ loss }) => loss !== undefined);
  const loss = hasLoss ? Float32Array.from(traces.flatMap((trace) => Array.from(trace.loss ?? new Float32Array(trace.steps.length).fill(NaN)))) : undefined;
  return finishTrace({
    name, format: `${first.format}, ${files.length} files`, kind,
    steps, layers, loss, questions: uniqueQuestions(results), notes: [...new Set(results.flatMap(({ notes }) => notes)), overlapNote(traces)].filter((note) => note !== ''),
  }, options);
}

function overlapNote(traces: readonly Trace[]): string {
  const restarts = traces.slice(1).filter((trace, i) => trace.steps[0] <= (traces[i].steps.at(-1) ?? -1));
  if (restarts.length === 0) return '';
  return `restarted from step ${restarts.map(({ steps }) => steps[0]).join(', ')}: the later file counts from there`;
}

/** Each question once: files of one kind ask the same. */
export function uniqueQuestions(results: readonly ReadResult[]): MappingQuestion[] {
  return [...new Map(results.flatMap(({ questions }) => questions).map((question) => [question.id, question])).values()];
}
