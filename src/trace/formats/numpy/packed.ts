import type { CellStore } from '../../build/cell-store.ts';
import { DenseGrid } from '../../build/dense.ts';
import type { Loads, NamedArray, ReadElements } from '../../arrays/named-array.ts';
import { badInput } from '../../read/problems.ts';

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
export async function readPacked(file: string, packed: PackedArrays, read: ReadElements, store?: CellStore): Promise<Loads> {
  const [layers, others, steps] = packed.low.form.shape;
  const experts = others + 1;
  const grid = new DenseGrid({ rows: steps, experts: Array<number>(layers).fill(experts), expertAfterExpert: true }, store);
  let total = NaN;
  await read(packed.total, (values) => (total = values[0]));
  for (const [plane, factor] of [[packed.low, 1], [packed.high, 256]] as const) {
    let at = 0;
    await read(plane, (values) => {
      for (let from = 0; from < values.length;) {
        const step = at % steps;
        const series = (at - step) / steps;
        const expert = series % others;
        const tile = grid.tileAt(Math.floor(series / others), step, expert);
        const cells = grid.cellsOf(tile);
        const count = Math.min(tile.row + tile.rows - step, values.length - from);
        let cell = (step - tile.row) * tile.width + expert - tile.expert;
        for (let i = 0; i < count; i++, cell += tile.width) cells[cell] += values[from + i] * factor;
        from += count;
        at += count;
      }
    });
  }
  for (let layer = 0; layer < layers; layer++) {
    const rest = new Float64Array(steps).fill(total);
    for (const tile of grid.tilesOf(layer)) {
      const cells = grid.cellsOf(tile);
      const end = Math.min(tile.width, others - tile.expert);
      for (let row = 0; row < tile.rows; row++) {
        for (let cell = row * tile.width; cell < row * tile.width + end; cell++) rest[tile.row + row] -= cells[cell];
      }
    }
    const wrong = rest.findIndex((load) => !(load >= 0));
    if (wrong >= 0) throw badInput(file, `row ${wrong} of layer ${layer} holds more than its total of ${total}`, 'the file is damaged; copy it again');
    for (let row = 0; row < steps;) {
      const tile = grid.tileAt(layer, row, others);
      const cells = grid.cellsOf(tile);
      for (let cell = others - tile.expert; cell < tile.rows * tile.width; cell += tile.width) cells[cell] = rest[row++];
    }
  }
  return { grid, layerNames: grid.experts.map((_, layer) => String(layer)), layout: 'packed' };
}
