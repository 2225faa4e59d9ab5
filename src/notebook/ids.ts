import type { Cell, NotebookDocument } from './document.ts';
import type { CellKind } from './kinds/index.ts';

const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id for a new cell: "forecast-7k3m9q". Random, so that a cell removed and remembered by undo is never
 * taken for a new one; ids have no part in any result.
 */
export function freshCellId(document: NotebookDocument, kind: CellKind): string {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(6));
    const id = `${kind}-${Array.from(bytes, (byte) => letters[byte & 31]).join('')}`;
    if (!document.cells.some((cell) => cell.id === id)) return id;
  }
}

/** Gives every cell whose id came earlier another one: "note", "note-2". */
export function uniqueIds(cells: readonly Cell[]): readonly Cell[] {
  const all = new Set(cells.map((cell) => cell.id));
  const seen = new Set<string>();
  return cells.map((cell) => {
    let { id } = cell;
    for (let count = 2; seen.has(id); count++) {
      const other = `${cell.id.slice(0, 50)}-${count}`;
      if (!all.has(other)) id = other;
    }
    seen.add(id);
    all.add(id);
    return id === cell.id ? cell : { ...cell, id };
  });
}
