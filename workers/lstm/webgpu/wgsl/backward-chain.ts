/**
 * A layer's way back with the transposed matrix, or what of it has room, in registers, and nothing else: the slopes are
 * left in `gates` for the matrix gradient. Thread (quad of rows that the gradient passes back to, part of the units)
 * multiplies; the parts' sums meet in workgroup memory. For a matrix too large for its gradient to be summed on the way.
 */
import type { ChainBackward } from '../variant.ts';
import { gatherBack, storeBias } from './back.ts';
import { cellsAt, ownersOf, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';

export function backwardChain(task: Task, layer: number, { threads, backSplits, backUnits, kept }: ChainBackward): Piece {
  const { shape, variant: { rows: batchRows } } = task;
  const { back } = shape.layers[layer];
  const backQuads = back / 4;
  const owners = ownersOf(task, threads);
  const top = layer + 1 === shape.layers.length;
  const dropBelow = !top && task.dropping;
  /** The four gates of unit `j` of the part, for the thread's quad. */
  const load = (j: number, from: string): string => repeat(4, (gate) => `let v${j}_${gate} = transposed[${from}((jobs[slot].model * LAYERS + ${layer}u) * 4u + ${gate}u) * H * ${shape.layers.at(-1)!.back / 4}u + (backPart * ${backUnits}u + ${j}u) * ${backQuads}u + backQuad];`);
  const slopeOf = (row: string): string => `sSlope[${row}][u / ${backUnits}u][u % ${backUnits}u]`;

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
      ${slopeOf('row')} = s.z;
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
    ${gatherBack(task, layer, owners, backSplits)}
  }
  ${storeBias(task, layer, threads, slopeOf('0'))}`,
  };
}
