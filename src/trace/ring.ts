import { amount } from './amount.ts';
import { DenseGrid } from './dense.ts';

/**
 * The used rows of a ring, in the order in which they were written: where unused rows lie between used ones,
 * the writing began after them.
 * @param notes takes what was left out and what cannot be known
 */
export function unrolled(grid: DenseGrid, notes: string[]): DenseGrid {
  const used = Array.from({ length: grid.rows }, (_, row) => grid.blocks.some((block, layer) => hasLoad(block, row, grid.experts[layer])));
  const rows = [...used.keys()].filter((row) => used[row]);
  if (rows.length === grid.rows) {
    notes.push('the ring of rows is full: where it began cannot be known, so the order of its rows may be turned');
    return grid;
  }
  notes.push(`${amount(grid.rows - rows.length, 'row')} of the ring ${grid.rows - rows.length === 1 ? 'is' : 'are'} unused (all 0) and left out`);
  const wrapped = used[0] && used[grid.rows - 1];
  const first = wrapped ? rows.findIndex((row) => row > used.lastIndexOf(false)) : 0;
  const order = [...rows.slice(first), ...rows.slice(0, first)];
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
