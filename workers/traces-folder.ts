/// <reference lib="webworker" />
/** The folder of the browser's origin-private file system that traces lie in, and what is said when there is none, or no room. */
import { GatecastError } from '../src/errors.ts';

/** Rejects with `storage-full` where the browser keeps no files. */
export async function tracesFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle('traces', { create: true });
  } catch (error) {
    throw new GatecastError({
      code: 'storage-full',
      message: `this browser keeps no files for this page: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'leave private browsing, or serve the page over https or from localhost; the trace has to be opened again after a reload',
    });
  }
}

/** Bytes that may still be written, as far as the browser tells. */
export async function freeBytes(): Promise<number | undefined> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined ? undefined : quota - (usage ?? 0);
}

/** @param free as the browser tells */
export function roomWords(free: number | undefined): string {
  return free === undefined ? 'the browser has no room for it' : `the browser has ${megabytes(Math.max(0, free))} left`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
