/**
 * A layer's way forward with its matrix in registers. Thread (unit, part) holds a part of the unit's rows of the matrix;
 * at each bin it multiplies them with x | h of every row of the tile, which lie in workgroup memory; the parts' sums meet
 * there and the owner of a cell makes the gates. c stays in a register.
 */
import type { RegisterCut } from '../variant.ts';
import { cellsAt, forItem, inputsOf, ownersOf, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';

/** @param train keep what the way back needs */
export function forwardRegisters(task: Task, layer: number, cut: RegisterCut, train: boolean): Piece {
  const { shape, variant } = task;
  const { rows: batchRows, lanes } = variant;
  const { hidden } = shape;
  const { x, rows, matrix, bias } = shape.layers[layer];
  const { threads, splits } = cut;
  const padded = cut.rows * splits;
  const padding = padded !== rows;
  const inputs = inputsOf(task, layer, !train);
  const items = Math.ceil((batchRows * inputs.quads) / threads);
  const owners = ownersOf(task, threads);
  const each = (i: number, code: string): string => forItem(i, batchRows * inputs.quads, inputs.quads, threads, code);
  const keepCells = train || layer + 1 < shape.layers.length;

  const load = repeat(cut.rows, (k) => {
    const row = `part0 * ${cut.rows}u + ${k}u`;
    return padding
      ? `let w${k} = select(vec4f(0.0), weights[base + ${matrix}u + min(${row}, ${rows - 1}u) * H + u], ${row} < ${rows}u);`
      : `let w${k} = weights[base + ${matrix}u + (${row}) * H + u];`;
  });
  const multiply = `
    for (var r = 0u; r < ROWS; r++) {
      let o = r * ${padded / 4}u + part0 * ${cut.rows / 4}u;
      var sum = vec4f(0.0);
      ${repeat(cut.rows / 4, (q) => `{ let v = sIn[o + ${q}u]; ${multiplyAdd('sum', 'v', (c) => `w${4 * q + c}`)} }`)}
      sSum[(part0 * ROWS + r) * H + u] = sum;
    }`;
  const gates = repeat(owners.count, (p) => `
    var h${p} = 0.0;
    ${owners.open(p)}
      let row = ${owners.row(p)};
      var z = bias0;
      ${repeat(splits, (s) => `z += sSum[(${s}u * ROWS + row) * H + u];`)}
      let g = gatesOf(z);
      c${p} = g.y * c${p} + g.x * g.z;
      h${p} = g.w * tanh1(c${p});
      ${keepCells ? `let o = ${cellsAt(layer, 't')} + row * H + u; ${train ? 'gates[o] = g;' : ''} cells[o] = vec2f(c${p}, h${p});` : ''}
      ${lanes ? '' : `sH[row * H + u] = h${p};`}
    }
    ${lanes ? `{
      let quad = vec4f(quadBroadcast(h${p}, 0u), quadBroadcast(h${p}, 1u), quadBroadcast(h${p}, 2u), quadBroadcast(h${p}, 3u));
      if ((lid & 3u) == 0u && ${owners.row(p)} < ROWS) { sIn[(${owners.row(p)} * ${padded}u + ${x}u + u) >> 2u] = quad; }
    }` : ''}`);

  return {
    shared: [
      { name: 'sIn', type: 'vec4f', length: (batchRows * padded) / 4 },
      { name: 'sSum', type: 'vec4f', length: threads * batchRows },
      ...(lanes ? [] : [{ name: 'sH', type: 'f32', length: batchRows * hidden } as const]),
    ],
    functions: `fn hAt(row: u32, k: u32) -> f32 { return sIn[row * ${padded / 4}u + ${x / 4}u + (k >> 2u)][k & 3u]; }`,
    body: `
  let u = lid % H; let part0 = lid / H;
  ${load}
  let bias0 = weights[base + ${bias}u + u];
  ${repeat(owners.count, (p) => `var c${p} = 0.0;`)}
  ${inputs.prepare(items, each)}
  ${repeat(items, (i) => `var x${i} = vec4f(0.0);`)}
  for (var i = lid; i < ${(batchRows * padded) / 4}u; i += THREADS) { sIn[i] = vec4f(0.0); }
  workgroupBarrier();
  ${repeat(items, (i) => each(i, `${inputs.read(i, `x${i}`, '0u')} sIn[row * ${padded / 4}u + q] = x${i};`))}
  for (var t = 0u; t < BINS; t++) {
    workgroupBarrier();
    if (t + 1u < BINS) { ${repeat(items, (i) => each(i, inputs.read(i, `x${i}`, '(t + 1u)')))} }
    ${multiply}
    workgroupBarrier();
    ${repeat(items, (i) => each(i, `sIn[row * ${padded / 4}u + q] = x${i};`))}
    ${gates}
    ${lanes ? '' : `workgroupBarrier();
    for (var i = lid; i < ROWS * HQ; i += THREADS) {
      let o = i * 4u;
      sIn[(i / HQ) * ${padded / 4}u + ${x / 4}u + i % HQ] = vec4f(sH[o], sH[o + 1u], sH[o + 2u], sH[o + 3u]);
    }`}
  }
  workgroupBarrier();`,
  };
}
