/**
 * Sums the gradient's parts over tiles and slices, and squares it for its norm. A dispatch of its own: WGSL orders
 * nothing between workgroups of one.
 */
import { sliceLayout, type Task } from './piece.ts';
import { restStride } from './head.ts';
import { running } from './functions.ts';
import { kernel, reads, writes, type Kernel } from './source.ts';

const THREADS = 256;

/** Threads that share a sum: more where few quads have many parts. */
function sharers({ shape, slots, chunk }: Task): number {
  let count = 1;
  while (count < 16 && count * 2 <= chunk && slots * Math.ceil(((shape.quads + 1) * count) / THREADS) < 264) count *= 2;
  return count;
}

/** Workgroups a slot, and numbers that it has in `squares`. */
export const reduceGroups = (task: Task): number => Math.ceil(((task.shape.quads + 1) * sharers(task)) / THREADS);

export function reduceKernel(task: Task): Kernel {
  const { shape, chunk, slices, variant } = task;
  const shared = sharers(task);
  const quadsHere = THREADS / shared;
  const { offsets, stride } = sliceLayout(task);
  const matrices = shape.layers.map(({ matrix, rows }, layer) => {
    const size = rows * shape.hidden;
    return `if (i < ${matrix + size}u) { first = wid.y * ${stride}u + ${offsets[layer]}u + i - ${matrix}u; step = ${size}u; count = ${slices[layer]}u; }`;
  }).join(' else ');
  const sums = (buffer: string): string => `
      for (; n + 3u * ${shared}u < count; n += 4u * ${shared}u) {
        sum += ${buffer}[first + n * step]; sum1 += ${buffer}[first + (n + ${shared}u) * step];
        sum2 += ${buffer}[first + (n + 2u * ${shared}u) * step]; sum3 += ${buffer}[first + (n + 3u * ${shared}u) * step];
      }
      for (; n < count; n += ${shared}u) { sum += ${buffer}[first + n * step]; }`;
  return kernel({
    label: 'reduce',
    uses: [...reads('matrixParts', 'restParts', 'jobs', 'states'), ...writes('gradient', 'squares', 'steps')],
    threads: THREADS,
    constants: { QUADS: shape.quads, MATRIX: shape.matrixQuads },
    shared: [{ name: 'sSum', type: 'vec4f', length: THREADS }],
    functions: running,
    body: `
  let slot = wid.y + part.slot;
  let going = running(slot);
  if (lid == 0u && wid.x == 0u) { steps[slot] = select(0u, states[slot].iteration + 1u, going); }
  if (!going) { return; }
  let i = wid.x * ${quadsHere}u + lid % ${quadsHere}u;
  let sub = lid / ${quadsHere}u;
  var sum = vec4f(0.0); var sum1 = vec4f(0.0); var sum2 = vec4f(0.0); var sum3 = vec4f(0.0);
  if (i <= QUADS) {
    var n = sub;
    var first = 0u; var step = 0u; var count = 0u;
    if (i < MATRIX) {
      ${matrices}
      ${sums('matrixParts')}
    } else {
      first = wid.y * ${chunk * restStride(shape, variant.rows)}u + i - MATRIX; step = ${restStride(shape, variant.rows)}u; count = ${chunk}u;
      ${sums('restParts')}
    }
    sum = (sum + sum1) + (sum2 + sum3);
  }
  sSum[lid] = sum;
  workgroupBarrier();
  for (var half = ${shared >> 1}u; half > 0u; half = half >> 1u) { if (sub < half) { sSum[lid] += sSum[lid + half * ${quadsHere}u]; } workgroupBarrier(); }
  if (sub == 0u) {
    sum = sSum[lid];
    if (i <= QUADS) { gradient[wid.y * (QUADS + 1u) + i] = sum; }
    sSum[lid] = vec4f(select(0.0, dot(sum, sum), i < QUADS), 0.0, 0.0, 0.0);
  }
  workgroupBarrier();
  for (var half = ${quadsHere / 2}u; half > 0u; half = half >> 1u) { if (lid < half) { sSum[lid].x += sSum[lid + half].x; } workgroupBarrier(); }
  if (lid == 0u) { squares[wid.y * groups.x + wid.x] = sSum[0].x; }`,
  });
}
