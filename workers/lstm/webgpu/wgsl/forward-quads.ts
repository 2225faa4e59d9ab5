/** A layer's way forward with its matrix in registers, shared by four lanes (`quads.ts`). One barrier a bin. */
import type { QuadForward } from '../variant.ts';
import { cellsAt, type Piece, type Task } from './piece.ts';
import { quadFunctions, quadInputs } from './quads.ts';
import { repeat } from './source.ts';

/** @param train keep what the way back needs */
export function forwardQuads(task: Task, layer: number, cut: QuadForward, train: boolean): Piece {
  const { shape, variant } = task;
  const { x, rows, matrix, bias } = shape.layers[layer];
  const { units } = cut;
  const { lanes } = variant;
  const groups = variant.rows / 4;
  const inputs = quadInputs(task, layer, cut.threads, !train);
  /** Place of a unit's h in four rows of the batch. */
  const inH = (half: string, k: string, g: string): string => `sIn[${half}][${k} & 3u][(${x / 4}u + (${k} >> 2u)) * ${groups}u + ${g}]`;
  const keepCells = train || layer + 1 < shape.layers.length;
  /** A thread's units lie apart, so that neighbouring threads have neighbouring ones. */
  const unit = (j: number): string => `(first + ${j * (shape.hidden / units)}u)`;
  const group = (g: number): string => `{
      ${repeat(units, (j) => repeat(4, (r) => `var a${j}_${r} = vec4f(0.0);`))}
      ${repeat(rows / 4, (i) => `{ let v = sIn[now][lane][${i * groups + g}]; ${repeat(units, (j) => ['x', 'y', 'z', 'w'].map((c, r) => `a${j}_${r} += v.${c} * w${j}_${i};`).join(' '))} }`)}
      ${repeat(units, (j) => `{ let gate = gatesOf(bias${j} + rowOfLane(a${j}_0, a${j}_1, a${j}_2, a${j}_3, lane));
      c${g}_${j} = gate.y * c${g}_${j} + gate.x * gate.z;
      let h = gate.w * tanh1(c${g}_${j});
      ${keepCells ? `let o = ${cellsAt(layer, 't')} + (${4 * g}u + lane) * H + ${unit(j)}; ${train ? 'gates[o] = gate;' : ''} cells[o] = vec2f(c${g}_${j}, h);` : ''}
      let all = ofLanes(h);
      if (lane == 0u) { ${inH('next', unit(j), `${g}u`)} = all; } }`)}
    }`;
  return {
    // Twice: what a bin reads, and what it leaves for the next.
    shared: [{ name: 'sIn', type: 'vec4f', length: 2, inner: [4, (rows / 4) * groups] }],
    functions: `${quadFunctions(lanes)}
fn hAt(row: u32, k: u32) -> f32 { return ${inH(`${shape.bins % 2}u`, 'k', '(row >> 2u)')}[row & 3u]; }`,
    body: `
  let lane = (lid / ${lanes / 4}u) & 3u; let first = (lid / ${lanes}u) * ${lanes / 4}u + lid % ${lanes / 4}u;
  ${repeat(units, (j) => `${repeat(rows / 4, (i) => `let w${j}_${i} = weights[base + ${matrix}u + (${4 * i}u + lane) * H + ${unit(j)}];`)}
  let bias${j} = weights[base + ${bias}u + ${unit(j)}];
  ${repeat(groups, (g) => `var c${g}_${j} = 0.0;`)}`)}
  ${inputs.prepare}
  ${inputs.read('0u')}
  ${inputs.put('0')}
  for (var t = 0u; t < BINS; t++) {
    let now = t & 1u; let next = 1u - now;
    ${inputs.read('min(t + 1u, BINS - 1u)')}
    workgroupBarrier();
    ${repeat(groups, group)}
    ${inputs.put('next')}
  }
  workgroupBarrier();`,
  };
}
