/**
 * A layer's way back with the transposed matrix read through the cache. Thread (unit, group) makes the slopes of its
 * rows' cells and leaves them in `gates` for the matrix gradient; as (quad of rows, gate, group) it multiplies.
 */
import type { StreamBackward } from '../variant.ts';
import { cellsAt, storePart, type Piece, type Task } from './piece.ts';
import { repeat } from './source.ts';
import { restStride } from './head.ts';

export function backwardStreaming(task: Task, layer: number, cut: StreamBackward): Piece {
  const { shape, variant: { rows: batchRows } } = task;
  const { hidden } = shape;
  const { bias, back } = shape.layers[layer];
  const { rows } = cut;
  const mine = rows / 4;
  const top = layer + 1 === shape.layers.length;
  /** What goes back: h, and before it, from a second layer, to the layer below. */
  const passes = back / hidden;
  const dh = passes - 1;
  const dropBelow = !top && task.dropping;

  const cellOf = (r: number, t: string, one = layer): string => `${cellsAt(one, t)} + (group * ${rows}u + ${r}u) * H + u`;

  /** Slopes of the thread's cells, whose numbers were read before; then reads those of the bin before. */
  const slopes = repeat(mine, (q) => `{
      ${repeat(4, (j) => {
        const r = 4 * q + j;
        return `${top ? '' : `var above${j} = cells[${cellOf(r, 't', layer + 1)}].x;
      ${dropBelow ? `above${j} *= betweenFactor(slot, key${r}, t, u);` : ''}
      dh${r} += above${j};`}
      let s${j} = slopesOf(g${r}, c${r}, select(before${r}, 0.0, t == 0u), dh${r}, dc${r});
      dc${r} = s${j}.c; c${r} = before${r};
      gates[${cellOf(r, 't')}] = s${j}.z;
      g${r} = gates[${cellOf(r, '(max(t, 1u) - 1u)')}];
      before${r} = cells[${cellOf(r, '(max(t, 2u) - 2u)')}].x;`;
      })}
      biasSlope += s0.z + s1.z + s2.z + s3.z;
      ${['x', 'y', 'z', 'w'].map((c, g) => `sSlope[${g}u * HQ + (u >> 2u)][group][(u & 3u) * ${mine}u + ${q}u] = vec4f(s0.z.${c}, s1.z.${c}, s2.z.${c}, s3.z.${c});`).join('\n      ')}
    }`);
  const parts = (code: (p: number, j: number) => string): string => repeat(4, (j) => repeat(passes, (p) => code(p, j)));
  const weightsAt = (name: string, k: string): string => parts((p, j) => `${name}${p}_${j} = transposed[place + (${k} * 4u + ${j}u) * ${back / 4}u + ${p}u * HQ];`);
  // What the next units need is on its way while these are multiplied.
  const multiply = `${weightsAt('var next', '0u')}
    for (var k = 0u; k < HQ; k++) {
      ${parts((p, j) => `let w${p}_${j} = next${p}_${j};`)}
      ${weightsAt('next', 'min(k + 1u, HQ - 1u)')}
      ${repeat(4, (j) => repeat(mine, (q) => `{ let v = sSlope[gate * HQ + k][group][${j * mine + q}];
      ${repeat(passes, (p) => repeat(4, (c) => `a${p}_${4 * q + c} += v[${c}] * w${p}_${j};`))} }`))}
    }`;
  const sum = (r: number): string => `let total = ${[0, 1, 2, 3].map((gate) => `sSlope[${gate}u * HQ + (u >> 2u)][group][${r}][u & 3u]`).join(' + ')};`;

  return {
    // Slopes of the gates by unit, then what a gate's part passes back, by row.
    shared: [{ name: 'sSlope', type: 'vec4f', length: hidden, inner: [batchRows / rows, rows] }],
    functions: '',
    body: `
  let u = lid % H; let group = lid / H;
  let backQuad = lid % HQ; let gate = (lid / HQ) % 4u;
  let place = ((jobs[slot].model * LAYERS + ${layer}u) * ${4 * hidden}u + gate * H) * ${shape.layers.at(-1)!.back / 4}u + backQuad;
  ${dropBelow ? repeat(rows, (r) => `let key${r} = rowKey(jobs[slot].seed, step, min(tile * ROWS + group * ${rows}u + ${r}u, BATCH - 1u));`) : ''}
  var biasSlope = vec4f(0.0);
  ${repeat(rows, (r) => `var dc${r} = 0.0; var dh${r} = ${top ? `cells[${cellOf(r, 'BINS')}].x` : '0.0'};
  var g${r} = gates[${cellOf(r, '(BINS - 1u)')}]; var c${r} = cells[${cellOf(r, '(BINS - 1u)')}].x; var before${r} = cells[${cellOf(r, `${Math.max(shape.bins - 2, 0)}u`)}].x;`)}
  for (var i = 0u; i < BINS; i++) {
    let t = BINS - 1u - i;
    ${slopes}
    workgroupBarrier();
    ${repeat(passes, (p) => repeat(rows, (r) => `var a${p}_${r} = vec4f(0.0);`))}
    ${multiply}
    ${repeat(passes, (p) => `workgroupBarrier();
    ${repeat(rows, (r) => `sSlope[gate * HQ + backQuad][group][${r}] = a${p}_${r};`)}
    workgroupBarrier();
    ${repeat(rows, (r) => `{ ${sum(r)} ${p === dh ? `dh${r} = total;` : `let o = ${cellOf(r, 't')}; cells[o] = vec2f(total, cells[o].y);`} }`)}`)}
    workgroupBarrier();
  }
  sSlope[u][group][0] = biasSlope;
  workgroupBarrier();
  if (lid < H) {
    var sum = biasSlope;
    for (var g = 1u; g < ${batchRows / rows}u; g++) { sum += sSlope[u][g][0]; }
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, batchRows)}u + ${bias - shape.matrixQuads}u + u`, 'sum')}
  }`,
  };
}
