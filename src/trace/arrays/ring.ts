import { amount } from '../amount.ts';
import type { TraceLayer } from '../trace.ts';

/**
 * The used rows of a ring of rows, in the order in which they were written: where unused rows lie between used ones,
 * the writing began after them.
 * @param used whether a row holds any load
 * @param notes takes what was left out and what cannot be known
 * @returns null when all rows are used, and stay where they are
 */
export function ringOrder(used: readonly boolean[], notes: string[]): number[] {
  const rows = [...used.keys()].filter((row) => used[row]);
  if (rows.length === used.length) {
    notes.push('the ring of rows is full: where it began cannot be known, so the order of its rows may be turned');
    return rows;
  }
  const unused = used.length - rows.length;
  notes.push(`${amount(unused, 'row')} of the ring ${unused === 1 ? 'is' : 'are'} unused (all 0) and left out`);
  const wrapped = used[0] && used[used.length - 1];
  const first = wrapped ? rows.findIndex((row) => row > used.lastIndexOf(false)) : 0;
  return [...rows.slice(first), ...rows.slice(0, first)];
}

/** The used rows of a ring; see {@link ringOrder}. @returns null when all rows are used, and stay where they are */
export function unrolled(layers: readonly TraceLayer[], rows: number, notes: string[]): Uint32Array | null {
  const used = Array<boolean>(rows).fill(false);
  for (const { values, experts } of layers) for (let row = 0; row < rows; row++) used[row] ||= hasLoad(values, row, experts);
  const order = ringOrder(used, notes);
  return order.length === rows ? null : Uint32Array.from(order);
}

function hasLoad(values: ArrayLike<number>, row: number, experts: number): boolean {
  for (let cell = row * experts; cell < (row + 1) * experts; cell++) if (values[cell] > 0) return true;
  return false;
}
