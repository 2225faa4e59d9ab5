import { amount } from '../amount.ts';
import { TraceBuilder } from '../build/builder.ts';
import { chunksOf } from '../read/chunks.ts';
import { isBlank, Lines } from './json/lines.ts';
import { parseJson, type Json } from './json/parse.ts';
import { largestLoad } from '../read/load.ts';
import { naturalOrder } from '../read/names.ts';
import { badInput, Problems } from '../read/problems.ts';
import { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../read/reader.ts';
import { SeveralProgress } from '../together/several-progress.ts';

const tableName = /(?:^|\/)table_iter(\d+)_rank(\d+)\.log$/i;

/** Whether a path is one of FastMoE's and SmartMoE's tables, `table_iter{N}_rank{R}.log`. */
export function isExpertTable(path: string): boolean {
  return tableName.test(path);
}

/** One table alone: a trace of one step. Known by its name, which holds the iteration. */
export const expertTableReader: Reader = {
  id: 'fastmoe',
  label: 'FastMoE table (table_iter10_rank0.log)',
  inOrder: true,
  sniff: (head, name) => (isExpertTable(name) && !head.includes(0) ? 1 : 0),
  read: (source, options) => readExpertTables([source], source.name, options),
};

/** Loads of one iteration by layer, summed over ranks and micro-batches. */
type LayerLoads = Map<string, number[]>;

/**
 * A table an iteration and rank, its lines `layer:[[E loads] × microbatches]`. Sums over ranks and micro-batches;
 * an iteration that lacks a rank is left out, since its sum would be too small.
 */
export async function readExpertTables(sources: readonly Source[], name: string, options: ReadOptions): Promise<ReadResult> {
  const iterations = new Map<number, Source[]>();
  for (const source of sources.toSorted((a, b) => naturalOrder(a.name, b.name))) {
    const step = Number(tableName.exec(source.name)?.[1]);
    iterations.set(step, [...(iterations.get(step) ?? []), source]);
  }
  const ranks = Math.max(...[...iterations.values()].map((tables) => tables.length));
  const whole = [...iterations].filter(([, tables]) => tables.length === ranks);
  const progress = new SeveralProgress(`reading ${name}`, whole.flatMap(([, tables]) => tables), options.onProgress);
  const problems = new Problems(name);
  const builder = new TraceBuilder(name, options.store);
  for (const [step, tables] of whole) {
    const loads: LayerLoads = new Map();
    for (const table of tables) {
      await addTable(table, loads, problems, { signal: options.signal });
      progress.next(table);
    }
    const row = builder.row(step);
    for (const [layer, values] of loads) builder.putRow(row, builder.layer(layer), values);
  }
  problems.throwIfAny();
  const left = iterations.size - whole.length;
  const notes = [`the loads of ${amount(ranks, 'rank')} and of the micro-batches are summed`];
  if (left > 0) notes.push(`${amount(left, 'iteration')} without the tables of all ${ranks} ranks ${left === 1 ? 'is' : 'are'} left out`);
  return builder.finish({ name, format: 'FastMoE tables', questions: new Questions(options.mapping), notes }, options);
}

async function addTable(source: Source, into: LayerLoads, problems: Problems, options: ReadOptions): Promise<void> {
  const lines = new Lines(source.name);
  const take = (line: Uint8Array): void => {
    if (isBlank(line)) return;
    const place = `${source.name} line ${lines.line}`;
    const remedy = 'fix the line or leave the file out';
    const colon = line.indexOf(58);
    const layer = new TextDecoder().decode(line.subarray(0, Math.max(0, colon))).trim();
    let batches: Json = null;
    try {
      batches = colon < 0 ? null : parseJson(line.subarray(colon + 1));
    } catch {
      // What is no JSON is no list of loads either.
    }
    if (layer === '' || !Array.isArray(batches)) return problems.add({ place, what: 'it is not "layer:[[loads], …]"', remedy });
    const sum = into.get(layer) ?? [];
    for (const batch of batches) {
      if (!Array.isArray(batch)) return problems.add({ place, what: 'a micro-batch in it is no list of loads', remedy });
      if (sum.length > 0 && batch.length !== sum.length) return problems.add({ place, what: `it has ${amount(batch.length, 'expert')}, before there were ${sum.length}`, remedy });
      for (const [expert, load] of batch.entries()) {
        if (typeof load !== 'number' || !(load >= 0 && load <= largestLoad)) return problems.add({ place, what: `${JSON.stringify(load).slice(0, 40)} is not a count (expert ${expert})`, remedy });
        sum[expert] = (sum[expert] ?? 0) + load;
      }
    }
    into.set(layer, sum);
  };
  for await (const piece of chunksOf(source, options)) for (const line of lines.push(piece)) take(line);
  for (const line of lines.end()) take(line);
  if (lines.line === 0) throw badInput(source.name, 'it is empty', 'leave the file out');
}
