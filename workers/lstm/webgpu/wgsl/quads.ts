/**
 * Four lanes share units: each multiplies a quarter of their rows of the matrix for four rows of the batch, then they
 * exchange sums lane to lane, so that lane `j` of the four ends with row `j`'s. No sums go through workgroup memory.
 * The four lie a quarter of the subgroup apart: neighbours then read the same numbers at once.
 */
import { cellsAt, forItem, sampleOptions, type Task } from './piece.ts';
import { repeat } from './source.ts';

/** @param lanes of a subgroup */
export const quadFunctions = (lanes: number): string => `
// Lane j gets the sum of all four lanes' value of row j.
fn rowOfLane(a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f, lane: u32) -> vec4f {
  let odd = (lane & 1u) == 1u;
  let high = (lane & 2u) == 2u;
  let m0 = select(a0, a1, odd) + subgroupShuffleXor(select(a1, a0, odd), ${lanes / 4}u);
  let m1 = select(a2, a3, odd) + subgroupShuffleXor(select(a3, a2, odd), ${lanes / 4}u);
  return select(m0, m1, high) + subgroupShuffleXor(select(m1, m0, high), ${lanes / 2}u);
}
// The value of all four lanes, in their order, for lane 0.
fn ofLanes(h: f32) -> vec4f { return vec4f(h, subgroupShuffleXor(h, ${lanes / 4}u), subgroupShuffleXor(h, ${lanes / 2}u), subgroupShuffleXor(h, ${(3 * lanes) / 4}u)); }`;

/** Inputs of a tile, read an input of four rows a thread and kept with the rows side by side. */
export interface QuadInputs {
  /** Declares what is read ahead, and what is read once. */
  readonly prepare: string;
  /** Reads bin `t`. */
  read(t: string): string;
  /** Puts what was read into a half of `sIn`. */
  put(half: string): string;
}

export function quadInputs(task: Task, layer: number, threads: number, listed: boolean): QuadInputs {
  const { shape, variant } = task;
  const { x } = shape.layers[layer];
  const groups = variant.rows / 4;
  const count = x * groups;
  const items = Math.ceil(count / threads);
  const { normed, dropping } = sampleOptions(task, listed);
  /** Input `k` of the four rows `g`. */
  const each = (i: number, code: string): string => forItem(i, count, x, threads, `let k = q; let g = row; ${code}`);
  const rows = (value: (row: string) => string): string => `vec4f(${[0, 1, 2, 3].map((r) => value(`(g * 4u + ${r}u)`)).join(', ')})`;
  const put = (half: string): string => repeat(items, (i) => each(i, `sIn[${half}][k & 3u][(k >> 2u) * ${groups}u + g] = x${i};`));
  if (layer > 0) {
    const below = (t: string) => (row: string): string => `cells[${cellsAt(layer - 1, t)} + ${row} * H + k].y${dropping && !listed ? ` * betweenFactor(slot, sKey[${row}], ${t}, k)` : ''}`;
    return {
      prepare: repeat(items, (i) => `var x${i} = vec4f(0.0);`),
      read: (t) => repeat(items, (i) => each(i, `x${i} = ${rows(below(t))};`)),
      put,
    };
  }
  const exists = shape.inputs === x ? '' : 'if (k < INPUTS) ';
  const norm = (i: number): string => (normed ? `x${i} = clamp((x${i} - mean${i}) * factor${i}, vec4f(-jobs[slot].bound), vec4f(jobs[slot].bound));` : '');
  const drop = (i: number, t: string): string => (dropping && !listed
    ? `x${i} *= ${rows((row) => `dropFactor(sKey[${row}], ${t} * INPUTS + k, jobs[slot].dropInput, jobs[slot].keepInput)`)};`
    : '');
  return {
    prepare: `let hop = jobs[slot].hop;
  ${repeat(items, (i) => `var x${i} = vec4f(0.0);
  ${normed ? `var mean${i} = vec4f(0.0); var factor${i} = vec4f(0.0);
  ${each(i, `${exists}{ mean${i} = ${rows((row) => `referenceAt(slot, ${row}, k)`)}; factor${i} = ${rows((row) => `scaleAt(slot, ${row}, k)`)}; }`)}` : ''}`)}`,
    read: (t) => repeat(items, (i) => each(i, `${exists}{ let o = ${t} * hop + k; x${i} = ${rows((row) => `number(sWindow[${row}] + o)`)}; ${norm(i)} ${drop(i, t)} }`)),
    put,
  };
}
