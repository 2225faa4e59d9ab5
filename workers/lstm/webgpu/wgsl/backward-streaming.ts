/**
 * A layer's way back with the transposed matrix read through the cache. Thread (unit, group) makes the slopes of its
 * rows' cells and leaves them in `gates` for the matrix gradient; as (quad of rows, gate, group) it multiplies.
 */
import type { StreamCut } from '../variant.ts';
import { cellsAt, storePart, type Piece, type Task } from './piece.ts';
import { repeat } from './source.ts';
import { restStride } from './head.ts';

const UNROLLED = 4;

export function backwardStreaming(task: Task, layer: number, cut: StreamCut): Piece {
  const { shape, variant: { rows: batchRows } } = task;
  const { hidden } = shape;
  const { bias, back } = shape.layers[layer];
  const { rows } = cut;
  const quads = batchRows / 4;
  const mine = rows / 4;
  const top = layer + 1 === shape.layers.length;
  /** What goes back: h, and before it, from a second layer, to the layer below. */
  const passes = back / hidden;
  const dh = passes - 1;
  const dropBelow = !top && task.dropping;

  const slopes = repeat(mine, (q) => `{
      ${repeat(4, (j) => {
        const r = 4 * q + j;
        return `var before${j} = 0.0;
      if (t > 0u) { before${j} = cells[o + ${r}u * H - ROWS * H].x; }
      ${top ? '' : `var above${j} = cells[above + ${r}u * H].x;
      ${dropBelow ? `above${j} *= betweenFactor(slot, key${r}, t, u);` : ''}
      dh${r} += above${j};`}
      let s${j} = slopesOf(gates[o + ${r}u * H], cells[o + ${r}u * H].x, before${j}, dh${r}, dc${r});
      dc${r} = s${j}.c;
      gates[o + ${r}u * H] = s${j}.z;`;
      })}
      biasSlope += s0.z + s1.z + s2.z + s3.z;
      ${['x', 'y', 'z', 'w'].map((c, g) => `sSlope[(${g}u * H + u) * ${quads}u + group * ${mine}u + ${q}u] = vec4f(s0.z.${c}, s1.z.${c}, s2.z.${c}, s3.z.${c});`).join('\n      ')}
    }`);
  const multiply = `for (var k = 0u; k < H; k += ${UNROLLED}u) {
      ${repeat(UNROLLED, (j) => repeat(passes, (p) => `let w${p}_${j} = transposed[place + (k + ${j}u) * ${back / 4}u + ${p}u * HQ];`))}
      ${repeat(UNROLLED, (j) => repeat(mine, (q) => `{ let v = sSlope[(gate * H + k + ${j}u) * ${quads}u + group * ${mine}u + ${q}u];
      ${repeat(passes, (p) => repeat(4, (c) => `a${p}_${4 * q + c} += v[${c}] * w${p}_${j};`))} }`))}
    }`;
  const sum = (r: number): string => `let p = (group * ${rows}u + ${r}u) * HQ + (u >> 2u); let c = u & 3u;
      let total = sSlope[p][c] + sSlope[p + ROWS * HQ][c] + sSlope[p + 2u * ROWS * HQ][c] + sSlope[p + 3u * ROWS * HQ][c];`;

  return {
    shared: [{ name: 'sSlope', type: 'vec4f', length: hidden * batchRows }],
    functions: '',
    body: `
  let u = lid % H; let group = lid / H;
  let backQuad = lid % HQ; let gate = (lid / HQ) % 4u;
  let place = ((jobs[slot].model * LAYERS + ${layer}u) * ${4 * hidden}u + gate * H) * ${shape.layers.at(-1)!.back / 4}u + backQuad;
  var biasSlope = vec4f(0.0);
  ${dropBelow ? repeat(rows, (r) => `let key${r} = rowKey(jobs[slot].seed, step, min(tile * ROWS + group * ${rows}u + ${r}u, BATCH - 1u));`) : ''}
  let end = ${cellsAt(layer, 'BINS')} + group * ${rows}u * H + u;
  ${repeat(rows, (r) => `var dc${r} = 0.0; var dh${r} = ${top ? `cells[end + ${r}u * H].x` : '0.0'};`)}
  for (var i = 0u; i < BINS; i++) {
    let t = BINS - 1u - i;
    let o = ${cellsAt(layer, 't')} + group * ${rows}u * H + u;
    ${top ? '' : `let above = ${cellsAt(layer + 1, 't')} + group * ${rows}u * H + u;`}
    ${slopes}
    workgroupBarrier();
    ${repeat(passes, (p) => repeat(rows, (r) => `var a${p}_${r} = vec4f(0.0);`))}
    ${multiply}
    ${repeat(passes, (p) => `workgroupBarrier();
    ${repeat(rows, (r) => `sSlope[(gate * ROWS + group * ${rows}u + ${r}u) * HQ + backQuad] = a${p}_${r};`)}
    workgroupBarrier();
    ${repeat(rows, (r) => `{ ${sum(r)} ${p === dh ? `dh${r} = total;` : `cells[o + ${r}u * H] = vec2f(total, cells[o + ${r}u * H].y);`} }`)}`)}
    workgroupBarrier();
  }
  sSlope[lid] = biasSlope;
  workgroupBarrier();
  if (lid < H) {
    var sum = sSlope[lid];
    for (var g = 1u; g < ${batchRows / rows}u; g++) { sum += sSlope[g * H + lid]; }
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, batchRows)}u + ${bias - shape.matrixQuads}u + lid`, 'sum')}
  }`,
  };
}
