/**
 * The head over the last h of a tile's rows: the tanh layer, the output, the loss and, while training, the way back to
 * the slopes of h, with the head's gradients summed over the tile. `hAt(row, unit)` gives h.
 */
import type { Shape } from '../shape.ts';
import { storePart, type Piece, type Task } from './piece.ts';
import type { Shared } from './source.ts';

/** Slopes of the outputs lie in workgroup memory up to this many numbers, else behind the tile's gradients. */
const MOST_SHARED_OUTPUTS = 1024;

export const outputsShared = ({ outputQuads }: Shape, rows: number): boolean => rows * outputQuads * 4 <= MOST_SHARED_OUTPUTS;

/** Quads that each tile has in `restParts`. */
export function restStride(shape: Shape, rows: number): number {
  return shape.restQuads + (outputsShared(shape, rows) ? 0 : rows * shape.outputQuads);
}

/** @param train go on to the gradients; else write forecasts and each row's loss */
export function head(task: Task, threads: number, train: boolean): Piece {
  const { shape, variant: { rows } } = task;
  const { dense, outputQuads, joined, last } = shape;
  const shared = outputsShared(shape, rows);
  // Threads of a row, so that a row's loss is the sum of neighbours.
  const perRow = Math.max(1, Math.floor(threads / rows));
  const declared: Shared[] = [{ name: 'sLoss', type: 'f32', length: threads }];
  if (shared) declared.push({ name: 'sOut', type: 'f32', length: rows * outputQuads * 4 });
  if (dense > 0) declared.push({ name: 'sDense', type: 'vec4f', length: (rows * dense) / 4 });
  if (dense > 0 && train) declared.push({ name: 'sBack', type: 'vec4f', length: (rows * dense) / 4 });
  return {
    shared: declared,
    functions: functions(shape, shared, train),
    body: `
  let rest = (wid.y * CHUNK + wid.x) * ${restStride(shape, rows)}u;
  let outs = rest + REST;
  ${dense > 0 ? `
  for (var i = lid; i < ROWS * ${dense / 4}u; i += THREADS) {
    let row = i / ${dense / 4}u; let q = i % ${dense / 4}u;
    var y = weights[base + ${shape.denseBias}u + q];
    for (var k = 0u; k < ${joined}u; k++) { y += joinedAt(slot, row, k) * weights[base + ${shape.denseKernel}u + k * ${dense / 4}u + q]; }
    sDense[i] = tanh4(y);
  }
  workgroupBarrier();` : ''}
  var loss = 0.0;
  let lossRow = lid / ${perRow}u;
  if (lossRow < ROWS) {
    let row = lossRow;
    let exists = tile * ROWS + row < ${train ? 'BATCH' : 'select(jobs[slot].validations, jobs[slot].queryCount, part.list == 1u)'};
    for (var q = lid % ${perRow}u; q < ${outputQuads}u; q += ${perRow}u) {
      var y = weights[base + ${shape.outputBias}u + q];
      for (var k = 0u; k < ${last}u; k++) { y += lastAt(slot, row, k) * weights[base + ${shape.outputKernel}u + k * ${outputQuads}u + q]; }
      ${shape.network.candidates > 0 ? 'setOut(outs, row, q, y);' : direct(shape, train)}
    }
  }
  ${shape.network.candidates > 0 ? `workgroupBarrier();
  if (lossRow < ROWS) {
    let row = lossRow;
    let exists = tile * ROWS + row < ${train ? 'BATCH' : 'select(jobs[slot].validations, jobs[slot].queryCount, part.list == 1u)'};
    for (var target0 = lid % ${perRow}u; target0 < ${shape.targets}u; target0 += ${perRow}u) { ${gate(shape, train)} }
  }` : ''}
  sLoss[lid] = loss;
  workgroupBarrier();
  ${train ? gradients(task, shared) : `
  if (part.list == 0u) {
    for (var row = lid; row < ROWS; row += THREADS) {
      if (tile * ROWS + row < jobs[slot].validations) {
        var sum = 0.0;
        for (var i = 0u; i < ${perRow}u; i++) { sum += sLoss[row * ${perRow}u + i]; }
        rowLosses[wid.y * ${task.validations}u + tile * ROWS + row] = sum / ${shape.outputs / (shape.network.candidates || 1)}.0;
      }
    }
  }`}`,
  };
}

