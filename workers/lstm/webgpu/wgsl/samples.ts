/** How a workgroup finds the samples of its rows and reads their windows: the kernels' half of `examples.ts`. */
import { ANCHOR_FIELDS } from '../../examples.ts';
import type { Shape } from '../shape.ts';
import { noBases } from '../structs.ts';
import type { Shared } from './source.ts';
import { repeat } from './source.ts';

export interface SampleOptions {
  /** Rows of the workgroup. */
  readonly rows: number;
  /** Samples come from a list instead of draws. */
  readonly listed: boolean;
  /** Inputs have references and scales. */
  readonly normed: boolean;
  /** Something is dropped. */
  readonly dropping: boolean;
}

export const sampleShared = ({ rows, dropping }: SampleOptions): readonly Shared[] => [
  { name: 'sWindow', type: 'u32', length: rows },
  { name: 'sTarget', type: 'u32', length: rows },
  { name: 'sSide', type: 'u32', length: rows },
  ...(dropping ? [{ name: 'sKey', type: 'u32', length: rows } as const] : []),
];

/** Fills what `sampleShared` declares; the caller waits at a barrier. Rows past the end repeat the last one. */
export function findSamples({ listed, dropping }: SampleOptions): string {
  return `
  for (var i = lid; i < ROWS; i += THREADS) {
    ${listed
    ? `let count = select(jobs[slot].validations, jobs[slot].queryCount, part.list == 1u);
    let n = data[select(jobs[slot].validation, jobs[slot].queries, part.list == 1u) + min(tile * ROWS + i, count - 1u)];`
    : `let row = min(tile * ROWS + i, BATCH - 1u);
    let key = rowKey(jobs[slot].seed, step, row);
    let n = drawn(slot, step, row, key);
    ${dropping ? 'sKey[i] = key;' : ''}`}
    let series = jobs[slot].series;
    let one = n % series;
    let anchor = jobs[slot].anchors + (n / series) * ${ANCHOR_FIELDS}u;
    sWindow[i] = jobs[slot].windows + data[anchor] + one * INPUTS;
    sTarget[i] = jobs[slot].windows + data[anchor + 1u] + one * INPUTS;
    sSide[i] = data[anchor + 2u] * series + one;
  }`;
}

export const sampleFunctions = (shape: Shape, { normed }: SampleOptions): string => `
fn number(place: u32) -> f32 { return bitcast<f32>(data[place]); }
${normed ? `
fn referenceAt(slot: u32, row: u32, input: u32) -> f32 { return number(jobs[slot].norms + (sSide[row] * INPUTS + input) * 2u); }
fn scaleAt(slot: u32, row: u32, input: u32) -> f32 { return number(jobs[slot].norms + (sSide[row] * INPUTS + input) * 2u + 1u); }` : ''}
fn baseAt(slot: u32, row: u32, one: u32, channel: u32) -> f32 {
  if (jobs[slot].bases != ${noBases}u) { return number(jobs[slot].bases + sSide[row] * ${shape.targets}u + one); }
  return ${normed ? 'referenceAt(slot, row, channel)' : '0.0'};
}
fn factorAt(slot: u32, row: u32, channel: u32) -> f32 { return ${normed ? 'scaleAt(slot, row, channel)' : '1.0'}; }
fn quadAt(place: u32, quad: u32) -> vec4f {
  let o = place + quad * 4u;
  ${shape.inputs % 4 === 0
    ? 'return vec4f(number(o), number(o + 1u), number(o + 2u), number(o + 3u));'
    : `var x = vec4f(number(o), 0.0, 0.0, 0.0);
  if (quad * 4u + 1u < INPUTS) { x.y = number(o + 1u); }
  if (quad * 4u + 2u < INPUTS) { x.z = number(o + 2u); }
  if (quad * 4u + 3u < INPUTS) { x.w = number(o + 3u); }
  return x;`}
}`;

/** Declares what reading item `i` (a row and a quad of its inputs, the same at every bin) needs over and over. */
export function prepareItem(i: number, { normed }: SampleOptions): string {
  if (!normed) return '';
  return `var mean${i} = vec4f(0.0); var factor${i} = vec4f(0.0);`;
}

/** Fills it; `row` and `q` are in scope. */
export function fillItem(i: number, { normed }: SampleOptions): string {
  if (!normed) return '';
  return repeat(4, (c) => `if (q * 4u + ${c}u < INPUTS) { mean${i}[${c}] = referenceAt(slot, row, q * 4u + ${c}u); factor${i}[${c}] = scaleAt(slot, row, q * 4u + ${c}u); }`);
}

/** Writes `target = ` the inputs of item `i` at bin `t`, as the network sees them; `row` and `q` are in scope. */
export function readItem(i: number, target: string, t: string, { normed, dropping, listed }: SampleOptions): string {
  const norm = normed ? `${target} = clamp((${target} - mean${i}) * factor${i}, vec4f(-jobs[slot].bound), vec4f(jobs[slot].bound));` : '';
  const drop = dropping && !listed ? `${target} *= dropFactors(sKey[row], ${t} * INPUTS + q * 4u, jobs[slot].dropInput, jobs[slot].keepInput);` : '';
  return `${target} = quadAt(sWindow[row] + ${t} * hop, q); ${norm} ${drop}`;
}
