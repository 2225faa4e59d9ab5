/**
 * The project's own file of a trace, for the origin-private file system: a head of 16 bytes, a description in JSON,
 * then the arrays as they are in memory (little-endian). The head is written last, so that a file without it is unfinished.
 */
import type { GatecastError } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { chunksOf } from './chunks.ts';
import { fingerprint } from './fingerprint.ts';
import { badInput } from './problems.ts';
import type { ReadResult, Source } from './reader.ts';
import type { Trace } from './trace.ts';

const magic = new TextEncoder().encode('GATECST1');
const headBytes = 16;
const longestDescription = 16 << 20;

export interface StoredDescription {
  readonly name: string;
  readonly format: string;
  readonly fingerprint: string;
  readonly kind: Trace['kind'];
  readonly rows: number;
  readonly layers: readonly { readonly name: string; readonly experts: number }[];
  readonly hasLoss: boolean;
  readonly notes: readonly string[];
  readonly repeatedSteps: number;
}

/** A part of the file and where it goes. The last one is the head: what came before must be on disk before it. */
export interface StoredPart {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface StoredLayout {
  readonly byteLength: number;
  readonly parts: readonly StoredPart[];
}

/** The parts of a trace's file, in the order in which they must be written. They are views, not copies. */
export function storedParts({ trace, notes, repeatedSteps }: ReadResult): StoredLayout {
  const description: StoredDescription = {
    name: trace.name, format: trace.format, fingerprint: trace.fingerprint, kind: trace.kind,
    rows: trace.steps.length,
    layers: trace.layers.map(({ name, experts }) => ({ name, experts })),
    hasLoss: trace.loss !== undefined,
    notes, repeatedSteps: repeatedSteps ?? 0,
  };
  const text = new TextEncoder().encode(JSON.stringify(description));
  const parts: StoredPart[] = [{ at: headBytes, bytes: text }];
  let at = dataStart(text.length);
  for (const array of [trace.steps, ...trace.layers.map((layer) => layer.values), ...(trace.loss ? [trace.loss] : [])]) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    parts.push({ at, bytes });
    at += bytes.length;
  }
  const head = new Uint8Array(headBytes);
  head.set(magic);
  new DataView(head.buffer).setUint32(8, text.length, true);
  parts.push({ at: 0, bytes: head });
  return { byteLength: at, parts };
}

function dataStart(descriptionBytes: number): number {
  return Math.ceil((headBytes + descriptionBytes) / 8) * 8;
}

/** What a stored file is about; null when it is unfinished or none of ours. */
export async function storedDescription(source: Source): Promise<StoredDescription | null> {
  return (await readHead(source))?.description ?? null;
}

async function readHead(source: Source): Promise<{ readonly description: StoredDescription; readonly dataStart: number } | null> {
  const head = await source.slice(0, headBytes);
  if (head.length < headBytes || magic.some((byte, i) => head[i] !== byte)) return null;
  const length = new DataView(head.buffer, head.byteOffset).getUint32(8, true);
  if (length > longestDescription) return null;
  try {
    const text = new TextDecoder().decode(await source.slice(headBytes, headBytes + length));
    return { description: JSON.parse(text) as StoredDescription, dataStart: dataStart(length) };
  } catch {
    // A damaged description is as good as none.
    return null;
  }
}

/** Reads a stored trace back. Rejects with `bad-input` when its values do not have the fingerprint that they were stored under. */
export async function readStored(source: Source, options: WorkOptions = {}): Promise<ReadResult> {
  const head = await readHead(source);
  if (!head) throw damaged(source.name);
  const { description } = head;
  const { rows, layers, kind } = description;
  const steps = new Float64Array(rows);
  const blocks = layers.map(({ experts }) => (kind === 'counts' ? new Uint32Array(rows * experts) : new Float32Array(rows * experts)));
  const loss = description.hasLoss ? new Float32Array(rows) : undefined;
  await fill(source, head.dataStart, [steps, ...blocks, ...(loss ? [loss] : [])], options);
  const traceLayers = layers.map((layer, i) => ({ ...layer, values: blocks[i] }));
  if (fingerprint({ kind, steps, layers: traceLayers }) !== description.fingerprint) throw damaged(source.name);
  const { name, format, notes, repeatedSteps } = description;
  return { trace: { name, format, kind, steps, layers: traceLayers, loss, fingerprint: description.fingerprint }, questions: [], notes, repeatedSteps };
}

async function fill(source: Source, start: number, arrays: readonly (Float64Array | Uint32Array | Float32Array)[], options: WorkOptions): Promise<void> {
  const targets = arrays.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  let skip = start;
  let target = 0;
  let at = 0;
  for await (const chunk of chunksOf(source, options)) {
    let from = Math.min(skip, chunk.length);
    skip -= from;
    while (from < chunk.length && target < targets.length) {
      const count = Math.min(targets[target].length - at, chunk.length - from);
      targets[target].set(chunk.subarray(from, from + count), at);
      from += count;
      at += count;
      if (at === targets[target].length) {
        target++;
        at = 0;
      }
    }
  }
  if (target < targets.length) throw damaged(source.name);
}

function damaged(name: string): GatecastError {
  return badInput(name, 'the copy that this browser kept is damaged', 'open the file again');
}
