/**
 * A layer's way back with the transposed matrix, or what of it has room, in registers, and nothing else: the slopes are
 * left in `gates` for the matrix gradient. Thread (quad of rows that the gradient passes back to, part of the units)
 * multiplies; the parts' sums meet in workgroup memory. For a matrix too large for its gradient to be summed on the way.
 */
import type { ChainBackward } from '../variant.ts';
import { restStride } from './head.ts';
import { cellsAt, ownersOf, storePart, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';

export function backwardChain(task: Task, layer: number, { threads, backSplits, backUnits, kept }: ChainBackward): Piece {
  const { shape, variant: { rows: batchRows } } = task;
  const { hidden } = shape;
  const { x, bias, back, backFrom } = shape.layers[layer];
  const backQuads = back / 4;
  const owners = ownersOf(task, threads);
  const top = layer + 1 === shape.layers.length;
  const dropBelow = !top && task.dropping;
  /** The four gates of unit `j` of the part, for the thread's quad. */
  const load = (j: number, from: string): string => repeat(4, (gate) => `let v${j}_${gate} = transposed[${from}((jobs[slot].model * LAYERS + ${layer}u) * 4u + ${gate}u) * H * ${shape.layers.at(-1)!.back / 4}u + (backPart * ${backUnits}u + ${j}u) * ${backQuads}u + backQuad];`);
  const gathered = (name: string, k: string): string => `var ${name} = 0.0; ${repeat(backSplits, (s) => `${name} += sBackSum[${s}][row * ${backQuads}u + ((${k}) >> 2u)][u & 3u];`)}`;

  return {
    shared: [
      { name: 'sSlope', type: 'vec4f', length: batchRows, inner: [backSplits, backUnits] },
      { name: 'sBackSum', type: 'vec4f', length: backSplits, inner: [batchRows * backQuads] },
    ],
    functions: '',
    body: `
  let u = lid % H;
  let backQuad = lid % ${backQuads}u; let backPart = lid / ${backQuads}u;
  ${repeat(kept, (j) => load(j, ''))}
  var biasSlope = vec4f(0.0);
  ${repeat(owners.count, (p) => `var dh${p} = 0.0; var dc${p} = 0.0; var g${p} = vec4f(0.0); var c${p} = 0.0; var before${p} = 0.0;
  ${dropBelow ? `let key${p} = rowKey(jobs[slot].seed, step, min(tile * ROWS + ${owners.row(p)}, BATCH - 1u));` : ''}
  ${owners.open(p)}
    let row = ${owners.row(p)};
    ${top ? `dh${p} = cells[${cellsAt(layer, 'BINS')} + row * H + u].x;` : ''}
    let o = ${cellsAt(layer, '(BINS - 1u)')} + row * H + u;
    g${p} = gates[o]; c${p} = cells[o].x;
    before${p} = cells[${cellsAt(layer, `${Math.max(shape.bins - 2, 0)}u`)} + row * H + u].x;
  }`)}
  for (var i = 0u; i < BINS; i++) {
    let t = BINS - 1u - i;
    ${repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${top ? '' : `var above${p} = cells[${cellsAt(layer + 1, 't')} + row * H + u].x; ${dropBelow ? `above${p} *= betweenFactor(slot, key${p}, t, u);` : ''} dh${p} += above${p};`}
      let s = slopesOf(g${p}, c${p}, select(before${p}, 0.0, t == 0u), dh${p}, dc${p});
      dc${p} = s.c; biasSlope += s.z; c${p} = before${p};
      gates[${cellsAt(layer, 't')} + row * H + u] = s.z;
      sSlope[row][u / ${backUnits}u][u % ${backUnits}u] = s.z;
      g${p} = gates[${cellsAt(layer, '(max(t, 1u) - 1u)')} + row * H + u];
      before${p} = cells[${cellsAt(layer, '(max(t, 2u) - 2u)')} + row * H + u].x;
    }`)}
    workgroupBarrier();
    {
      let again = t * part.zero;
      ${repeat(batchRows, (r) => `var d${r} = vec4f(0.0);`)}
      ${repeat(backUnits, (n) => {
    // What is read at this bin first, so that it arrives while the others are multiplied.
    const j = (n + kept) % backUnits;
    return `{ ${j >= kept ? load(j, 'again + ') : ''} ${repeat(batchRows, (r) => `{ let z = sSlope[${r}][backPart][${j}]; ${multiplyAdd(`d${r}`, 'z', (gate) => `v${j}_${gate}`)} }`)} }`;
  })}
      ${repeat(batchRows, (r) => `sBackSum[backPart][${r * backQuads}u + backQuad] = d${r};`)}
    }
    workgroupBarrier();
    ${repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${gathered('toH', `${x - backFrom}u + u`)}
      dh${p} = toH;
      ${layer > 0 ? `${gathered('below', 'u')} let o = ${cellsAt(layer, 't')} + row * H + u; cells[o] = vec2f(below, cells[o].y);` : ''}
    }`)}
  }
  for (var n = 1u; n < ${threads / hidden}u; n++) {
    workgroupBarrier();
    if (lid / H == n) { sSlope[0][u / ${backUnits}u][u % ${backUnits}u] = biasSlope; }
    workgroupBarrier();
    if (lid < H) { biasSlope += sSlope[0][u / ${backUnits}u][u % ${backUnits}u]; }
  }
  if (lid < H) {
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, batchRows)}u + ${bias - shape.matrixQuads}u + u`, 'biasSlope')}
  }`,
  };
}
