/**
 * A layer's way back with everything in registers. Thread (unit, part) sums the matrix gradient of its part of the
 * unit's rows over all bins and rows; the same thread, as (quad of rows, part of the units), multiplies the transposed
 * matrix with the slopes for what goes back to h (and, from a second layer, to the one below).
 *
 * Two barriers a bin: what goes back; then the bin before is prepared. In a chain of one model (`merged`) the matrix
 * gradient, which nobody waits for, comes beside that, and lanes add up their parts of what goes back; where the card is
 * full it comes before, which takes half the workgroup memory and fewer exchanges.
 */
import type { RegisterBackward } from '../variant.ts';
import { gatherBack, storeBias } from './back.ts';
import { cellsAt, forItem, inputsOf, ownersOf, sliceLayout, storePart, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';

/** Largest divisor of `rows` up to `most`: rows that are written out, while the others go round. */
const largest = (most: number, rows: number): number => Array.from({ length: most }, (_, i) => most - i).find((count) => rows % count === 0)!;

/** @param merged runs behind the way forward in one kernel: `dhOf` gives the slopes of the last h */
export function backwardRegisters(task: Task, layer: number, cut: RegisterBackward, merged: boolean): Piece {
  const { shape, variant: { rows: batchRows, lanes } } = task;
  const { hidden } = shape;
  const { rows, matrix, back, backFrom } = shape.layers[layer];
  const { threads, splits, backSplits, backUnits } = cut;
  const padding = cut.rows * splits !== rows;
  const inQuads = cut.rows / 4;
  const stride = rows / 4;
  const backQuads = back / 4;
  const inputs = inputsOf(task, layer, false);
  const items = Math.ceil((batchRows * stride) / threads);
  const owners = ownersOf(task, threads);
  const { offsets, stride: stride0 } = sliceLayout(task);
  const top = layer + 1 === shape.layers.length;
  /** Parts of a quad that neighbouring lanes hold meet lane to lane, halves first. */
  const meeting = merged && lanes % backQuads === 0 && threads % lanes === 0 ? lanes / backQuads : 1;
  const sums = backSplits / meeting;
  const each = (i: number, code: string): string => forItem(i, batchRows * stride, stride, threads, code);
  /** `target = ` x of bin `t` or h of the bin before it. */
  const readBoth = (i: number, target: string, t: string): string => `if (q < ${inputs.quads}u) { ${inputs.read(i, target, t)} }
    else { let o = ${cellsAt(layer, `(max(${t}, 1u) - 1u)`)} + row * H + (q - ${inputs.quads}u) * 4u; ${target} = vec4f(cells[o].y, cells[o + 1u].y, cells[o + 2u].y, cells[o + 3u].y); }`;
  const slopeOf = (half: string, row: string): string => `sSlope[${half}][${row}][u / ${backUnits}u][u % ${backUnits}u]`;
  const fromAbove = (p: number, t: string): string => (top ? '' : `{ var above = cells[${cellsAt(layer + 1, t)} + row * H + u].x;
      ${task.dropping ? `above *= betweenFactor(slot, sKey[row], ${t}, u);` : ''} dh${p} += above; }`);
  /** Slopes and inputs of bin `t`, whose numbers were read before, into half `half`; then reads those of the bin before. */
  const prepare = (t: string, half: string, goesOn: string): string => `
    ${repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${fromAbove(p, t)}
      let s = slopesOf(g${p}, c${p}, select(before${p}, 0.0, ${t} == 0u), dh${p}, dc${p});
      dc${p} = s.c; biasSlope += ${goesOn === '' ? 's.z' : `select(vec4f(0.0), s.z, ${goesOn})`}; ${slopeOf(half, 'row')} = s.z; c${p} = before${p};
      g${p} = gates[${cellsAt(layer, `(max(${t}, 1u) - 1u)`)} + row * H + u];
      before${p} = cells[${cellsAt(layer, `(max(${t}, 2u) - 2u)`)} + row * H + u].x;
    }`)}
    ${repeat(items, (n) => each(n, `sBoth[${half}][row][q / ${inQuads}u][q % ${inQuads}u] = select(x${n}, vec4f(0.0), ${t} == 0u && q >= ${inputs.quads}u);
    ${readBoth(n, `x${n}`, `(max(${t}, 1u) - 1u)`)}`))}`;
  const halves = merged ? 2 : 1;
  const [gradientRows, backRows] = [largest(merged ? 2 : 8, batchRows), largest(merged ? 2 : 4, batchRows)];
  const addGradient = (now: number): string => `for (var some = 0u; some < ${batchRows / gradientRows}u; some++) {
      ${repeat(gradientRows, (k) => `{ let r = some * ${gradientRows}u + ${k}u; let s = ${slopeOf(`${now}`, 'r')};
      ${repeat(inQuads, (q) => `{ let v = sBoth[${now}][r][part0][${q}]; a${4 * q} += v.x * s; a${4 * q + 1} += v.y * s; a${4 * q + 2} += v.z * s; a${4 * q + 3} += v.w * s; }`)} }`)}
    }`;

  /** A bin whose slopes and inputs lie in half `now`; the next ones go to `next`. */
  const oneBin = (i: string, now: number, next: number): string => `{
    // After the first bin nothing is left to prepare: it is done once more for nothing, since reads behind a branch are waited for.
    let t = BINS - 1u - ${i}; let bin = max(t, 1u) - 1u;
    for (var some = 0u; some < ${batchRows / backRows}u; some++) {
      ${repeat(backRows, (k) => `let r${k} = some * ${backRows}u + ${k}u; var d${k} = vec4f(0.0);`)}
      ${repeat(backUnits, (j) => repeat(backRows, (k) => `{ let z = sSlope[${now}][r${k}][backPart][${j}]; ${multiplyAdd(`d${k}`, 'z', (g) => `v${j}_${g}`)} }`))}
      ${repeat(backRows, (k) => `${repeat(Math.log2(meeting), (step) => `d${k} += subgroupShuffleXor(d${k}, ${lanes >> (step + 1)}u);`)}
      ${meeting > 1 ? `if (backPart % ${meeting}u == 0u) ` : ''}{ sBackSum[backPart / ${meeting}u][r${k} * ${backQuads}u + backQuad] = d${k}; }`)}
    }
    ${merged ? '' : addGradient(now)}
    workgroupBarrier();
    ${gatherBack(task, layer, owners, sums)}
    ${prepare('bin', `${next}`, 't > 0u')}
    ${merged ? addGradient(now) : ''}
    workgroupBarrier();
  }`;

  return {
    // What a bin's sums read and, where both go on at once, what is prepared for the next.
    shared: [
      { name: 'sBoth', type: 'vec4f', length: halves, inner: [batchRows, splits, inQuads] },
      { name: 'sSlope', type: 'vec4f', length: halves, inner: [batchRows, backSplits, backUnits] },
      { name: 'sBackSum', type: 'vec4f', length: sums, inner: [batchRows * backQuads] },
    ],
    functions: '',
    body: `
  let u = lid % H; let part0 = lid / H;
  let backQuad = lid % ${backQuads}u; let backPart = lid / ${backQuads}u;
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
    before${p} = cells[${cellsAt(layer, `${Math.max(shape.bins - 2, 0)}u`)} + row * H + u].x;
  }`)}
  ${repeat(items, (i) => `var x${i} = vec4f(0.0); ${each(i, readBoth(i, `x${i}`, '(BINS - 1u)'))}`)}
  workgroupBarrier();
  ${prepare('(BINS - 1u)', '0', '')}
  workgroupBarrier();
  ${merged
    ? `for (var i = 0u; i < BINS; i += 2u) { ${oneBin('i', 0, 1)} ${shape.bins % 2 === 1 ? 'if (i + 1u == BINS) { break; }' : ''} ${oneBin('(i + 1u)', 1, 0)} }`
    : `for (var i = 0u; i < BINS; i++) { ${oneBin('i', 0, 0)} }`}
  let slice = wid.y * ${stride0}u + ${offsets[layer]}u + wid.x * ${rows * hidden}u;
  ${repeat(cut.rows, (k) => `${padding ? `if (part0 * ${cut.rows}u + ${k}u < ${rows}u) ` : ''}{ ${storePart(task, 'matrixParts', `slice + (part0 * ${cut.rows}u + ${k}u) * H + u`, `a${k}`)} }`)}
  ${storeBias(task, layer, threads, slopeOf('0', '0'))}`,
  };
}
