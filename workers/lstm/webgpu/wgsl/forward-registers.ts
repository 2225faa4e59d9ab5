/**
 * A layer's way forward with its matrix in registers. Thread (unit, part) holds a part of the unit's rows of the matrix;
 * at each bin it multiplies them with x | h of every row of the tile, which lie in workgroup memory; the parts' sums meet
 * there and the owner of a cell makes the gates. c stays in a register.
 */
import type { RegisterForward } from '../variant.ts';
import { cellsAt, forItem, inputsOf, keepInputs, ownersOf, type Piece, type Task } from './piece.ts';
import { multiplyAdd, repeat } from './source.ts';

/** @param train keep what the way back needs */
export function forwardRegisters(task: Task, layer: number, cut: RegisterForward, train: boolean): Piece {
  const { shape, variant } = task;
  const { rows: batchRows, lanes } = variant;
  const { hidden } = shape;
  const { x, rows, matrix, bias } = shape.layers[layer];
  const { threads, splits } = cut;
  const padding = cut.rows * splits !== rows;
  const quads = cut.rows / 4;
  /** Place of a row's quad of x | h. */
  const inQuad = (row: string, quad: string): string => `sIn[${row}][${quad} / ${quads}u][${quad} % ${quads}u]`;
  const inputs = inputsOf(task, layer, !train);
  const items = Math.ceil((batchRows * inputs.quads) / threads);
  const owners = ownersOf(task, threads);
  const each = (i: number, code: string): string => forItem(i, batchRows * inputs.quads, inputs.quads, threads, code);
  const keepCells = train || layer + 1 < shape.layers.length;

  /** Row `k` of the thread's part; past the end it is multiplied with 0 only. */
  const load = (k: number, from: string): string => `let w${k} = weights[${from}base + ${matrix}u + ${padding ? `min(part0 * ${cut.rows}u + ${k}u, ${rows - 1}u)` : `(part0 * ${cut.rows}u + ${k}u)`} * H + u];`;
  const some = (first: number, batchRow: number): string => `{ let v = sIn[${batchRow}][part0][${first / 4}]; ${multiplyAdd(`sum${batchRow}`, 'v', (c) => `w${first + c}`)} }`;
  // What is read at this bin first, so that it arrives while the others are multiplied.
  const firsts = Array.from({ length: quads }, (_, q) => ((q * 4 + cut.kept) % cut.rows));
  const multiply = cut.kept < cut.rows ? `
    {
      let again = t * part.zero;
      ${repeat(batchRows, (r) => `var sum${r} = vec4f(0.0);`)}
      ${firsts.map((k) => `{ ${k >= cut.kept ? repeat(4, (j) => load(k + j, 'again + ')) : ''} ${repeat(batchRows, (r) => some(k, r))} }`).join('\n')}
      ${repeat(batchRows, (r) => `sSum[part0][${r}u * H + u] = sum${r};`)}
    }` : `
    for (var r = 0u; r < ROWS; r++) {
      var sum = vec4f(0.0);
      ${repeat(quads, (q) => `{ let v = sIn[r][part0][${q}]; ${multiplyAdd('sum', 'v', (c) => `w${4 * q + c}`)} }`)}
      sSum[part0][r * H + u] = sum;
    }`;
  const gates = repeat(owners.count, (p) => `
    var h${p} = 0.0;
    ${owners.open(p)}
      let row = ${owners.row(p)};
      var z = bias0;
      ${repeat(splits, (s) => `z += sSum[${s}][row * H + u];`)}
      let g = gatesOf(z);
      c${p} = g.y * c${p} + g.x * g.z;
      h${p} = g.w * tanh1(c${p});
      ${keepCells ? `let o = ${cellsAt(layer, 't')} + row * H + u; ${train ? 'gates[o] = g;' : ''} cells[o] = vec2f(c${p}, h${p});` : ''}
      ${lanes > 0 ? '' : `sH[row * H + u] = h${p};`}
    }
    ${lanes > 0 ? `{
      let quad = vec4f(quadBroadcast(h${p}, 0u), quadBroadcast(h${p}, 1u), quadBroadcast(h${p}, 2u), quadBroadcast(h${p}, 3u));
      if ((lid & 3u) == 0u && ${owners.row(p)} < ROWS) { ${inQuad(owners.row(p), `(${x / 4}u + (u >> 2u))`)} = quad; }
    }` : ''}`);

  return {
    shared: [
      { name: 'sIn', type: 'vec4f', length: batchRows, inner: [splits, quads] },
      { name: 'sSum', type: 'vec4f', length: splits, inner: [batchRows * hidden] },
      ...(lanes > 0 ? [] : [{ name: 'sH', type: 'f32', length: batchRows * hidden } as const]),
    ],
    functions: `fn hAt(row: u32, k: u32) -> f32 { return ${inQuad('row', `(${x / 4}u + (k >> 2u))`)}[k & 3u]; }`,
    body: `
  let u = lid % H; let part0 = lid / H;
  ${repeat(cut.kept, (k) => load(k, ''))}
  let bias0 = weights[base + ${bias}u + u];
  ${repeat(owners.count, (p) => `var c${p} = 0.0;`)}
  ${inputs.prepare(items, each)}
  ${repeat(items, (i) => `var x${i} = vec4f(0.0);`)}
  ${repeat(items, (i) => each(i, `${inputs.read(i, `x${i}`, '0u')} ${inQuad('row', 'q')} = x${i}; ${keepInputs(task, layer, train, '0u', 'row', 'q', `x${i}`)}`))}
  for (var t = 0u; t < BINS; t++) {
    workgroupBarrier();
    ${repeat(items, (i) => each(i, `${inputs.read(i, `x${i}`, 'min(t + 1u, BINS - 1u)')} ${keepInputs(task, layer, train, 'min(t + 1u, BINS - 1u)', 'row', 'q', `x${i}`)}`))}
    ${multiply}
    workgroupBarrier();
    ${repeat(items, (i) => each(i, `${inQuad('row', 'q')} = x${i};`))}
    ${gates}
    ${lanes > 0 ? '' : `workgroupBarrier();
    for (var i = lid; i < ROWS * HQ; i += THREADS) {
      let o = i * 4u;
      ${inQuad('(i / HQ)', `(${x / 4}u + i % HQ)`)} = vec4f(sH[o], sH[o + 1u], sH[o + 2u], sH[o + 3u]);
    }`}
  }
  workgroupBarrier();`,
  };
}
