import { GatecastError } from '../../errors.ts';
import { arrowReader } from '../formats/arrow/arrow.ts';
import { readFailure, untilAborted } from './chunks.ts';
import { csvReader } from '../formats/csv/csv.ts';
import { hdf5Reader } from '../formats/hdf5/hdf5.ts';
import { jsonlReader } from '../formats/json/jsonl.ts';
import { withBlocks } from '../together/model-blocks.ts';
import { withoutEmptySteps } from '../build/empty-steps.ts';
import { npyReader } from '../formats/numpy/npy.ts';
import { npzReader } from '../formats/numpy/npz.ts';
import { parquetReader } from '../formats/parquet/parquet.ts';
import { badInput } from './problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from './reader.ts';
import { safetensorsReader } from '../formats/safetensors.ts';
import { expertTableReader } from '../formats/fastmoe.ts';
import { isWorthOpening, readTogether, type GivenFile } from '../together/together.ts';
import { tensorBoardReader } from '../formats/tensorboard/tensorboard.ts';
import { torchReader } from '../formats/torch/torch.ts';
import { atHand, deeper, memberSource, packingOf, unpackedSource } from '../packed/unpack.ts';
import { isZip, zipMembers } from '../packed/zip.ts';

/** Every format that can be read. A new one is added here and nowhere else. */
export const readers: readonly Reader[] = [npyReader, npzReader, safetensorsReader, torchReader, hdf5Reader, tensorBoardReader, expertTableReader, parquetReader, arrowReader, jsonlReader, csvReader];

const headBytes = 1 << 16;

/**
 * Reads a trace, whatever its format and however it is packed: the reader that is surest of the first 64 kB reads it.
 * Rejects with `unknown-format` when none knows the file, `bad-input` when its content is wrong, and `cancelled`.
 */
export async function openTrace(source: Source, options: ReadOptions = {}): Promise<ReadResult> {
  return withoutEmptySteps(await withBlocks(await openOne(source, options, { signal: options.signal, onProgress: options.onProgress }), options), options);
}

/**
 * Reads one trace from several files that belong together: the ranks of a run, the parts of a log.
 * Where they do not, or not surely, the result's question `files` says what was read and what else could be.
 * @param name of the trace: the folder's, or what the files' names have in common
 */
export async function openTraces(sources: readonly Source[], name: string, options: ReadOptions = {}): Promise<ReadResult> {
  if (sources.length === 1) return openTrace(sources[0], options);
  const worthOpening = sources.filter((source) => isWorthOpening(source.name));
  if (worthOpening.length === 0) throw badInput(name, 'there is no file in it', 'choose the files of a trace');
  if (worthOpening.length === 1) return openTrace(worthOpening[0], options);
  return withoutEmptySteps(await withBlocks(await openSeveral(worthOpening, name, options, { signal: options.signal, onProgress: options.onProgress }), options), options);
}

type Outer = Parameters<typeof deeper>[1];

async function openOne(source: Source, options: ReadOptions, outer: Outer): Promise<ReadResult> {
  const content = await contentOf(source, outer);
  const { reader } = content;
  if (content.head.length === 0) throw badInput(content.source.name, 'it is empty', 'choose a file that holds a trace');
  if (reader) return reader.read(reader.inOrder ? content.source : await atHand(content.source), content.packed ? quiet(options) : options);
  if (!isZip(content.head)) throw unknownFormat(content.head, content.source.name);
  const archive = await atHand(content.source);
  const members = (await zipMembers(archive, options.signal)).filter(({ name, bytes }) => bytes > 0 && isWorthOpening(name));
  if (members.length === 0) throw badInput(archive.name, 'there is no file in it', 'pack the file of the trace');
  const unpacking = deeper(archive, content.outer);
  if (members.length === 1) return openOne(memberSource(archive, members[0], unpacking), quiet(options), unpacking);
  // The reading of all members reports as one, so that each does not.
  const silent = { ...unpacking, onProgress: undefined };
  return openSeveral(members.map((member) => memberSource(archive, member, silent)), archive.name, options, silent);
}

async function openSeveral(sources: readonly Source[], name: string, options: ReadOptions, outer: Outer): Promise<ReadResult> {
  const given: GivenFile[] = [];
  const silent = { ...outer, onProgress: undefined };
  for (const source of sources) {
    const content = await contentOf(source, silent);
    if (content.head.length > 0) given.push({ source: content.source, head: content.head, reader: content.reader, open: (more) => openOne(source, more, { ...outer, onProgress: more.onProgress }) });
  }
  return readTogether(given, name, options);
}

interface Content {
  /** Out of its gzip and zstd layers, and as UTF-8. */
  readonly source: Source;
  readonly head: Uint8Array;
  /** The one that is surest; undefined for a file that none knows. */
  readonly reader: Reader | undefined;
  readonly outer: Outer;
  readonly packed: boolean;
}

async function contentOf(source: Source, outer: Outer): Promise<Content> {
  let content = source;
  let layer = outer;
  for (;;) {
    const head = await firstBytes(content, outer.signal);
    const packing = packingOf(head);
    if (!packing) {
      const [best] = readers.map((reader) => ({ reader, confidence: reader.sniff(head, content.name) })).sort((a, b) => b.confidence - a.confidence);
      return { source: content, head, reader: best.confidence > 0 ? best.reader : undefined, outer: layer, packed: content !== source };
    }
    const unpacking = deeper(content, layer);
    content = unpackedSource(content, packing, unpacking);
    // The outermost layer reports the bytes of the file itself.
    layer = { ...unpacking, onProgress: undefined };
  }
}

/** The file is read through what unpacks it, which reports the bytes. */
function quiet(options: ReadOptions): ReadOptions {
  const { onProgress } = options;
  return { ...options, onProgress: onProgress && ((progress) => { if (progress.unit !== 'bytes') onProgress(progress); }) };
}

async function firstBytes(source: Source, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await untilAborted(source.slice(0, headBytes), signal);
  } catch (error) {
    throw readFailure(error, source.name, 0, signal);
  }
}

/** Beginnings of files that people may try, and what they are. */
const strangers: readonly { readonly start: string; readonly label: string; readonly remedy?: string }[] = [
  { start: '\x89PNG', label: 'a PNG picture' },
  { start: '\xff\xd8\xff', label: 'a JPEG picture' },
  { start: '%PDF', label: 'a PDF document' },
  ...['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'].map((start) => ({ start, label: 'a Python pickle', remedy: 'save it with df.to_parquet or df.to_csv, numpy.savez or torch.save: a pickle may run any code' })),
];

function unknownFormat(head: Uint8Array, name: string): GatecastError {
  const start = String.fromCharCode(...head.subarray(0, 8));
  const found = strangers.find((stranger) => start.startsWith(stranger.start));
  return new GatecastError({
    code: 'unknown-format',
    message: found ? `${name} is ${found.label}, which cannot be read as a trace` : `${name} is in no known format`,
    where: name,
    remedy: found?.remedy ?? `open one of these: ${readers.map((reader) => reader.label).join('; ')}`,
  });
}
