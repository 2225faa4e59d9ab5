/** What buttons, keys and the palette do to the notebook. */
import { effect, untracked } from '@preact/signals';
import { addCell, duplicateCell, moveCell, removeCell } from '../notebook/edits.ts';
import { toErrorParts } from '../errors.ts';
import { isNotebookName, readNotebook } from '../notebook/file.ts';
import { freshCellId } from '../notebook/ids.ts';
import { kinds, type CellKind } from '../notebook/kinds/index.ts';
import { toHash } from '../notebook/link.ts';
import { saveNotebook } from '../notebook/save-file.ts';
import { focusCell } from '../shell/index.ts';
import type { App } from './context.ts';

/** Whether a file is a notebook: by its name, or by its first bytes when it is JSON under another name. */
async function isNotebook(file: File): Promise<boolean> {
  if (isNotebookName(file.name)) return true;
  if (!/\.json$/i.test(file.name)) return false;
  const head = await file.slice(0, 200).text();
  return /^\s*\{\s*"format"\s*:\s*"gatecast"/.test(head);
}

/** The notebook among files that were given at once; what lies in a folder is a trace. */
async function notebookOf(files: readonly File[]): Promise<File | undefined> {
  for (const file of files) if (!file.name.includes('/') && (await isNotebook(file))) return file;
  return undefined;
}

/** Opens what was dropped, pasted or picked: a notebook, or a trace from all files. */
export async function openFiles(app: App, files: readonly File[]): Promise<void> {
  const { notebook, session, toaster } = app;
  if (files.length === 0) return;
  const file = await notebookOf(files);
  if (!file) {
    session.openFiles(files);
    return;
  }
  const others = files.length - 1;
  if (others > 0) toaster.show(`Opened ${file.name} only; ${others} more ${others === 1 ? 'file was' : 'files were'} left alone`);
  try {
    notebook.open(await readNotebook(file), `Open ${file.name}`);
    offerUndo(app, `Opened ${file.name}`);
  } catch (error) {
    session.reportOpenError(file.name, toErrorParts(error));
  }
}

export async function save({ notebook, toaster }: App): Promise<void> {
  try {
    const done = await saveNotebook(notebook.document.peek());
    if (done.how !== 'cancelled') toaster.show(`${done.how === 'saved' ? 'Saved' : 'Downloaded'} ${done.name}`);
  } catch (error) {
    const parts = toErrorParts(error);
    toaster.show(`Not saved: ${parts.message}${parts.remedy ? `; ${parts.remedy}` : ''}`);
  }
}

/** Copies a link with the settings; where the clipboard is refused, the link goes to the address bar. */
export async function share({ notebook, toaster }: App): Promise<void> {
  const document = notebook.document.peek();
  try {
    const hash = toHash(document);
    const link = `${location.href.split('#')[0]}${hash}`;
    const { trace } = document;
    const what = trace.kind === 'file' ? `; whoever opens it is asked for ${trace.name}, which stays with you` : '';
    try {
      await navigator.clipboard.writeText(link);
      toaster.show(`Link copied${what}`);
    } catch {
      history.replaceState(null, '', hash);
      toaster.show(`The link is in the address bar: copy it from there${what}`);
    }
  } catch (error) {
    const parts = toErrorParts(error);
    toaster.show(`No link: ${parts.message}; ${parts.remedy ?? 'save the notebook instead'}`);
  }
}

/** Says what was done and offers to undo it, for as long as that is what an undo would undo. */
export function offerUndo({ notebook, toaster }: App, text: string): void {
  const done = notebook.undoLabel.peek();
  const { cells } = notebook.document.peek();
  const toast = toaster.show(text, { label: 'Undo', onSelect: () => notebook.undo() });
  const stop = effect(() => {
    const now = notebook.document.value.cells;
    const same = notebook.undoLabel.value === done && now.length === cells.length && now.every((cell, at) => cell.settings === cells[at].settings);
    if (same) return;
    untracked(() => toaster.dismiss(toast));
    queueMicrotask(() => stop());
  });
}

export function add({ notebook }: App, kind: CellKind, afterId: string | null | undefined): void {
  const id = freshCellId(notebook.document.peek(), kind);
  notebook.edit(`Add ${kinds[kind].label}`, (document) => addCell(document, kind, afterId, id));
  requestAnimationFrame(() => focusCell(id));
}

export function remove(app: App, id: string): void {
  const { notebook, runs, comparisons } = app;
  const { cells } = notebook.document.peek();
  const at = cells.findIndex((cell) => cell.id === id);
  if (at < 0) return;
  const neighbour = cells[at + 1] ?? cells[at - 1];
  runs.cancel(id);
  comparisons.cancel(id);
  const { label } = kinds[cells[at].kind];
  notebook.edit(`Remove ${label}`, (document) => removeCell(document, id));
  offerUndo(app, `Removed ${label}`);
  if (neighbour) requestAnimationFrame(() => focusCell(neighbour.id));
}

export function duplicate({ notebook }: App, id: string): void {
  const cell = notebook.document.peek().cells.find((one) => one.id === id);
  if (!cell) return;
  const copy = freshCellId(notebook.document.peek(), cell.kind);
  notebook.edit(`Duplicate ${kinds[cell.kind].label}`, (document) => duplicateCell(document, id, copy));
  requestAnimationFrame(() => focusCell(copy));
}

export function move({ notebook }: App, id: string, delta: number): void {
  const cell = notebook.document.peek().cells.find((one) => one.id === id);
  if (!cell) return;
  notebook.edit(`Move ${kinds[cell.kind].label}`, (document) => moveCell(document, id, delta));
  requestAnimationFrame(() => focusCell(id));
}
