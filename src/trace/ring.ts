import { amount } from './amount.ts';
import { DenseGrid } from './dense.ts';

/**
 * The used rows of a ring of rows, in the order in which they were written: where unused rows lie between used ones,
 * the writing began after them.
 * @param used whether a row holds any load
 * @param notes takes what was left out and what cannot be known
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

/** The used rows of a ring; see {@link ringOrder}. */
export function unrolled(grid: DenseGrid, notes: string[]): DenseGrid {
  const used = Array.from({ length: grid.rows }, (_, row) => grid.blocks.some((block, layer) => hasLoad(block, row, grid.experts[layer])));
  const order = ringOrder(used, notes);
  const result = new DenseGrid(order.length, grid.experts);
  if (grid.fractional) result.becomeFractional();
  for (const [layer, block] of grid.blocks.entries()) {
    const experts = grid.experts[layer];
    order.forEach((row, to) => result.blocks[layer].set(block.subarray(row * experts, (row + 1) * experts), to * experts));
  }
  return result;
}

function hasLoad(block: ArrayLike<number>, row: number, experts: number): boolean {
  for (let cell = row * experts; cell < (row + 1) * experts; cell++) if (block[cell] > 0) return true;
  return false;
}
