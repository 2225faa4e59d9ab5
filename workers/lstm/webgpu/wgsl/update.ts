/** Adam and AdamW: each model by its own rate, clip and decay (`course.ts` has the formulas). */
import { BETA1, BETA2, EPSILON } from '../../course.ts';
import { schedules } from '../structs.ts';
import { hasProduct } from '../variant.ts';
import type { Task } from './piece.ts';
import { reduceGroups } from './reduce.ts';
import { finiteness } from './functions.ts';
import { kernel, reads, writes, type Kernel } from './source.ts';

const THREADS = 256;

export const updateGroups = ({ shape }: Task): number => Math.ceil((shape.quads + 1) / THREADS);

/** Floats of a model's transposed matrices; 0 where no layer reads them. */
export function transposedNumbers({ shape: { layers, hidden }, variant }: Pick<Task, 'shape' | 'variant'>): number {
  return variant.layers.some(({ backward }) => hasProduct(backward)) ? layers.length * 4 * hidden * layers.at(-1)!.back : 0;
}

/** Writes quad `i` of model `m` to the transposed matrices of layers whose way back reads them. */
function transposeQuad({ shape: { layers, hidden }, variant }: Task, quad: string): string {
  const block = hidden * layers.at(-1)!.back;
  return layers.map(({ matrix, back, backFrom, rows }, layer) => (!hasProduct(variant.layers[layer].backward) ? '' : `
    if (i >= ${matrix + backFrom * hidden}u && i < ${matrix + rows * hidden}u) {
      let k = (i - ${matrix}u) / ${hidden}u - ${backFrom}u; let u = (i - ${matrix}u) % ${hidden}u;
      let place = (m * ${layers.length}u + ${layer}u) * ${4 * block}u + u * ${back}u + k;
      transposedNumbers[place] = ${quad}.x; transposedNumbers[place + ${block}u] = ${quad}.y;
      transposedNumbers[place + ${2 * block}u] = ${quad}.z; transposedNumbers[place + ${3 * block}u] = ${quad}.w;
    }`)).join('');
}

/** Transposes the matrices of models whose weights were written from outside. */
export function transposeKernel(task: Task): Kernel {
  return kernel({
    label: 'transpose',
    uses: [...reads('weights', 'jobs'), ...writes('transposedNumbers')],
    threads: THREADS,
    constants: { QUADS: task.shape.quads },
    shared: [], functions: '',
    body: `
  let m = jobs[wid.y + part.slot].model;
  let i = wid.x * ${THREADS}u + lid;
  if (i < QUADS) { let p = weights[m * QUADS + i]; ${transposeQuad(task, 'p')} }`,
  });
}

export function updateKernel(task: Task): Kernel {
  const { shape } = task;
  const transposes = transposedNumbers(task) > 0;
  const inMatrix = [
    `i < ${shape.matrixQuads}u`,
    ...(shape.dense > 0 ? [`(i >= ${shape.denseKernel}u && i < ${shape.denseBias}u)`] : []),
    `(i >= ${shape.outputKernel}u && i < ${shape.outputBias}u)`,
  ].join(' || ');
  const groups = reduceGroups(task);
  return kernel({
    label: 'update',
    uses: [...reads('gradient', 'squares', 'jobs', 'steps'), ...writes('weights', 'moments', 'states', ...(transposes ? ['transposedNumbers'] as const : []))],
    threads: THREADS,
    constants: { QUADS: shape.quads },
    shared: [{ name: 'sSquares', type: 'f32', length: THREADS }],
    functions: `${finiteness}
// 1 - beta^step; by its series where a power would have no digits left.
fn correction(logBeta: f32, step: f32) -> f32 {
  let x = step * logBeta;
  let series = -x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0))))));
  return select(1.0 - exp(x), series, x > -0.5);
}
fn rateOf(slot: u32, step: u32, scale: f32) -> f32 {
  let job = jobs[slot];
  let passed = f32(step - 1u - job.start) / f32(job.over);
  switch (job.schedule) {
    case ${schedules.linear}u: { return job.rate * (1.0 - passed); }
    case ${schedules.cosine}u: { return job.rate * (job.floor + (1.0 - job.floor) * 0.5 * (1.0 + cos(${Math.PI} * passed))); }
    case ${schedules.plateau}u: { return job.rate * scale; }
    default: { return job.rate; }
  }
}`,
    body: `
  let slot = wid.y + part.slot;
  let m = jobs[slot].model;
  let step = steps[slot];
  if (step == 0u) { return; }
  let i = wid.x * ${THREADS}u + lid;
  let loss = gradient[wid.y * (QUADS + 1u) + QUADS].x;
  var sum = 0.0;
  for (var n = lid; n < ${groups}u; n += ${THREADS}u) { sum += squares[wid.y * ${groups}u + n]; }
  sSquares[lid] = sum;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half = half >> 1u) { if (lid < half) { sSquares[lid] += sSquares[lid + half]; } workgroupBarrier(); }
  let norm = sqrt(sSquares[0]);
  // Numbers that broke change nothing: what is kept stays as it was.
  let good = isFinite(loss) && isFinite(norm);
  let clip = jobs[slot].clip;
  let scale = select(1.0, min(1.0, clip / max(norm, 1e-30)), clip > 0.0);
  if (i < QUADS && good) {
    let at = m * QUADS + i;
    var p = weights[at];
    let decay = select(0.0, jobs[slot].decay, ${inMatrix});
    let rate = rateOf(slot, step, states[slot].scale);
    var g = gradient[wid.y * (QUADS + 1u) + i] * scale;
    if (jobs[slot].coupled == 1u) { g += decay * p; } else { p *= 1.0 - rate * decay; }
    let first = ${BETA1} * moments[2u * at] + ${1 - BETA1} * g;
    let second = ${BETA2} * moments[2u * at + 1u] + ${(1 - BETA2).toPrecision(9)} * g * g;
    moments[2u * at] = first;
    moments[2u * at + 1u] = second;
    p -= rate * (first / correction(${Math.log(BETA1)}, f32(step))) / (sqrt(second / correction(${Math.log(BETA2)}, f32(step))) + ${EPSILON});
    weights[at] = p;
    ${transposes ? transposeQuad(task, 'p') : ''}
  }
  if (i == QUADS) {
    states[slot].iteration = step;
    states[slot].lossSum += loss;
    states[slot].lossSteps += 1u;
    if (!good) { states[slot].ended = 3u; }
  }`,
  });
}
