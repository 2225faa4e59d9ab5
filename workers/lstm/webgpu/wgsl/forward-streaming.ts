/**
 * A layer's way forward with its matrix read through the cache at every bin. Thread (unit, group) carries a few rows of
 * the tile; x | h lie in workgroup memory with the rows side by side, so that one load serves four rows.
 */
import type { StreamForward } from '../variant.ts';
import { cellsAt, keepInputs, sampleOptions, type Piece, type Task } from './piece.ts';
import { fillItem, prepareItem, readItem } from './samples.ts';
import { repeat } from './source.ts';

/** Matrix rows that are loaded at a time. */
const UNROLLED = 4;

/** Place of row `k` of x | h in four rows of the batch. */
const inQuad = ({ rows }: StreamForward, k: string, quad: string): string => `sIn[${k} / ${UNROLLED}u][${quad} / ${rows / 4}u][${k} % ${UNROLLED}u][${quad} % ${rows / 4}u]`;

/** @param train keep what the way back needs */
export function forwardStreaming(task: Task, layer: number, cut: StreamForward, train: boolean): Piece {
  const { shape, variant } = task;
  const { rows: batchRows } = variant;
  const { x, rows, matrix, bias } = shape.layers[layer];
  const last = layer + 1 === shape.layers.length;
  const keepCells = train || !last;
  const quads = batchRows / 4;
  const mine = cut.rows / 4;
  const weightsAt = (name: string, k: string): string => repeat(UNROLLED, (j) => `${name}${j} = weights[base + ${matrix}u + (${k} * ${UNROLLED}u + ${j}u) * H + u];`);

  return {
    shared: [{ name: 'sIn', type: 'vec4f', length: rows / UNROLLED, inner: [quads / mine, UNROLLED, mine] }],
    functions: `fn hAt(row: u32, k: u32) -> f32 { return ${inQuad(cut, `(${x}u + k)`, '(row >> 2u)')}[row & 3u]; }`,
    body: `
  let u = lid % H; let group = lid / H;
  let bias0 = weights[base + ${bias}u + u];
  ${repeat(cut.rows, (r) => `var c${r} = 0.0;`)}
  ${layer === 0 ? 'let hop = jobs[slot].hop;' : ''}
  ${loadInputs(task, layer, cut, train, '0u')}
  for (var t = 0u; t < BINS; t++) {
    workgroupBarrier();
    ${repeat(cut.rows, (r) => `var a${r} = bias0;`)}
    // What the next rows need is on its way while these are multiplied.
    ${weightsAt('var next', '0u')}
    for (var k = 0u; k < ${rows / UNROLLED}u; k++) {
      ${repeat(UNROLLED, (j) => `let w${j} = next${j};`)}
      ${weightsAt('next', `min(k + 1u, ${rows / UNROLLED - 1}u)`)}
      ${repeat(UNROLLED, (j) => repeat(mine, (q) => `{ let v = sIn[k][group][${j}][${q}]; ${repeat(4, (c) => `a${4 * q + c} += v[${c}] * w${j};`)} }`))}
    }
    let o = ${cellsAt(layer, 't')} + group * ${cut.rows}u * H + u;
    ${repeat(cut.rows, (r) => `let g${r} = gatesOf(a${r}); c${r} = g${r}.y * c${r} + g${r}.x * g${r}.z; let h${r} = g${r}.w * tanh1(c${r});
    ${keepCells ? `${train ? `gates[o + ${r}u * H] = g${r};` : ''} cells[o + ${r}u * H] = vec2f(c${r}, h${r});` : ''}`)}
    workgroupBarrier();
    ${repeat(mine, (q) => `${inQuad(cut, `(${x}u + u)`, `(group * ${mine}u + ${q}u)`)} = vec4f(h${4 * q}, h${4 * q + 1}, h${4 * q + 2}, h${4 * q + 3});`)}
    if (t + 1u < BINS) { ${loadInputs(task, layer, cut, train, '(t + 1u)')} }
  }
  workgroupBarrier();`,
  };
}

/**
 * Inputs of bin `t` for all rows. Threads take an input of four rows at a time where they come from the layer below,
 * and a quad of inputs of a row, which is stored for the matrix gradient as well, where they come from the trace.
 */
function loadInputs(task: Task, layer: number, cut: StreamForward, train: boolean, t: string): string {
  const { shape: { layers }, variant: { rows } } = task;
  const { x } = layers[layer];
  const quads = rows / 4;
  if (layer > 0) {
    const drop = task.dropping && train;
    const h = (c: number): string => {
      const value = `cells[o + (g * 4u + ${c}u) * H].y`;
      return drop ? `${value} * betweenFactor(slot, sKey[g * 4u + ${c}u], ${t}, k)` : value;
    };
    return `for (var i = lid; i < ${x * quads}u; i += THREADS) {
      let k = i % H; let g = i / H; let o = ${cellsAt(layer - 1, t)} + k;
      ${inQuad(cut, 'k', 'g')} = vec4f(${[0, 1, 2, 3].map(h).join(', ')});
    }`;
  }
  const options = sampleOptions(task, !train);
  const one = (c: number): string => `
        { let row = g * 4u + ${c}u; ${prepareItem(c, options)} ${fillItem(c, options)} ${readItem(c, `v${c}`, t, options)}
        ${keepInputs(task, layer, train, t, 'row', 'q', `v${c}`)} }`;
  return `for (var i = lid; i < ${(x / 4) * quads}u; i += THREADS) {
      let q = i % ${x / 4}u; let g = i / ${x / 4}u;
      ${repeat(4, (c) => `var v${c} = vec4f(0.0);`)}
      ${repeat(4, one)}
      ${repeat(4, (j) => `${inQuad(cut, `(q * 4u + ${j}u)`, 'g')} = vec4f(v0[${j}], v1[${j}], v2[${j}], v3[${j}]);`)}
    }`;
}
