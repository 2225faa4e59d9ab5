/** Edits of a document: pure functions that give the same document back when there is nothing to change. */
import { GatecastError } from '../errors.ts';
import { maximumCells, maximumTitleLength, type Cell, type CellOf, type NotebookDocument, type TraceRef } from './document.ts';
import { freshCellId } from './ids.ts';
import { defaultSettings, type CellKind, type SettingsOf } from './kinds/index.ts';
import { parseSettings, parseTraceRef } from './schema.ts';

/**
 * Adds a cell with default settings.
 * @param afterId the cell that it follows; undefined (or a cell that is gone): at the end; null: at the start
 * @param id for a caller who wants to know it: `freshCellId(document, kind)`
 * @throws GatecastError `bad-setting` when the notebook is full
 */
export function addCell(document: NotebookDocument, kind: CellKind, afterId?: string | null, id = freshCellId(document, kind)): NotebookDocument {
  return insert(document, { id, kind, settings: defaultSettings(kind) } as Cell, afterId);
}

export function removeCell(document: NotebookDocument, id: string): NotebookDocument {
  if (!findCell(document, id)) return document;
  return { ...document, cells: document.cells.filter((cell) => cell.id !== id) };
}

/** Moves a cell by so many places, as far as there are any: -1 is up, 1 is down. */
export function moveCell(document: NotebookDocument, id: string, delta: number): NotebookDocument {
  const from = document.cells.findIndex((cell) => cell.id === id);
  if (from < 0) return document;
  const to = Math.min(Math.max(from + Math.trunc(delta), 0), document.cells.length - 1);
  if (to === from) return document;
  const cells = [...document.cells];
  cells.splice(to, 0, ...cells.splice(from, 1));
  return { ...document, cells };
}

/** Puts a copy, result and all, right after a cell. @throws GatecastError `bad-setting` when the notebook is full */
export function duplicateCell(document: NotebookDocument, id: string, newId?: string): NotebookDocument {
  const cell = findCell(document, id);
  if (!cell) return document;
  return insert(document, { ...cell, id: newId ?? freshCellId(document, cell.kind) }, id);
}

/**
 * Changes some settings of a cell; the others, and its result, stay.
 * @throws GatecastError `bad-setting`, `where` being the setting, when one is out of its range
 */
export function setSettings<K extends CellKind = CellKind>(document: NotebookDocument, id: string, partial: Partial<SettingsOf<K>>): NotebookDocument {
  const cell = findCell(document, id);
  if (!cell) return document;
  const before = cell.settings as Readonly<Record<string, unknown>>;
  if (Object.entries(partial).every(([key, value]) => Object.is(before[key], value))) return document;
  const settings = parseSettings(cell.kind, { ...before, ...partial });
  return { ...document, cells: document.cells.map((one) => (one === cell ? ({ ...cell, settings } as Cell) : one)) };
}

/** Cut at 200 characters; an empty title becomes "Untitled". */
export function setTitle(document: NotebookDocument, title: string): NotebookDocument {
  const kept = title.trim().slice(0, maximumTitleLength) || 'Untitled';
  return kept === document.title ? document : { ...document, title: kept };
}

/** Makes the notebook be about another trace. Results stay and go stale. @throws GatecastError `bad-input` */
export function setTrace(document: NotebookDocument, trace: TraceRef): NotebookDocument {
  const kept = parseTraceRef(trace);
  return JSON.stringify(kept) === JSON.stringify(document.trace) ? document : { ...document, trace: kept };
}

export function findCell(document: NotebookDocument, id: string): Cell | undefined {
  return document.cells.find((cell) => cell.id === id);
}

/** The cell of this id if it is of this kind. */
export function cellOfKind<K extends CellKind>(document: NotebookDocument, id: string, kind: K): CellOf<K> | undefined {
  const cell = findCell(document, id);
  return cell?.kind === kind ? (cell as CellOf<K>) : undefined;
}

function insert(document: NotebookDocument, cell: Cell, afterId: string | null | undefined): NotebookDocument {
  if (document.cells.length >= maximumCells) {
    throw new GatecastError({ code: 'bad-setting', message: `a notebook holds at most ${maximumCells} cells`, remedy: 'remove a cell first' });
  }
  if (findCell(document, cell.id)) throw new GatecastError({ code: 'internal', message: `there already is a cell ${cell.id}` });
  const cells = [...document.cells];
  const found = typeof afterId === 'string' ? cells.findIndex((one) => one.id === afterId) : -1;
  const at = afterId === null ? 0 : found < 0 ? cells.length : found + 1;
  cells.splice(at, 0, cell);
  return { ...document, cells };
}
