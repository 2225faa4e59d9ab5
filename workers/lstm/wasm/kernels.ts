/** The compiled kernels, and how they are called. What they do stands in `assembly/`. */
import { GatecastError } from '../../../src/errors.ts';
import { plain, relaxed } from './assembly/index.ts?kernels';

/** Addresses and distances are bytes of the memory that a kernel was instantiated with; counts are numbers. */
export interface Kernels {
  forward(layer: number, rows: number, x: number, xRow: number, xBin: number, keep: boolean): void;
  backward(layer: number, rows: number, x: number, xRow: number, xBin: number, outer: number, outerBin: number): void;
  packLayer(layer: number, kernel: number, bias: number): void;
  unpackLayer(layer: number, kernel: number, bias: number): void;
  packPanels(matrix: number, rows: number, columns: number, to: number): void;
  packTransposed(matrix: number, rows: number, columns: number, to: number): void;
  unpackRows(sums: number, sumsRow: number, rows: number, columns: number, matrix: number): void;
  product(
    rows: number, run: number, runs: number, a: number, aRow: number, aRun: number, b: number, panels: number, bias: number, out: number, outRow: number,
  ): void;
  outerProduct(
    rows: number, steps: number, a: number, aRow: number, aStep: number, count: number, b: number, bRow: number, bStep: number, sums: number, sumsRow: number,
  ): void;
  columnSums(rows: number, steps: number, b: number, bRow: number, bStep: number, sums: number): void;
  join(rows: number, states: number, stateRow: number, hidden: number, statics: number, count: number, to: number): void;
  squash(values: number, count: number): void;
  squashBack(values: number, gradient: number, count: number): void;
  gate(rows: number, targets: number, count: number, outputs: number, outputRow: number, candidates: number, forecasts: number): void;
  gateBack(
    rows: number, targets: number, count: number, parts: number, candidates: number, forecasts: number, forecastGradient: number,
    gradient: number, outputRow: number,
  ): void;
  loss(
    kind: number, rows: number, valid: number, targets: number, levels: number, levelsAt: number, delta: number,
    forecasts: number, forecastRow: number, truths: number, losses: number, gradient: number, scale: number,
  ): void;
  drop(
    values: number, bins: number, binStep: number, rows: number, rowStep: number, units: number,
    seed: number, step: number, firstRow: number, place: number, threshold: number, kept: number,
  ): void;
  squaredNorm(values: number, count: number): number;
  adam(
    weights: number, first: number, second: number, gradient: number, count: number,
    clip: number, coupled: number, keep: number, beta1: number, rest1: number, beta2: number, rest2: number,
    step: number, correction: number, epsilon: number,
  ): void;
}

/** The kernels' constants lie below; see `scripts/kernels.mjs`. */
export const FIRST_ADDRESS = 65536;
const PAGE = 65536;

/** Relaxed SIMD may round otherwise, by what the processor has: the same build gives the same numbers on the same machine. */
const builds = [{ name: 'relaxed SIMD', text: relaxed }, { name: 'plain SIMD', text: plain }];

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Name of the build that `compileKernels` takes. */
export function buildName(): string | undefined {
  return builds.find(({ text }) => WebAssembly.validate(bytesOf(text)))?.name;
}

/** The fastest build that this browser takes. Rejects with `internal` where there is no SIMD. */
export async function compileKernels(): Promise<WebAssembly.Module> {
  for (const { text } of builds) {
    const bytes = bytesOf(text);
    if (WebAssembly.validate(bytes)) return WebAssembly.compile(bytes);
  }
  throw new GatecastError({ code: 'internal', message: 'this browser has no WebAssembly SIMD, which training on the CPU needs', remedy: 'update the browser' });
}

export interface Instance {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** Kernels on a memory of their own. Throws `out-of-memory` when there is not as much. @param bytes how much is needed */
export async function instantiate(module: WebAssembly.Module, bytes: number): Promise<Instance> {
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  } catch (error) {
    throw new GatecastError({
      code: 'out-of-memory', message: `training takes ${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB, which the browser does not give: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'train fewer models at once, with fewer hidden units or a shorter window',
    });
  }
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return { kernels: exports as unknown as Kernels, buffer: memory.buffer };
}
