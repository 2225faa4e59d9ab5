/** Hands text to the person as a file: asks where, in browsers that can (Chromium), else downloads it. */
import { GatecastError } from '../errors.ts';
import type { NotebookDocument } from './document.ts';
import { notebookExtension, notebookFileName, serializeNotebook } from './file.ts';

/** The part of the File System Access API that is used. */
interface SavePicker {
  (options: {
    readonly suggestedName: string;
    readonly types: readonly { readonly description: string; readonly accept: Readonly<Record<string, readonly string[]>> }[];
  }): Promise<{
    readonly name: string;
    createWritable(): Promise<{ write(data: string): Promise<void>; close(): Promise<void> }>;
  }>;
}

export interface SaveOptions {
  /** Whether results go into the file. Default true. */
  readonly results?: boolean;
  /** null: none. Default: the browser's. */
  readonly picker?: SavePicker | null;
  readonly download?: (name: string, text: string) => void;
}

/**
 * Saves a notebook. Call it from a click or key, or the browser refuses to ask.
 * @returns how it ended, with the file's name
 * @throws GatecastError `storage-full` when the disk takes no more, `internal` otherwise
 */
export async function saveNotebook(
  document: NotebookDocument,
  options: SaveOptions = {},
): Promise<{ readonly how: 'saved' | 'downloaded'; readonly name: string } | { readonly how: 'cancelled' }> {
  const { results = true, picker = browserPicker(), download = downloadText } = options;
  const suggestedName = notebookFileName(document.title);
  if (!picker) {
    download(suggestedName, serializeNotebook(document, { results }));
    return { how: 'downloaded', name: suggestedName };
  }
  try {
    const file = await picker({ suggestedName, types: [{ description: 'Gatecast notebook', accept: { 'application/json': [notebookExtension] } }] });
    const writable = await file.createWritable();
    await writable.write(serializeNotebook(document, { results }));
    await writable.close();
    return { how: 'saved', name: file.name };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return { how: 'cancelled' };
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new GatecastError({
      code: full ? 'storage-full' : 'internal',
      message: `the notebook could not be saved: ${full ? 'the disk is full' : error instanceof Error ? error.message : String(error)}`,
      where: suggestedName,
      remedy: full ? 'free disk space or save to another place' : 'save to another place',
    });
  }
}

function browserPicker(): SavePicker | null {
  const found = (globalThis as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  return found ? found.bind(globalThis) : null;
}

/** Downloads a text under a name. */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Firefox reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