function functions(shape: Shape, shared: boolean, train: boolean): string {
  const { dense, outputQuads, network: { loss } } = shape;
  const lossOf = {
    absolute: 'return vec2f(abs(e), sign(e));',
    squared: 'return vec2f(e * e, 2.0 * e);',
    huber: `let bend = f32(${loss.kind === 'huber' ? loss.delta : 1}); let a = abs(e); return vec2f(select(bend * (a - 0.5 * bend), 0.5 * e * e, a <= bend), clamp(e, -bend, bend));`,
    pinball: 'return vec2f(max(-level * e, (1.0 - level) * e), select(select(0.0, -level, e < 0.0), 1.0 - level, e > 0.0));',
  }[loss.kind];
  const levels = loss.kind === 'pinball' ? loss.levels : [0];
  return `
// Loss and its slope by the output, e = output - target.
fn lossOf(e: f32, level: f32) -> vec2f { ${lossOf} }
fn levelOf(output: u32) -> f32 {
  let level = output % ${levels.length}u;
  var found = f32(${levels[0]});
  ${levels.slice(1).map((level, i) => `if (level == ${i + 1}u) { found = f32(${level}); }`).join(' ')}
  return found;
}
fn targetAt(slot: u32, row: u32, one: u32) -> f32 {
  let channels = jobs[slot].channels;
  let channel = one % channels;
  let value = number(sTarget[row] + (one / channels) * jobs[slot].targetHop + channel);
  return (value - baseAt(slot, row, one, channel)) * factorAt(slot, row, channel);
}
fn joinedAt(slot: u32, row: u32, k: u32) -> f32 {
  ${shape.statics > 0 ? `if (k >= H) { return number(jobs[slot].sides + sSide[row] * ${shape.side}u + k - H); }` : ''}
  return hAt(row, k);
}
fn lastAt(slot: u32, row: u32, k: u32) -> f32 { return ${dense > 0 ? `sDense[row * ${dense / 4}u + (k >> 2u)][k & 3u]` : 'joinedAt(slot, row, k)'}; }
${train || shared ? outAccess(outputQuads, shared) : ''}`;
}

function outAccess(outputQuads: number, shared: boolean): string {
  return shared
    ? `fn setOut(outs: u32, row: u32, q: u32, y: vec4f) { let o = (row * ${outputQuads}u + q) * 4u; sOut[o] = y.x; sOut[o + 1u] = y.y; sOut[o + 2u] = y.z; sOut[o + 3u] = y.w; }
fn outAt(outs: u32, row: u32, q: u32) -> vec4f { let o = (row * ${outputQuads}u + q) * 4u; return vec4f(sOut[o], sOut[o + 1u], sOut[o + 2u], sOut[o + 3u]); }`
    : `fn setOut(outs: u32, row: u32, q: u32, y: vec4f) { restParts[outs + row * ${outputQuads}u + q] = y; }
fn outAt(outs: u32, row: u32, q: u32) -> vec4f { return restParts[outs + row * ${outputQuads}u + q]; }`;
}

/** Outputs that are forecasts themselves: loss and slope of a quad. */
function direct({ outputs, perTarget }: Shape, train: boolean): string {
  const write = train ? '' : `if (part.list == 1u) { forecasts[(jobs[slot].answers + tile * ROWS + row) * ${outputs}u + o] = y[j]; }`;
  return `
      var slope = vec4f(0.0);
      if (exists) {
        for (var j = 0u; j < 4u; j++) {
          let o = q * 4u + j;
          if (o < ${outputs}u) {
            ${write}
            ${train ? '' : 'if (part.list == 0u) '}{
            let l = lossOf(y[j] - targetAt(slot, row, o / ${perTarget}u), levelOf(o));
            loss += l.x;
            slope[j] = l.y / f32(BATCH * ${outputs}u); }
          }
        }
      }
      ${train ? 'setOut(outs, row, q, slope);' : ''}`;
}

/** A gate: the softmax of a target's outputs weighs its candidates. */
function gate({ perTarget, targets, statics, side, outputQuads }: Shape, train: boolean): string {
  const at = (k: string): string => `sOut[row * ${outputQuads * 4}u + target0 * ${perTarget}u + ${k}]`;
  return `
      let candidates = jobs[slot].sides + sSide[row] * ${side}u + ${statics}u + target0 * ${perTarget}u;
      var top = ${at('0u')};
      for (var k = 1u; k < ${perTarget}u; k++) { top = max(top, ${at('k')}); }
      var sum = 0.0; var weighed = 0.0;
      for (var k = 0u; k < ${perTarget}u; k++) { let w = exp(${at('k')} - top); sum += w; weighed += w * number(candidates + k); }
      let forecast = weighed / sum;
      ${train ? '' : `if (exists && part.list == 1u) { forecasts[(jobs[slot].answers + tile * ROWS + row) * ${targets}u + target0] = forecast; }`}
      var slope = 0.0;
      if (exists${train ? '' : ' && part.list == 0u'}) {
        let l = lossOf(forecast - targetAt(slot, row, target0), levelOf(0u));
        loss += l.x;
        slope = l.y / f32(BATCH * ${targets}u);
      }
      ${train ? `for (var k = 0u; k < ${perTarget}u; k++) { ${at('k')} = slope * exp(${at('k')} - top) / sum * (number(candidates + k) - forecast); }` : ''}`;
}

