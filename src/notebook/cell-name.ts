import type { Cell } from './document.ts';
import { kinds } from './kinds/index.ts';

const longest = 80;

/** What a cell is called in lists: its kind, a note by the heading that it begins with. */
export function cellName(cell: Cell): string {
  const heading = cell.kind === 'note' ? /^\s*#{1,6}\s+(.+)/.exec(cell.settings.text)?.[1] : undefined;
  const plain = heading?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`]/g, '').trim();
  if (!plain) return kinds[cell.kind].label;
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}
