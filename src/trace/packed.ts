import { DenseGrid } from './dense.ts';
import { decodeNpy } from './npy-values.ts';
import type { NpzArray } from './npz-choose.ts';
import { badInput } from './problems.ts';

/**
 * The packed form of the samples: counts as two byte planes `low` and `high`, uint8 `[layers, experts - 1, steps]`,
 * and `total`, the constant sum of a row, which gives the last expert. Packs three times smaller than plain counts.
 */
export interface PackedArrays {
  readonly low: NpzArray;
  readonly high: NpzArray;
  readonly total: NpzArray;
}

/** The members of the packed form; null when the file is not in it. */
export function packedArrays(arrays: readonly NpzArray[]): PackedArrays | null {
  const [low, high, total] = ['low', 'high', 'total'].map((name) => arrays.find((array) => array.name === name));
  if (!low || !high || !total) return null;
  const isPlane = ({ header }: NpzArray): boolean => header.type === 'u1' && header.shape.length === 3 && !header.fortranOrder;
  return isPlane(low) && isPlane(high) && low.header.shape.join() === high.header.shape.join() && total.header.length === 1 ? { low, high, total } : null;
}

/**
 * Unpacks the counts.
 * @param chunks unpacked bytes of a member
 */
export async function readPacked(file: string, packed: PackedArrays, chunks: (array: NpzArray) => AsyncIterable<Uint8Array>): Promise<DenseGrid> {
  const [layers, others, steps] = packed.low.header.shape;
  const experts = others + 1;
  const grid = new DenseGrid(steps, Array<number>(layers).fill(experts));
  let total = NaN;
  await decodeNpy(chunks(packed.total), `${file}, total`, () => {}, (values) => (total = values[0]));
  for (const [plane, factor] of [[packed.low, 1], [packed.high, 256]] as const) {
    let at = 0;
    await decodeNpy(chunks(plane), `${file}, ${plane.name}`, () => {}, (values) => {
      for (let from = 0; from < values.length;) {
        const step = at % steps;
        const series = (at - step) / steps;
        const cells = grid.blocks[Math.floor(series / others)];
        const count = Math.min(steps - step, values.length - from);
        let cell = step * experts + (series % others);
        for (let i = 0; i < count; i++, cell += experts) cells[cell] += values[from + i] * factor;
        from += count;
        at += count;
      }
    });
  }
  for (const [layer, cells] of grid.blocks.entries()) {
    for (let row = 0; row < steps; row++) {
      let rest = total;
      for (let expert = 0; expert < others; expert++) rest -= cells[row * experts + expert];
      if (!(rest >= 0)) throw badInput(file, `row ${row} of layer ${layer} holds more than its total of ${total}`, 'the file is damaged; copy it again');
      cells[row * experts + others] = rest;
    }
  }
  return grid;
}
