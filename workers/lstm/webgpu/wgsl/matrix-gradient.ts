/**
 * The matrix gradient of a streaming layer: the product of what it read (x | h, of all rows and bins) with the slopes
 * of its gates. A thread sums eight rows of the matrix times two units; workgroups share the rows and bins in slices.
 */
import type { StreamCut } from '../variant.ts';
import { cellsAt, sliceLayout, storePart, type Task } from './piece.ts';
import { repeat, type Shared } from './source.ts';

/** Bins of a tile that are loaded at a time. */
export const pairsAtOnce = ({ depth }: StreamCut, batchRows: number): number => (depth === batchRows ? Math.max(1, 16 / depth) : 1);

export const gradientThreads = ({ tileRows, tileUnits }: StreamCut): number => (tileRows / 8) * (tileUnits / 2);

/** Tiles of a layer's matrix. */
export function gradientTiles({ shape }: Pick<Task, 'shape'>, layer: number, { tileRows, tileUnits }: StreamCut): number {
  return Math.ceil(shape.layers[layer].rows / tileRows) * (shape.hidden / tileUnits);
}

export function matrixGradient(task: Task, layer: number, cut: StreamCut): { readonly body: string; readonly shared: readonly Shared[] } {
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
    ? `v = inputs[((wid.z * CHUNK + tile) * BINS + t) * ROWS * ${x / 4}u + r * ${x / 4}u + k / 4u];`
    : `let o = ${at(layer - 1, 't')} + r * H + k; ${task.dropping ? 'let key = rowKey(jobs[slot].seed, step, min((part.tile + tile) * ROWS + r, BATCH - 1u));' : ''} v = ${quadOfH('x')};`;
  return {
    shared: [
      { name: 'sLeft', type: 'vec4f', length: (held * tileRows) / 4 },
      { name: 'sRight', type: 'vec4f', length: held * tileUnits },
    ],
    body: `
  let slot = wid.z + part.slot;
  if (!running(slot)) { return; }
  let step = states[slot].iteration + 1u;
  let k0 = (wid.x % ${tilesDown}u) * ${tileRows}u; let u0 = (wid.x / ${tilesDown}u) * ${tileUnits}u;
  let column = lid % ${half}u; let line = lid / ${half}u;
  let tilesHere = min(CHUNK, TILES - part.tile);
  ${repeat(8, (i) => `var a${i} = vec4f(0.0); var b${i} = vec4f(0.0);`)}
  for (var chunk = wid.y; chunk * ${pairs}u < tilesHere * BINS; chunk += groups.y) {
    for (var r0 = 0u; r0 < ${pairs > 1 ? depth : batchRows}u; r0 += ${depth}u) {
      workgroupBarrier();
      for (var i = lid; i < ${held * tileUnits}u; i += ${threads}u) {
        let n = i / ${tileUnits}u; let pair = chunk * ${pairs}u + n / ${depth}u; let r = r0 + n % ${depth}u;
        var z = vec4f(0.0);
        if (pair < tilesHere * BINS) { let tile = pair / BINS; let t = pair % BINS; z = gates[${at(layer, 't')} + r * H + u0 + i % ${tileUnits}u]; }
        sRight[i] = z;
      }
      for (var i = lid; i < ${(held * tileRows) / 4}u; i += ${threads}u) {
        let n = i / ${tileRows / 4}u; let pair = chunk * ${pairs}u + n / ${depth}u; let r = r0 + n % ${depth}u;
        let tile = pair / BINS; let t = pair % BINS; let k = k0 + (i % ${tileRows / 4}u) * 4u;
        var v = vec4f(0.0);
        if (pair < tilesHere * BINS) {
          if (k < ${x}u) { ${below} }
          else if (k < ${rows}u && t > 0u) { let o = ${at(layer, '(t - 1u)')} + r * H + k - ${x}u; v = ${quadOfH('h')}; }
        }
        sLeft[i] = v;
      }
      workgroupBarrier();
      for (var r = 0u; r < ${held}u; r++) {
        let x0 = sLeft[r * ${tileRows / 4}u + line * 2u]; let x1 = sLeft[r * ${tileRows / 4}u + line * 2u + 1u];
        let y0 = sRight[r * ${tileUnits}u + column]; let y1 = sRight[r * ${tileUnits}u + column + ${half}u];
        ${['x', 'y', 'z', 'w'].map((c, i) => `a${i} += x0.${c} * y0; b${i} += x0.${c} * y1; a${i + 4} += x1.${c} * y0; b${i + 4} += x1.${c} * y1;`).join('\n        ')}
      }
    }
  }
  let place = wid.z * ${stride}u + ${offsets[layer]}u + wid.y * ${rows}u * H + u0 + column;
  ${repeat(8, (i) => `{ let k = k0 + line * 8u + ${i}u; if (k < ${rows}u) { ${storePart(task, 'matrixParts', 'place + k * H', `a${i}`)} ${storePart(task, 'matrixParts', `place + k * H + ${half}u`, `b${i}`)} } }`)}`,
  };
  /** Cells of a layer at bin `t` of the chunk's tile `tile`. */
  function at(one: number, t: string): string {
    return cellsAt(one, t).replace('wid.y', 'wid.z').replace('wid.x', 'tile');
  }
}
