import { GatecastError } from '../errors.ts';
import { readFailure, untilAborted } from './chunks.ts';
import { csvReader } from './csv.ts';
import { hdf5Reader } from './hdf5.ts';
import { jsonlReader } from './jsonl.ts';
import { npyReader } from './npy.ts';
import { npzReader } from './npz.ts';
import { badInput } from './problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from './reader.ts';
import { safetensorsReader } from './safetensors.ts';
import { torchReader } from './torch.ts';

/** Every format that can be read. A new one is added here and nowhere else. */
export const readers: readonly Reader[] = [npyReader, npzReader, safetensorsReader, torchReader, hdf5Reader, jsonlReader, csvReader];

const headBytes = 1 << 16;

/**
 * Reads a trace, whatever its format: the reader that is surest of the first 64 kB reads it.
 * Rejects with `unknown-format` when none knows the file, `bad-input` when its content is wrong, and `cancelled`.
 */
export async function openTrace(source: Source, options: ReadOptions = {}): Promise<ReadResult> {
  const { name } = source;
  const head = await firstBytes(source, options.signal);
  if (head.length === 0) throw badInput(name, 'it is empty', 'choose a file that holds a trace');
  const [best] = readers.map((reader) => ({ reader, confidence: reader.sniff(head, name) })).sort((a, b) => b.confidence - a.confidence);
  if (best.confidence <= 0) throw unknownFormat(head, name);
  return best.reader.read(source, options);
}

async function firstBytes(source: Source, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await untilAborted(source.slice(0, headBytes), signal);
  } catch (error) {
    throw readFailure(error, source.name, 0, signal);
  }
}

/** Beginnings of files that people may try, and what they are. */
const strangers: readonly { readonly start: string; readonly label: string }[] = [
  { start: '\x89PNG', label: 'a PNG picture' },
  { start: '\xff\xd8\xff', label: 'a JPEG picture' },
  { start: '%PDF', label: 'a PDF document' },
  { start: '\x1f\x8b', label: 'a gzip archive' },
  { start: '\x28\xb5\x2f\xfd', label: 'a zstd archive' },
  { start: 'PK\x03\x04', label: 'a zip archive' },
  { start: 'PAR1', label: 'a Parquet file' },
  { start: 'ARROW1', label: 'an Arrow file' },
  ...['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'].map((start) => ({ start, label: 'a Python pickle' })),
  { start: '\xff\xfe', label: 'UTF-16 text' },
  { start: '\xfe\xff', label: 'UTF-16 text' },
];

function unknownFormat(head: Uint8Array, name: string): GatecastError {
  const start = String.fromCharCode(...head.subarray(0, 8));
  const found = strangers.find((stranger) => start.startsWith(stranger.start));
  return new GatecastError({
    code: 'unknown-format',
    message: found ? `${name} is ${found.label}, which cannot be read as a trace` : `${name} is in no known format`,
    where: name,
    remedy: `open one of these: ${readers.map((reader) => reader.label).join('; ')}`,
  });
}
