/// <reference lib="webworker" />
/** Traces kept in the browser's origin-private file system, one file each, named by fingerprint. */
import { GatecastError, throwIfAborted } from '../src/errors.ts';
import type { WorkOptions } from '../src/progress.ts';
import type { ReadResult } from '../src/trace/read/reader.ts';
import { StoredLayer, type ReadNow } from '../src/trace/kept/stored-layer.ts';
import { openStored, storedBytes, storedDescription, storedParts, keptValues, type StoredDescription, type StoredPart } from '../src/trace/kept/stored.ts';
import type { TraceLayer } from '../src/trace/trace.ts';
import type { StoredTrace } from './contract.ts';
import { breathe } from './serve.ts';
import { freeBytes, megabytes, roomWords, tracesFolder } from './traces-folder.ts';

const suffix = '.trace';
const openedSuffix = '.opened';

/** Bytes written between two looks at waiting messages. */
const pieceBytes = 8 << 20;

/** The storage may call for more than the values: block sizes, and the browser's own bookkeeping. */
const spareBytes = 1 << 16;

function fileName(fingerprint: string): string {
  if (!/^[0-9a-f]{32}$/.test(fingerprint)) throw new GatecastError({ code: 'bad-setting', message: `"${fingerprint.slice(0, 40)}" is no fingerprint`, where: 'fingerprint' });
  return fingerprint + suffix;
}

function storageFull(name: string, neededBytes: number, free?: number): GatecastError {
  return new GatecastError({
    code: 'storage-full',
    message: `keeping ${name} needs ${megabytes(neededBytes)}; ${roomWords(free)}`,
    where: name,
    remedy: 'remove traces that were kept earlier, or free disk space; until then the trace has to be opened again after a reload',
  });
}

/**
 * Keeps a trace. Rejects with `storage-full` when there is no room; what was kept before stays.
 * Of a trace too large to be held, the layers are read from the file from then on.
 */
export async function keepTrace(read: ReadResult, signal?: AbortSignal): Promise<StoredTrace> {
  const { fingerprint, name } = read.trace;
  const directory = await tracesFolder();
  const known = await knownFile(directory, fingerprint);
  // Losses are no part of the fingerprint: a copy that lacks them gives way.
  if (!known || (read.trace.loss && !known.hasLoss)) await writeTrace(directory, read, signal);
  const handle = await directory.getFileHandle(fileName(fingerprint));
  const file = await handle.getFile();
  moveLayers(read.trace.layers, file);
  return { fingerprint, name: known?.name ?? name, byteLength: file.size, openedAt: await noteOpening(directory, fingerprint) };
}

async function knownFile(directory: FileSystemDirectoryHandle, fingerprint: string): Promise<StoredDescription | null> {
  return directory.getFileHandle(fileName(fingerprint)).then(async (handle) => descriptionOf(await handle.getFile()), () => null);
}

async function writeTrace(directory: FileSystemDirectoryHandle, read: ReadResult, signal: AbortSignal | undefined): Promise<void> {
  const { fingerprint, name } = read.trace;
  const byteLength = storedBytes(read);
  const free = await freeBytes();
  if (free !== undefined && free < byteLength + spareBytes) throw storageFull(name, byteLength, free);
  try {
    await write(await directory.getFileHandle(fileName(fingerprint), { create: true }), byteLength, storedParts(read), signal);
  } catch (error) {
    await directory.removeEntry(fileName(fingerprint)).catch(() => {});
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw storageFull(name, byteLength);
    if (error instanceof DOMException && error.name === 'NoModificationAllowedError') {
      throw new GatecastError({ code: 'storage-full', message: `${name} is being kept by another tab`, remedy: 'close the other tab, or wait' });
    }
    throw error;
  }
}

