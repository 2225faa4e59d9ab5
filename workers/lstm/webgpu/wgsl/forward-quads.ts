/** A layer's way forward with its matrix in registers, shared by the lanes of a quad (`quads.ts`). One barrier a bin. */
import type { QuadCut } from '../variant.ts';
import { cellsAt, type Piece, type Task } from './piece.ts';
import { quadFunctions, quadInputs } from './quads.ts';
import { repeat } from './source.ts';

/** @param train keep what the way back needs */
export function forwardQuads(task: Task, layer: number, cut: QuadCut, train: boolean): Piece {
  const { shape, variant } = task;
  const { x, rows, matrix, bias } = shape.layers[layer];
  const groups = variant.rows / 4;
  const half = rows * groups;
  const inputs = quadInputs(task, layer, cut, !train);
  const keepCells = train || layer + 1 < shape.layers.length;
  const group = (g: number): string => `{
      var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
      ${repeat(rows / 4, (i) => `{ let v = sIn[now + (${4 * i}u + lane) * ${groups}u + ${g}u]; a0 += v.x * w${i}; a1 += v.y * w${i}; a2 += v.z * w${i}; a3 += v.w * w${i}; }`)}
      let gate = gatesOf(bias0 + rowOfLane(a0, a1, a2, a3, lane));
      c${g} = gate.y * c${g} + gate.x * gate.z;
      let h = gate.w * tanh1(c${g});
      ${keepCells ? `let o = ${cellsAt(layer, 't')} + (${4 * g}u + lane) * H + u; ${train ? 'gates[o] = gate;' : ''} cells[o] = vec2f(c${g}, h);` : ''}
      let all = ofLanes(h);
      if (lane == 0u) { sIn[next + (${x}u + u) * ${groups}u + ${g}u] = all; }
    }`;
  return {
    // Twice: what a bin reads, and what it leaves for the next.
    shared: [{ name: 'sIn', type: 'vec4f', length: 2 * half }],
    functions: `${quadFunctions}
fn hAt(row: u32, k: u32) -> f32 { return sIn[${shape.bins % 2 === 1 ? half : 0}u + (${x}u + k) * ${groups}u + (row >> 2u)][row & 3u]; }`,
    body: `
  let u = lid / 4u; let lane = lid & 3u;
  ${repeat(rows / 4, (i) => `let w${i} = weights[base + ${matrix}u + (${4 * i}u + lane) * H + u];`)}
  let bias0 = weights[base + ${bias}u + u];
  ${repeat(groups, (g) => `var c${g} = 0.0;`)}
  ${inputs.prepare}
  ${inputs.declare}
  for (var i = lid; i < H * ${groups}u; i += THREADS) { sIn[${x * groups}u + i] = vec4f(0.0); }
  ${inputs.read('0u')}
  ${inputs.put('0u')}
  for (var t = 0u; t < BINS; t++) {
    let now = (t & 1u) * ${half}u; let next = ${half}u - now;
    if (t + 1u < BINS) { ${inputs.read('(t + 1u)')} }
    workgroupBarrier();
    ${repeat(groups, group)}
    ${inputs.put('next')}
  }
  workgroupBarrier();`,
  };
}
