/**
 * Four neighbouring lanes, a quad, share a unit: each multiplies a quarter of its rows of the matrix for four rows of the
 * batch, then they exchange sums lane to lane, so that lane `j` ends with row `j`'s. No sums go through workgroup memory.
 */
import type { QuadCut } from '../variant.ts';
import { inputsOf, type Task } from './piece.ts';
import { repeat } from './source.ts';

export const quadFunctions = `
// Lane j gets the sum of all four lanes' value of row j.
fn rowOfLane(a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f, lane: u32) -> vec4f {
  let odd = (lane & 1u) == 1u;
  let high = (lane & 2u) == 2u;
  let m0 = select(a0, a1, odd) + quadSwapX(select(a1, a0, odd));
  let m1 = select(a2, a3, odd) + quadSwapX(select(a3, a2, odd));
  return select(m0, m1, high) + quadSwapY(select(m1, m0, high));
}
// The value of every lane, in their order.
fn ofLanes(h: f32) -> vec4f { return vec4f(quadBroadcast(h, 0u), quadBroadcast(h, 1u), quadBroadcast(h, 2u), quadBroadcast(h, 3u)); }
// Lane j gets component j of every lane.
fn turned(x: vec4f, lane: u32) -> vec4f {
  let x0 = quadBroadcast(x, 0u); let x1 = quadBroadcast(x, 1u); let x2 = quadBroadcast(x, 2u); let x3 = quadBroadcast(x, 3u);
  return vec4f(x0[lane], x1[lane], x2[lane], x3[lane]);
}`;

/** Inputs of a tile, read a quad of a row's inputs a lane and kept with the rows side by side. */
export interface QuadInputs {
  readonly prepare: string;
  /** Declares what is read ahead. */
  readonly declare: string;
  /** Reads bin `t`. */
  read(t: string): string;
  /** Puts what was read into `sIn`, from quad `from` on. */
  put(from: string): string;
}

export function quadInputs(task: Task, layer: number, { threads }: QuadCut, listed: boolean): QuadInputs {
  const quads = task.shape.layers[layer].x / 4;
  const groups = task.variant.rows / 4;
  const count = quads * task.variant.rows;
  const items = Math.ceil(count / threads);
  const inputs = inputsOf(task, layer, listed);
  /** Whole quads of lanes are in or out: `count` is a multiple of 4. */
  const each = (i: number, code: string): string => {
    const guard = (i + 1) * threads > count ? `if (item < ${count}u) ` : '';
    return `{ let item = lid + ${i * threads}u; ${guard}{ let q = (item >> 2u) % ${quads}u; let g = (item >> 2u) / ${quads}u; let row = g * 4u + (item & 3u); ${code} } }`;
  };
  return {
    prepare: inputs.prepare(items, each),
    declare: repeat(items, (i) => `var x${i} = vec4f(0.0);`),
    read: (t) => repeat(items, (i) => each(i, inputs.read(i, `x${i}`, t))),
    put: (from) => repeat(items, (i) => each(i, `sIn[${from} + (q * 4u + (item & 3u)) * ${groups}u + g] = turned(x${i}, item & 3u);`)),
  };
}