async function write(file: FileSystemFileHandle, byteLength: number, parts: Iterable<StoredPart>, signal: AbortSignal | undefined): Promise<void> {
  const access = await file.createSyncAccessHandle();
  try {
    // Takes the room before anything is written: `estimate` may promise more than there is (Chromium 156 always says 10 GB).
    access.truncate(0);
    access.truncate(byteLength);
    for (const part of parts) {
      // The head makes the file valid: everything else has to be on disk before it.
      if (part.at === 0) access.flush();
      for (let from = 0; from < part.bytes.length; from += pieceBytes) {
        throwIfAborted(signal);
        const piece = part.bytes.subarray(from, from + pieceBytes);
        const written = access.write(piece, { at: part.at + from });
        // Without room Chromium 156 neither throws nor writes, and answers with 4,294,967,295.
        if (written !== piece.length) throw new DOMException('the write was cut short', 'QuotaExceededError');
        await breathe();
      }
    }
    access.flush();
  } finally {
    access.close();
  }
}

/** Reads parts of a file at once. Rejects with `bad-input` when it is gone. */
function readingNow(file: File): ReadNow {
  const reader = new FileReaderSync();
  return (start, end) => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(file.slice(start, end)));
    } catch (error) {
      throw gone(error instanceof Error ? error.message : String(error));
    }
  };
}

function gone(why?: string): GatecastError {
  return new GatecastError({ code: 'bad-input', message: `this browser does not keep that trace any more${why ? ` (${why})` : ''}`, where: 'kept traces', remedy: 'open the file again' });
}

function moveLayers(layers: readonly TraceLayer[], file: File): void {
  if (!layers.some((layer) => layer instanceof StoredLayer)) return;
  const readNow = readingNow(file);
  const description = storedDescription(readNow, file.size);
  if (!description) throw gone();
  for (const [index, values] of keptValues(description, readNow).entries()) {
    const layer = layers[index];
    if (layer instanceof StoredLayer) layer.moveTo(values);
  }
}

/** What is kept, the latest first. Unfinished files are removed. */
export async function keptTraces(): Promise<StoredTrace[]> {
  const directory = await tracesFolder();
  const kept: StoredTrace[] = [];
  for await (const [name, handle] of directory.entries()) {
    if (handle.kind !== 'file' || !name.endsWith(suffix)) continue;
    const file = await handle.getFile();
    const description = descriptionOf(file);
    if (description && description.fingerprint + suffix === name) {
      const { fingerprint } = description;
      kept.push({ fingerprint, name: description.name, byteLength: file.size, openedAt: await lastOpening(directory, fingerprint) ?? file.lastModified });
    } else {
      // Fails for a file that another tab is writing right now, which is as it should be.
      await directory.removeEntry(name).catch(() => {});
    }
  }
  return kept.sort((a, b) => b.openedAt - a.openedAt);
}

function descriptionOf(file: File): StoredDescription | null {
  try {
    return storedDescription(readingNow(file), file.size);
  } catch {
    return null;
  }
}

/** Opens a trace that was kept. Rejects with `bad-input` when it is not there or damaged. */
export async function openKept(fingerprint: string, options: WorkOptions): Promise<ReadResult> {
  const directory = await tracesFolder();
  const name = fileName(fingerprint);
  const file = await directory.getFileHandle(name).then((handle) => handle.getFile(), () => Promise.reject(gone()));
  const result = await openStored(readingNow(file), file.size, options);
  await noteOpening(directory, fingerprint).catch(() => {});
  return result;
}

/** An empty file whose time is that of the last opening: a changed trace file could not be read on by other tabs. */
async function noteOpening(directory: FileSystemDirectoryHandle, fingerprint: string): Promise<number> {
  const handle = await directory.getFileHandle(fingerprint + openedSuffix, { create: true });
  await (await handle.createWritable()).close();
  return (await handle.getFile()).lastModified;
}

async function lastOpening(directory: FileSystemDirectoryHandle, fingerprint: string): Promise<number | undefined> {
  return directory.getFileHandle(fingerprint + openedSuffix).then(async (handle) => (await handle.getFile()).lastModified, () => undefined);
}

/** Removes a kept trace; fine when there is none. */
export async function forgetTrace(fingerprint: string): Promise<void> {
  const directory = await tracesFolder();
  for (const name of [fileName(fingerprint), fingerprint + openedSuffix]) {
    await directory.removeEntry(name).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    });
  }
}
