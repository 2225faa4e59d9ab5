/**
 * A layer's way back with everything in registers. Thread (unit, part) sums the matrix gradient of its part of the
 * unit's rows over all bins and rows; the same thread, as (quad of rows, part of the units), multiplies the transposed
 * matrix with the slopes for what goes back to h (and, from a second layer, to the one below).
 */
import type { RegisterCut } from '../variant.ts';
import { cellsAt, forItem, inputsOf, ownersOf, sliceLayout, storePart, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';
import { restStride } from './head.ts';

/** @param merged runs behind the way forward in one kernel: `dhOf` gives the slopes of the last h */
export function backwardRegisters(task: Task, layer: number, cut: RegisterCut, merged: boolean): Piece {
  const { shape, variant } = task;
  const { rows: batchRows } = variant;
  const { hidden } = shape;
  const { x, rows, matrix, bias, back, backFrom } = shape.layers[layer];
  const { threads, splits, backSplits, backUnits } = cut;
  const padded = cut.rows * splits;
  const padding = padded !== rows;
  const stride = rows / 4;
  const inputs = inputsOf(task, layer, false);
  const items = Math.ceil((batchRows * stride) / threads);
  const owners = ownersOf(task, threads);
  const { offsets, stride: stride0 } = sliceLayout(task);
  const top = layer + 1 === shape.layers.length;
  const each = (i: number, code: string): string => forItem(i, batchRows * stride, stride, threads, code);
  /** `target = ` x of bin `t` or h of the bin before it. */
  const readBoth = (i: number, target: string, t: string): string => `if (q < ${inputs.quads}u) { ${inputs.read(i, target, t)} }
    else if (${t} > 0u) { let o = ${cellsAt(layer, `(${t} - 1u)`)} + row * H + (q - ${inputs.quads}u) * 4u; ${target} = vec4f(cells[o].y, cells[o + 1u].y, cells[o + 2u].y, cells[o + 3u].y); }
    else { ${target} = vec4f(0.0); }`;
  /** Sum of the parts of what goes back to row `k` of the passed-back rows. */
  const gathered = (name: string, k: string): string => `var ${name} = 0.0; ${repeat(backSplits, (s) => `${name} += sSum[(${s}u * ROWS + row) * ${back / 4}u + ((${k}) >> 2u)][u & 3u];`)}`;
  const fromAbove = (p: number): string => (top ? '' : `above${p} = cells[${cellsAt(layer + 1, 't')} + row * H + u].x;
      ${task.dropping ? `above${p} *= betweenFactor(slot, sKey[row], t, u);` : ''}`);

  return {
    shared: [
      { name: 'sIn', type: 'vec4f', length: (batchRows * padded) / 4 },
      { name: 'sSum', type: 'vec4f', length: threads * batchRows },
      { name: 'sSlope', type: 'vec4f', length: batchRows * hidden },
    ],
    functions: '',
    body: `
  let u = lid % H; let part0 = lid / H;
  let backQuad = lid % ${back / 4}u; let backPart = lid / ${back / 4}u;
  ${repeat(backUnits, (j) => `${repeat(4, (k) => `let r${j}_${k} = weights[base + ${matrix}u + (${backFrom}u + backQuad * 4u + ${k}u) * H + backPart * ${backUnits}u + ${j}u];`)}
  ${['x', 'y', 'z', 'w'].map((c, g) => `let v${j}_${g} = vec4f(r${j}_0.${c}, r${j}_1.${c}, r${j}_2.${c}, r${j}_3.${c});`).join(' ')}`)}
  ${repeat(cut.rows, (k) => `var a${k} = vec4f(0.0);`)}
  var biasSlope = vec4f(0.0);
  ${inputs.prepare(items, (i, code) => each(i, `if (q < ${inputs.quads}u) { ${code} }`))}
  ${repeat(owners.count, (p) => `var dh${p} = 0.0; var dc${p} = 0.0; var g${p} = vec4f(0.0); var c${p} = 0.0; var before${p} = 0.0;
  ${owners.open(p)}
    let row = ${owners.row(p)};
    ${!top ? '' : merged ? `dh${p} = dhOf(base, outs, row, u);` : `dh${p} = cells[${cellsAt(layer, 'BINS')} + row * H + u].x;`}
    let o = ${cellsAt(layer, '(BINS - 1u)')} + row * H + u;
    g${p} = gates[o]; c${p} = cells[o].x;
    ${shape.bins > 1 ? `before${p} = cells[o - ROWS * H].x;` : ''}
  }`)}
  ${repeat(items, (i) => `var x${i} = vec4f(0.0); ${each(i, readBoth(i, `x${i}`, '(BINS - 1u)'))}`)}
  workgroupBarrier();
  ${padding ? `for (var i = lid; i < ${(batchRows * padded) / 4}u; i += THREADS) { sIn[i] = vec4f(0.0); } workgroupBarrier();` : ''}
  for (var i = 0u; i < BINS; i++) {
    let t = BINS - 1u - i;
    ${repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${top ? '' : `var above${p} = 0.0; ${fromAbove(p)} dh${p} += above${p};`}
      let s = slopesOf(g${p}, c${p}, before${p}, dh${p}, dc${p});
      dc${p} = s.c; biasSlope += s.z; sSlope[row * H + u] = s.z; c${p} = before${p};
      if (t > 0u) { let o = ${cellsAt(layer, '(t - 1u)')} + row * H + u; g${p} = gates[o]; before${p} = 0.0; if (t > 1u) { before${p} = cells[o - ROWS * H].x; } }
    }`)}
    ${repeat(items, (n) => each(n, `sIn[row * ${padded / 4}u + q] = x${n}; if (t > 0u) { ${readBoth(n, `x${n}`, '(t - 1u)')} }`))}
    workgroupBarrier();
    for (var r = 0u; r < ROWS; r++) {
      let s = sSlope[r * H + u];
      let o = r * ${padded / 4}u + part0 * ${cut.rows / 4}u;
      ${repeat(cut.rows / 4, (q) => `{ let v = sIn[o + ${q}u]; a${4 * q} += v.x * s; a${4 * q + 1} += v.y * s; a${4 * q + 2} += v.z * s; a${4 * q + 3} += v.w * s; }`)}
      var d = vec4f(0.0);
      ${repeat(backUnits, (j) => `{ let z = sSlope[r * H + backPart * ${backUnits}u + ${j}u]; ${multiplyAdd('d', 'z', (g) => `v${j}_${g}`)} }`)}
      sSum[(backPart * ROWS + r) * ${back / 4}u + backQuad] = d;
    }
    workgroupBarrier();
    ${repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${gathered('toH', `${x - backFrom}u + u`)}
      dh${p} = toH;
      ${layer > 0 ? `${gathered('below', 'u')} let o = ${cellsAt(layer, 't')} + row * H + u; cells[o] = vec2f(below, cells[o].y);` : ''}
    }`)}
  }
  let slice = wid.y * ${stride0}u + ${offsets[layer]}u + wid.x * ${rows * hidden}u;
  ${repeat(cut.rows, (k) => `${padding ? `if (part0 * ${cut.rows}u + ${k}u < ${rows}u) ` : ''}{ ${storePart(task, 'matrixParts', `slice + (part0 * ${cut.rows}u + ${k}u) * H + u`, `a${k}`)} }`)}
  workgroupBarrier();
  sSum[lid] = biasSlope;
  workgroupBarrier();
  if (lid < H) {
    var sum = sSum[lid];
    for (var s = 1u; s < ${splits}u; s++) { sum += sSum[s * H + lid]; }
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, batchRows)}u + ${bias - shape.matrixQuads}u + lid`, 'sum')}
  }`,
  };
}