/** Gradients of the head, summed over the tile's rows, and what goes back to the last h (`dhOf`). */
function gradients(task: Task, shared: boolean): string {
  const { shape } = task;
  const { dense, outputQuads, joined, last, matrixQuads, targets, outputs, network } = shape;
  const rest = (place: number): string => `rest + ${place - matrixQuads}u`;
  const count = network.candidates > 0 ? targets : outputs;
  const store = (place: string, value: string): string => storePart(task, 'restParts', place, value);
  return `
  ${shared ? '' : 'storageBarrier();'}
  if (lid == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < THREADS; i++) { sum += sLoss[i]; }
    ${store('rest + REST - 1u', `vec4f(sum / f32(BATCH * ${count}u), 0.0, 0.0, 0.0)`)}
  }
  for (var i = lid; i < ${last * outputQuads}u; i += THREADS) {
    let k = i / ${outputQuads}u; let q = i % ${outputQuads}u;
    var sum = vec4f(0.0);
    for (var r = 0u; r < ROWS; r++) { sum += lastAt(slot, r, k) * outAt(outs, r, q); }
    ${store(`${rest(shape.outputKernel)} + i`, 'sum')}
  }
  for (var q = lid; q < ${outputQuads}u; q += THREADS) {
    var sum = vec4f(0.0);
    for (var r = 0u; r < ROWS; r++) { sum += outAt(outs, r, q); }
    ${store(`${rest(shape.outputBias)} + q`, 'sum')}
  }
  ${dense > 0 ? `
  for (var i = lid; i < ROWS * ${dense / 4}u; i += THREADS) {
    let row = i / ${dense / 4}u; let d = (i % ${dense / 4}u) * 4u;
    var sum = vec4f(0.0);
    for (var q = 0u; q < ${outputQuads}u; q++) {
      let y = outAt(outs, row, q);
      let w = base + ${shape.outputKernel}u + d * ${outputQuads}u + q;
      sum += vec4f(dot(y, weights[w]), dot(y, weights[w + ${outputQuads}u]), dot(y, weights[w + ${2 * outputQuads}u]), dot(y, weights[w + ${3 * outputQuads}u]));
    }
    let a = sDense[i];
    sBack[i] = sum * (1.0 - a * a);
  }
  workgroupBarrier();
  for (var i = lid; i < ${(joined * dense) / 4}u; i += THREADS) {
    let k = i / ${dense / 4}u; let q = i % ${dense / 4}u;
    var sum = vec4f(0.0);
    for (var r = 0u; r < ROWS; r++) { sum += joinedAt(slot, r, k) * sBack[r * ${dense / 4}u + q]; }
    ${store(`${rest(shape.denseKernel)} + i`, 'sum')}
  }
  for (var q = lid; q < ${dense / 4}u; q += THREADS) {
    var sum = vec4f(0.0);
    for (var r = 0u; r < ROWS; r++) { sum += sBack[r * ${dense / 4}u + q]; }
    ${store(`${rest(shape.denseBias)} + q`, 'sum')}
  }` : ''}`;
}

/** Slope of the last h of a row's unit, after `head`. */
export function headBack({ dense, denseKernel, outputKernel, outputQuads }: Shape): string {
  return dense > 0
    ? `fn dhOf(base: u32, outs: u32, row: u32, u: u32) -> f32 {
  var sum = 0.0;
  for (var q = 0u; q < ${dense / 4}u; q++) { sum += dot(sBack[row * ${dense / 4}u + q], weights[base + ${denseKernel}u + u * ${dense / 4}u + q]); }
  return sum;
}`
    : `fn dhOf(base: u32, outs: u32, row: u32, u: u32) -> f32 {
  var sum = 0.0;
  for (var q = 0u; q < ${outputQuads}u; q++) { sum += dot(outAt(outs, row, q), weights[base + ${outputKernel}u + u * ${outputQuads}u + q]); }
  return sum;
}`;
}
