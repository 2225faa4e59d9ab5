/// <reference lib="webworker" />
/** What does not fit in memory of a trace that is being read, or could not be kept: a file of this worker's alone. */
import { GatecastError, cancelled } from '../src/errors.ts';
import type { ScratchFile } from '../src/trace/build/cell-store.ts';
import { freeBytes, megabytes, roomWords, tracesFolder } from './traces-folder.ts';

const suffix = '.scratch';

/** Removes scratch files of workers that are gone. One that is in use cannot be removed, which is as it should be. */
async function removeOldScratch(): Promise<void> {
  const directory = await tracesFolder();
  const names: string[] = [];
  for await (const name of directory.keys()) if (name.endsWith(suffix)) names.push(name);
  for (const name of names) await directory.removeEntry(name).catch(() => {});
}

/** Where there are no files there are no old ones. */
const oldRemoved = removeOldScratch().catch(() => {});

/** Made in the background when it is first asked for; reading goes on in memory meanwhile, and for good where no file can be made. */
export class Scratch implements ScratchFile {
  readonly #name: string;
  readonly #fileName = `${crypto.randomUUID()}${suffix}`;
  #making: Promise<void> | null = null;
  #access: FileSystemSyncAccessHandle | null = null;
  #problem: GatecastError | null = null;
  #neededBytes = 0;
  #freeBytes: number | undefined;
  #removed = false;

  /** @param name of the trace, for errors */
  constructor(name: string) {
    this.#name = name;
  }

  isReady(neededBytes: number): boolean {
    if (this.#removed) throw cancelled();
    this.#neededBytes = neededBytes;
    this.#making ??= this.#make();
    if (this.#freeBytes !== undefined && neededBytes > this.#freeBytes) throw this.#full(this.#freeBytes);
    if (this.#problem) throw this.#problem;
    return this.#access !== null;
  }

  write(at: number, bytes: Uint8Array<ArrayBuffer>): void {
    let written = 0;
    try {
      written = this.#open().write(bytes, { at });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
    }
    // Without room Chromium 156 neither throws nor writes, and answers with 4,294,967,295.
    if (written !== bytes.length) throw this.#full();
  }

  read(at: number, into: Uint8Array<ArrayBuffer>): void {
    if (this.#open().read(into, { at }) !== into.length) throw new Error(`the scratch file ends before byte ${at + into.length}`);
  }

  /** Gives the room back. What would still be read from it is cancelled. */
  async remove(): Promise<void> {
    this.#removed = true;
    await this.#making;
    if (!this.#access) return;
    this.#access.close();
    this.#access = null;
    await (await tracesFolder()).removeEntry(this.#fileName).catch(() => {});
  }

  #open(): FileSystemSyncAccessHandle {
    if (!this.#access || this.#removed) throw cancelled();
    return this.#access;
  }

  async #make(): Promise<void> {
    try {
      await oldRemoved;
      this.#freeBytes = await freeBytes();
      const file = await (await tracesFolder()).getFileHandle(this.#fileName, { create: true });
      this.#access = await file.createSyncAccessHandle();
    } catch {
      // Private browsing, or no secure context: all stays in memory, as far as that goes.
      return;
    }
    try {
      // Takes the room before anything is written: `estimate` may promise more than there is (Chromium 156 always says 10 GB).
      this.#access.truncate(this.#neededBytes);
    } catch {
      this.#problem = this.#full();
    }
  }

  /** @param free as the browser tells, where that is too little; else it told too much */
  #full(free?: number): GatecastError {
    return new GatecastError({
      code: 'storage-full',
      message: `${this.#name} is too large to be held in memory: reading it needs ${megabytes(this.#neededBytes)} of the browser’s storage; ${roomWords(free)}`,
      where: this.#name,
      remedy: 'remove traces that were kept earlier, or free disk space; or open a shorter trace',
    });
  }
}
