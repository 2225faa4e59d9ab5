/// <reference lib="webworker" />
/** Traces kept in the browser's origin-private file system, one file each, named by fingerprint. */
import { GatecastError, throwIfAborted } from '../src/errors.ts';
import type { WorkOptions } from '../src/progress.ts';
import type { ReadResult } from '../src/trace/reader.ts';
import { blobSource } from '../src/trace/sources.ts';
import { readStored, storedDescription, storedParts, type StoredLayout } from '../src/trace/stored.ts';
import type { StoredTrace } from './contract.ts';
import { breathe } from './serve.ts';

const folderName = 'traces';
const suffix = '.trace';

/** Bytes written between two looks at waiting messages. */
const pieceBytes = 8 << 20;

/** The storage may call for more than the values: block sizes, and the browser's own bookkeeping. */
const spareBytes = 1 << 16;

async function folder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(folderName, { create: true });
  } catch (error) {
    throw new GatecastError({
      code: 'storage-full',
      message: `this browser keeps no files for this page: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'leave private browsing, or serve the page over https or from localhost; the trace has to be opened again after a reload',
    });
  }
}

function fileName(fingerprint: string): string {
  if (!/^[0-9a-f]{32}$/.test(fingerprint)) throw new GatecastError({ code: 'bad-setting', message: `"${fingerprint.slice(0, 40)}" is no fingerprint`, where: 'fingerprint' });
  return fingerprint + suffix;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function storageFull(name: string, neededBytes: number, freeBytes?: number): GatecastError {
  const free = freeBytes === undefined ? 'the browser has no room for it' : `the browser has ${megabytes(Math.max(0, freeBytes))} left`;
  return new GatecastError({
    code: 'storage-full',
    message: `keeping ${name} needs ${megabytes(neededBytes)}; ${free}`,
    where: name,
    remedy: 'remove traces that were kept earlier, or free disk space; until then the trace has to be opened again after a reload',
  });
}

/** Keeps a trace. Rejects with `storage-full` when there is no room; what was kept before stays. */
export async function keepTrace(read: ReadResult, signal?: AbortSignal): Promise<StoredTrace> {
  const { fingerprint, name } = read.trace;
  const directory = await folder();
  const layout = storedParts(read);
  const stored = { fingerprint, name, byteLength: layout.byteLength };
  const known = (await keptTraces()).find((one) => one.fingerprint === fingerprint);
  if (known) return known;
  const { quota, usage } = await navigator.storage.estimate();
  const free = quota === undefined ? undefined : quota - (usage ?? 0);
  if (free !== undefined && free < layout.byteLength + spareBytes) throw storageFull(name, layout.byteLength, free);
  try {
    await write(await directory.getFileHandle(fileName(fingerprint), { create: true }), layout, signal);
  } catch (error) {
    await directory.removeEntry(fileName(fingerprint)).catch(() => {});
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw storageFull(name, layout.byteLength);
    if (error instanceof DOMException && error.name === 'NoModificationAllowedError') {
      throw new GatecastError({ code: 'storage-full', message: `${name} is being kept by another tab`, remedy: 'close the other tab, or wait' });
    }
    throw error;
  }
  return stored;
}

async function write(file: FileSystemFileHandle, layout: StoredLayout, signal: AbortSignal | undefined): Promise<void> {
  const access = await file.createSyncAccessHandle();
  try {
    // Takes the room before anything is written: `estimate` may promise more than there is (Chromium 156 always says 10 GB).
    access.truncate(0);
    access.truncate(layout.byteLength);
    for (const [index, part] of layout.parts.entries()) {
      // The head makes the file valid: everything else has to be on disk before it.
      if (index === layout.parts.length - 1) access.flush();
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

/** What is kept, by name. Unfinished files are removed. */
export async function keptTraces(): Promise<StoredTrace[]> {
  const directory = await folder();
  const kept: StoredTrace[] = [];
  for await (const [name, handle] of directory.entries()) {
    if (handle.kind !== 'file' || !name.endsWith(suffix)) continue;
    const file = await handle.getFile();
    const description = await storedDescription(blobSource(file, name)).catch(() => null);
    if (description && description.fingerprint + suffix === name) {
      kept.push({ fingerprint: description.fingerprint, name: description.name, byteLength: file.size });
    } else {
      // Fails for a file that another tab is writing right now, which is as it should be.
      await directory.removeEntry(name).catch(() => {});
    }
  }
  return kept.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads a trace that was kept. Rejects with `bad-input` when it is not there or damaged. */
export async function readKept(fingerprint: string, options: WorkOptions): Promise<ReadResult> {
  const directory = await folder();
  let file: File;
  try {
    file = await (await directory.getFileHandle(fileName(fingerprint))).getFile();
  } catch (error) {
    if (error instanceof GatecastError) throw error;
    throw new GatecastError({ code: 'bad-input', message: 'this browser does not keep that trace any more', where: fingerprint, remedy: 'open the file again' });
  }
  const source = blobSource(file, fileName(fingerprint));
  const description = await storedDescription(source);
  return readStored({ ...source, name: description?.name ?? 'the kept trace' }, options);
}

/** Removes a kept trace; fine when there is none. */
export async function forgetTrace(fingerprint: string): Promise<void> {
  const directory = await folder();
  await directory.removeEntry(fileName(fingerprint)).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  });
}
