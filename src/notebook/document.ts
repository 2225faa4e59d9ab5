import type { TraceRef } from '../trace/trace-ref.ts';
import type { CellKind, ResultOf, SettingsOf } from './kinds/index.ts';

export type { TraceRef } from '../trace/trace-ref.ts';

export type CellOf<K extends CellKind> = {
  readonly [Name in K]: {
    /** Unique in its document; letters, digits, `-` and `_`. */
    readonly id: string;
    readonly kind: Name;
    readonly settings: SettingsOf<Name>;
    readonly result?: ResultOf<Name>;
  };
}[K];

export type Cell = CellOf<CellKind>;

/** A notebook. Immutable: every edit makes a new one that shares what did not change. */
export interface NotebookDocument {
  readonly format: 'gatecast';
  readonly version: 1;
  readonly title: string;
  /** Which trace it is about. The trace itself is never in the document. */
  readonly trace: TraceRef;
  readonly cells: readonly Cell[];
}

export const documentVersion = 1;
export const maximumTitleLength = 200;
export const maximumCells = 200;

/** The document with settings alone. */
export function withoutResults(document: NotebookDocument): NotebookDocument {
  return { ...document, cells: document.cells.map(withoutResult) };
}

export function withoutResult(cell: Cell): Cell {
  if (!('result' in cell)) return cell;
  const { result: _, ...rest } = cell;
  return rest;
}
