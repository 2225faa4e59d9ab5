import { DenseGrid } from './dense.ts';
import type { Loads, NamedArray, ReadElements } from './named-array.ts';
import { badInput } from './problems.ts';

/**
 * The packed form of the samples: counts as two byte planes `low` and `high`, uint8 `[layers, experts - 1, steps]`,
 * and `total`, the constant sum of a row, which gives the last expert. Packs three times smaller than plain counts.
 */
export interface PackedArrays {
  readonly low: NamedArray;
  readonly high: NamedArray;
  readonly total: NamedArray;
}

/** The members of the packed form; null when the file is not in it. */
export function packedArrays(arrays: readonly NamedArray[]): PackedArrays | null {
  const [low, high, total] = ['low', 'high', 'total'].map((name) => arrays.find((array) => array.name === name));
  if (!low || !high || !total) return null;
  const isPlane = ({ form }: NamedArray): boolean => form.type === 'u1' && form.shape.length === 3 && !form.fortranOrder;
  return isPlane(low) && isPlane(high) && low.form.shape.join() === high.form.shape.join() && total.form.length === 1 ? { low, high, total } : null;
}

/** Unpacks the counts. */
export async function readPacked(file: string, packed: PackedArrays, read: ReadElements): Promise<Loads> {
  const [layers, others, steps] = packed.low.form.shape;
  const experts = others + 1;
  const grid = new DenseGrid(steps, Array<number>(layers).fill(experts));
  let total = NaN;
  await read(packed.total, (values) => (total = values[0]));
  for (const [plane, factor] of [[packed.low, 1], [packed.high, 256]] as const) {
    let at = 0;
    await read(plane, (values) => {
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
  return { grid, layerNames: grid.experts.map((_, layer) => String(layer)), layout: 'packed' };
}
