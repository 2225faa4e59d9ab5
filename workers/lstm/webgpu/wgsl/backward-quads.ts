/**
 * A layer's way back by the lanes of quads (`quads.ts`). Thread (unit, lane) owns the cells of its unit in every fourth
 * row and sums the gradient of its quarter of the unit's rows of the matrix; as (quad of rows that the gradient passes
 * back to, part of the units) it multiplies the transposed matrix with the slopes, and the lanes exchange sums.
 */
import type { QuadCut } from '../variant.ts';
import { restStride } from './head.ts';
import { cellsAt, sliceLayout, storePart, type Piece, type Task } from './piece.ts';
import { quadFunctions, quadInputs } from './quads.ts';
import { multiplyAdd, repeat } from './source.ts';

export function backwardQuads(task: Task, layer: number, cut: QuadCut): Piece {
  const { shape, variant } = task;
  const { hidden } = shape;
  const { x, rows, matrix, bias, back, backFrom } = shape.layers[layer];
  const { threads, backParts, backUnits } = cut;
  const groups = variant.rows / 4;
  const inputs = quadInputs(task, layer, cut, false);
  const { offsets, stride } = sliceLayout(task);
  const top = layer + 1 === shape.layers.length;
  /** Parts whose sums meet in workgroup memory: the lanes of a quad have met before. */
  const met = backParts / 4;
  const unit = (n: number): string => `(${n * backParts}u + backPart)`;
  const gathered = (k: string): string => repeat(met, (s) => `sum += sSum[(${s}u * ROWS + row) * ${back / 4}u + ((${k}) >> 2u)][(${k}) & 3u];`);

  const slopes = (g: number): string => `{
      let row = ${4 * g}u + lane;
      ${top ? '' : `var above = cells[${cellsAt(layer + 1, 't')} + row * H + u].x;
      ${task.dropping ? 'above *= betweenFactor(slot, sKey[row], t, u);' : ''}
      dh${g} += above;`}
      let s = slopesOf(g${g}, c${g}, before${g}.x, dh${g}, dc${g});
      dc${g} = s.c; biasSlope += s.z; sSlope[row * H + u] = s.z; c${g} = before${g}.x;
      let all = ofLanes(before${g}.y);
      if (lane == 0u) { sIn[(${x}u + u) * ${groups}u + ${g}u] = all; }
      if (t > 0u) { let o = ${cellsAt(layer, '(t - 1u)')} + row * H + u; g${g} = gates[o]; before${g} = vec2f(0.0); if (t > 1u) { before${g} = cells[o - ROWS * H]; } }
    }`;
  const multiply = (g: number): string => `{
      ${repeat(4, (r) => `let s${r} = sSlope[${4 * g + r}u * H + u];`)}
      ${repeat(rows / 4, (i) => `{ let v = sIn[(${4 * i}u + lane) * ${groups}u + ${g}u]; a${i} += v.x * s0; a${i} += v.y * s1; a${i} += v.z * s2; a${i} += v.w * s3; }`)}
      ${repeat(4, (r) => `var d${r} = vec4f(0.0);`)}
      ${repeat(backUnits, (n) => repeat(4, (r) => `{ let z = sSlope[${4 * g + r}u * H + ${unit(n)}]; ${multiplyAdd(`d${r}`, 'z', (gate) => `v${n}_${gate}`)} }`))}
      sSum[((backPart >> 2u) * ROWS + ${4 * g}u + lane) * ${back / 4}u + backQuad] = rowOfLane(d0, d1, d2, d3, lane);
    }`;

  return {
    shared: [
      { name: 'sIn', type: 'vec4f', length: rows * groups },
      { name: 'sSum', type: 'vec4f', length: Math.max(threads, (met * variant.rows * back) / 4) },
      { name: 'sSlope', type: 'vec4f', length: variant.rows * hidden },
    ],
    functions: quadFunctions,
    body: `
  let u = lid / 4u; let lane = lid & 3u;
  let backQuad = (lid >> 2u) % ${back / 4}u; let backPart = ((lid >> 2u) / ${back / 4}u) * 4u + lane;
  ${repeat(backUnits, (n) => `${repeat(4, (k) => `let r${n}_${k} = weights[base + ${matrix}u + (${backFrom}u + backQuad * 4u + ${k}u) * H + ${unit(n)}];`)}
  ${['x', 'y', 'z', 'w'].map((c, gate) => `let v${n}_${gate} = vec4f(r${n}_0.${c}, r${n}_1.${c}, r${n}_2.${c}, r${n}_3.${c});`).join(' ')}`)}
  ${repeat(rows / 4, (i) => `var a${i} = vec4f(0.0);`)}
  var biasSlope = vec4f(0.0);
  ${inputs.prepare}
  ${inputs.declare}
  ${repeat(groups, (g) => `var dh${g} = 0.0; var dc${g} = 0.0; var g${g} = vec4f(0.0); var c${g} = 0.0; var before${g} = vec2f(0.0);
  {
    let row = ${4 * g}u + lane;
    ${top ? `dh${g} = cells[${cellsAt(layer, 'BINS')} + row * H + u].x;` : ''}
    let o = ${cellsAt(layer, '(BINS - 1u)')} + row * H + u;
    g${g} = gates[o]; c${g} = cells[o].x;
    ${shape.bins > 1 ? `before${g} = cells[o - ROWS * H];` : ''}
  }`)}
  ${inputs.read('(BINS - 1u)')}
  for (var i = 0u; i < BINS; i++) {
    let t = BINS - 1u - i;
    ${repeat(groups, slopes)}
    ${inputs.put('0u')}
    if (t > 0u) { ${inputs.read('(t - 1u)')} }
    workgroupBarrier();
    ${repeat(groups, multiply)}
    workgroupBarrier();
    ${repeat(groups, (g) => `{
      let row = ${4 * g}u + lane;
      { var sum = 0.0; ${gathered(`${x - backFrom}u + u`)} dh${g} = sum; }
      ${layer > 0 ? `{ var sum = 0.0; ${gathered('u')} let o = ${cellsAt(layer, 't')} + row * H + u; cells[o] = vec2f(sum, cells[o].y); }` : ''}
    }`)}
  }
  let slice = wid.y * ${stride}u + ${offsets[layer]}u + wid.x * ${rows * hidden}u;
  ${repeat(rows / 4, (i) => storePart(task, 'matrixParts', `slice + (${4 * i}u + lane) * H + u`, `a${i}`))}
  workgroupBarrier();
  sSum[lid] = biasSlope;
  workgroupBarrier();
  if (lane == 0u) {
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, variant.rows)}u + ${bias - shape.matrixQuads}u + u`, '(sSum[lid] + sSum[lid + 1u]) + (sSum[lid + 2u] + sSum[lid + 3u])')}
  }`,
  };
}
