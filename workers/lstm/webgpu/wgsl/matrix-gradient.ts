/**
 * The matrix gradient as a product of its own: that of what it read (x | h, of all rows and bins) with the slopes
 * of its gates. A thread sums eight rows of the matrix times two units; workgroups share the rows and bins in slices.
 */
import type { Product } from '../variant.ts';
import { cellsAt, forItem, sliceLayout, storePart, type Task } from './piece.ts';
import { repeat, type Shared } from './source.ts';

/** Rows of the matrix a thread. */
const LINE = 8;

/** Bins of a tile that are loaded at a time. */
export const pairsAtOnce = ({ depth }: Product, batchRows: number): number => (depth === batchRows ? Math.max(1, Math.floor(16 / depth)) : 1);

export const gradientThreads = ({ tileRows, tileUnits }: Product): number => (tileRows / LINE) * (tileUnits / 2);

/** Tiles of a layer's matrix. */
export function gradientTiles({ shape }: Pick<Task, 'shape'>, layer: number, { tileRows, tileUnits }: Product): number {
  return Math.ceil(shape.layers[layer].rows / tileRows) * (shape.hidden / tileUnits);
}

export function matrixGradient(task: Task, layer: number, cut: Product): { readonly body: string; readonly shared: readonly Shared[] } {
  const { shape, variant: { rows: batchRows } } = task;
  const { x, rows } = shape.layers[layer];
  const { tileRows, tileUnits, depth } = cut;
  const { offsets, stride } = sliceLayout(task);
  const pairs = pairsAtOnce(cut, batchRows);
  const held = depth * pairs;
  const half = tileUnits / 2;
  const threads = gradientThreads(cut);
  const tilesDown = Math.ceil(rows / tileRows);
  const h = (c: string, place: string): string => (layer > 0 && task.dropping && c === 'x'
    ? `cells[${place}].y * betweenFactor(slot, key, t, k + (${place} - o))`
    : `cells[${place}].y`);
  const quadOfH = (kind: string): string => `vec4f(${['o', 'o + 1u', 'o + 2u', 'o + 3u'].map((place) => h(kind, place)).join(', ')})`;
  const below = layer === 0
    ? `inputs[((wid.z * CHUNK + tile) * BINS + t) * ROWS * ${x / 4}u + r * ${x / 4}u + k / 4u]`
    : '';
  /** Stages of a chunk. */
  const turns = pairs > 1 ? 1 : batchRows / depth;
  const rightItems = Math.ceil((held * tileUnits) / threads);
  const leftItems = Math.ceil((held * tileRows) / 4 / threads);
  /** What row `row` of a stage is. */
  const where = `let pair = chunk * ${pairs}u + row / ${depth}u; let r = r0 + row % ${depth}u; let tile = pair / BINS; let t = pair % BINS; let exists = pair < tilesHere * BINS;`;
  /** Reads a stage, into variables. */
  const read = `{
    let chunk = wid.y + (stage / ${turns}u) * groups.y; let r0 = (stage % ${turns}u) * ${depth}u;
    ${repeat(rightItems, (i) => forItem(i, held * tileUnits, tileUnits, threads, `${where} right${i} = vec4f(0.0); if (exists) { right${i} = gates[${at(layer, 't')} + r * H + u0 + q]; }`))}
    ${repeat(leftItems, (i) => forItem(i, (held * tileRows) / 4, tileRows / 4, threads, `${where} let k = k0 + q * 4u; left${i} = vec4f(0.0);
      if (exists) {
        if (k < ${x}u) { ${layer === 0 ? `left${i} = ${below};` : `let o = ${at(layer - 1, 't')} + r * H + k; ${task.dropping ? 'let key = rowKey(jobs[slot].seed, step, min((part.tile + tile) * ROWS + r, BATCH - 1u));' : ''} left${i} = ${quadOfH('x')};`} }
        else if (k < ${rows}u && t > 0u) { let o = ${at(layer, '(t - 1u)')} + r * H + k - ${x}u; left${i} = ${quadOfH('h')}; }
      }`))}
  }`;
  return {
    shared: [
      { name: 'sLeft', type: 'vec4f', length: held, inner: [LINE / 4, tileRows / LINE] },
      { name: 'sRight', type: 'vec4f', length: held, inner: [2, half] },
    ],
    body: `
  let slot = wid.z + part.slot;
  if (!running(slot)) { return; }
  let step = states[slot].iteration + 1u;
  let k0 = (wid.x % ${tilesDown}u) * ${tileRows}u; let u0 = (wid.x / ${tilesDown}u) * ${tileUnits}u;
  let column = lid % ${half}u; let line = lid / ${half}u;
  let tilesHere = min(CHUNK, TILES - part.tile);
  let chunks = (tilesHere * BINS + ${pairs - 1}u) / ${pairs}u;
  let stages = select(0u, (chunks - wid.y + groups.y - 1u) / groups.y, wid.y < chunks) * ${turns}u;
  ${repeat(LINE, (i) => `var a${i} = vec4f(0.0); var b${i} = vec4f(0.0);`)}
  ${repeat(rightItems, (i) => `var right${i} = vec4f(0.0);`)}
  ${repeat(leftItems, (i) => `var left${i} = vec4f(0.0);`)}
  var stage = 0u;
  ${read}
  // What the next stage needs is on its way while this one is summed.
  for (; stage < stages;) {
    workgroupBarrier();
    ${repeat(rightItems, (i) => forItem(i, held * tileUnits, tileUnits, threads, `sRight[row][q / ${half}u][q % ${half}u] = right${i};`))}
    ${repeat(leftItems, (i) => forItem(i, (held * tileRows) / 4, tileRows / 4, threads, `sLeft[row][q % ${LINE / 4}u][q / ${LINE / 4}u] = left${i};`))}
    workgroupBarrier();
    stage++;
    ${read}
    for (var r = 0u; r < ${held}u; r++) {
      let y0 = sRight[r][0][column]; let y1 = sRight[r][1][column];
      ${repeat(LINE / 4, (q) => `{ let v = sLeft[r][${q}][line]; ${['x', 'y', 'z', 'w'].map((c, i) => `a${4 * q + i} += v.${c} * y0; b${4 * q + i} += v.${c} * y1;`).join(' ')} }`)}
    }
  }
  let place = wid.z * ${stride}u + ${offsets[layer]}u + wid.y * ${rows}u * H + u0 + column;
  ${repeat(LINE, (i) => `{ let k = k0 + line * ${LINE}u + ${i}u; if (k < ${rows}u) { ${storePart(task, 'matrixParts', 'place + k * H', `a${i}`)} ${storePart(task, 'matrixParts', `place + k * H + ${half}u`, `b${i}`)} } }`)}`,
  };
  /** Cells of a layer at bin `t` of the chunk's tile `tile`. */
  function at(one: number, t: string): string {
    return cellsAt(one, t).replace('wid.y', 'wid.z').replace('wid.x', 'tile');
  }
}
