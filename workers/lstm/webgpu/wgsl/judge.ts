/**
 * After a validation: each model's loss, whether it is its best, whether its phase goes on (`judge` in `course.ts`),
 * and a line of its history. Then the best weights are kept, by another dispatch.
 */
import { noLoss, noPatience, schedules } from '../structs.ts';
import type { Task } from './piece.ts';
import { finiteness } from './functions.ts';
import { kernel, reads, writes, type Kernel } from './source.ts';

const THREADS = 256;

/** Looks that a model's history holds: more than a block of steps has. */
export const LOOKS_KEPT = 256;
/** Numbers of a look: iteration, training loss, validation loss, then its parts. */
export const LOOK_NUMBERS = 3;

export function judgeKernel({ parts, validations }: Task): Kernel {
  const width = LOOK_NUMBERS + parts;
  return kernel({
    label: 'judge',
    uses: [...reads('data', 'jobs', 'rowLosses'), ...writes('states', 'history')],
    threads: THREADS,
    constants: {},
    shared: [{ name: 'sSum', type: 'f32', length: THREADS }, { name: 'sDue', type: 'u32', length: 1 }],
    functions: finiteness,
    body: `
  let slot = wid.y + part.slot;
  let validates = part.always == 1u || jobs[slot].patience != ${noPatience}u;
  if (lid == 0u) { sDue[0] = select(0u, 1u, part.always == 1u || states[slot].lossSteps > 0u); }
  if (workgroupUniformLoad(&sDue[0]) == 0u) { return; }
  let line = (slot * ${LOOKS_KEPT}u + states[slot].looks % ${LOOKS_KEPT}u) * ${width}u;
  // Ends of the parts; the last is the number of samples.
  let ends = jobs[slot].parts;
  var total = 0.0;
  var begin = 0u;
  for (var n = 0u; n < ${parts}u; n++) {
    let to = select(begin, data[ends + n], validates);
    var sum = 0.0;
    for (var i = begin + lid; i < to; i += THREADS0) { sum += rowLosses[wid.y * ${validations}u + i]; }
    sSum[lid] = sum;
    workgroupBarrier();
    for (var half = ${THREADS / 2}u; half > 0u; half = half >> 1u) { if (lid < half) { sSum[lid] += sSum[lid + half]; } workgroupBarrier(); }
    if (lid == 0u) { total += sSum[0]; history[line + ${LOOK_NUMBERS}u + n] = sSum[0] / f32(max(1u, to - begin)); }
    workgroupBarrier();
    begin = to;
  }
  if (lid != 0u) { return; }
  let iteration = states[slot].iteration;
  let loss = total / f32(max(1u, begin));
  let train = states[slot].lossSum / f32(max(1u, states[slot].lossSteps));
  history[line] = f32(iteration);
  history[line + 1u] = train;
  history[line + 2u] = loss;
  states[slot].looks += 1u;
  states[slot].improved = 0u;
  if (part.always == 1u) {
    // A look from outside: it is the best where nothing was seen yet.
    if (states[slot].best >= ${noLoss} && isFinite(loss)) { states[slot].best = loss; states[slot].bestAt = iteration; states[slot].improved = 1u; }
    return;
  }
  states[slot].lossSum = 0.0;
  states[slot].lossSteps = 0u;
  if (states[slot].ended != 0u) { return; }
  if (!validates) {
    if (iteration >= jobs[slot].end) { states[slot].ended = 1u; }
    return;
  }
  if (!isFinite(loss)) { states[slot].ended = 3u; return; }
  if (loss < states[slot].best) {
    states[slot].best = loss; states[slot].bestAt = iteration; states[slot].improved = 1u;
  } else if (jobs[slot].schedule == ${schedules.plateau}u && iteration - max(states[slot].bestAt, states[slot].cutAt) >= jobs[slot].plateau) {
    states[slot].scale *= jobs[slot].floor; states[slot].cutAt = iteration;
  }
  if (iteration - states[slot].bestAt >= jobs[slot].patience) { states[slot].ended = 2u; }
  else if (iteration >= jobs[slot].end) { states[slot].ended = 1u; }`.replaceAll('THREADS0', `${THREADS}u`),
  });
}

/** Copies the newest weights of models that were just found better than ever. */
export function keepKernel({ shape }: Task): Kernel {
  return kernel({
    label: 'keep',
    uses: [...reads('weights', 'jobs', 'states'), ...writes('bestWeights')],
    threads: THREADS,
    constants: { QUADS: shape.quads },
    shared: [], functions: '',
    body: `
  let slot = wid.y + part.slot;
  let m = jobs[slot].model;
  let i = wid.x * ${THREADS}u + lid;
  if (states[slot].improved == 1u && i < QUADS) { bestWeights[m * QUADS + i] = weights[m * QUADS + i]; }`,
  });
}

export const keepGroups = ({ shape }: Task): number => Math.ceil(shape.quads / THREADS);
