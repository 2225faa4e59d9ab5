/** All kernels of a task: those of a training step, in order, those of a look, and the one that forecasts. */
import { hasProduct, type BackwardCut, type ForwardCut, type ProductCut } from '../variant.ts';
import { cells, draws, dropping, hashes, running } from './functions.ts';
import { forwardRegisters } from './forward-registers.ts';
import { forwardQuads } from './forward-quads.ts';
import { forwardStreaming } from './forward-streaming.ts';
import { backwardRegisters } from './backward-registers.ts';
import { backwardChain } from './backward-chain.ts';
import { backwardStreaming } from './backward-streaming.ts';
import { gradientThreads, gradientTiles, matrixGradient } from './matrix-gradient.ts';
import { head, headBack } from './head.ts';
import { judgeKernel, keepGroups, keepKernel } from './judge.ts';
import { constantsOf, sampleOptions, type Piece, type Task } from './piece.ts';
import { reduceGroups, reduceKernel } from './reduce.ts';
import { findSamples, sampleFunctions, sampleShared } from './samples.ts';
import { kernel, reads, writes, type Kernel, type Shared } from './source.ts';
import { transposedNumbers, transposeKernel, updateGroups, updateKernel } from './update.ts';

/** How many workgroups a kernel is dispatched with. */
export type Extent =
  /** Tiles of the chunk × slots. */
  | { readonly kind: 'tiles' }
  /** `x` × slots. */
  | { readonly kind: 'slots'; readonly x: number }
  /** `x` × slices × slots. */
  | { readonly kind: 'slices'; readonly x: number; readonly layer: number };

export interface Launch {
  readonly kernel: Kernel;
  readonly extent: Extent;
}

export interface Kernels {
  /** Once a chunk of tiles. */
  readonly main: readonly Launch[];
  /** Once a step. */
  readonly step: readonly Launch[];
  /** Once a chunk of listed tiles: validation or queries. */
  readonly listed: readonly Launch[];
  /** Once a look. */
  readonly look: readonly Launch[];
  /** After weights were written from outside. */
  readonly written: readonly Launch[];
}

export function kernelsOf(task: Task): Kernels {
  const { layers } = task.variant;
  const backward = layers.flatMap((_, i): Launch[] => {
    const layer = layers.length - 1 - i;
    const { backward } = layers[layer];
    if (task.variant.merged) return [];
    const way = tiled(backwardKernel(task, layer, backward));
    return hasProduct(backward) ? [way, { kernel: gradientKernel(task, layer, backward), extent: { kind: 'slices', x: gradientTiles(task, layer, backward), layer } }] : [way];
  });
  return {
    main: [...layers.map((_, layer) => tiled(forwardKernel(task, layer, true))), ...backward],
    step: [
      { kernel: reduceKernel(task), extent: { kind: 'slots', x: reduceGroups(task) } },
      { kernel: updateKernel(task), extent: { kind: 'slots', x: updateGroups(task) } },
    ],
    listed: layers.map((_, layer) => tiled(forwardKernel(task, layer, false))),
    look: [
      { kernel: judgeKernel(task), extent: { kind: 'slots', x: 1 } },
      { kernel: keepKernel(task), extent: { kind: 'slots', x: keepGroups(task) } },
    ],
    written: transposedNumbers(task) > 0 ? [{ kernel: transposeKernel(task), extent: { kind: 'slots', x: updateGroups(task) } }] : [],
  };
}

const tiled = (one: Kernel): Launch => ({ kernel: one, extent: { kind: 'tiles' } });

/** Workgroup memory of pieces that run one after the other: what has one name is one variable, as long as the longest. */
function together(...lists: readonly (readonly Shared[])[]): readonly Shared[] {
  const byName = new Map<string, Shared>();
  for (const one of lists.flat()) {
    const known = byName.get(one.name);
    if (!known || known.length < one.length) byName.set(one.name, one);
  }
  return [...byName.values()];
}

function forwardPiece(task: Task, layer: number, cut: ForwardCut, train: boolean): Piece {
  switch (cut.kind) {
    case 'registers': return forwardRegisters(task, layer, cut, train);
    case 'quads': return forwardQuads(task, layer, cut, train);
    case 'streaming': return forwardStreaming(task, layer, cut, train);
  }
}

function backwardPiece(task: Task, layer: number, cut: BackwardCut): Piece {
  switch (cut.kind) {
    case 'registers': return backwardRegisters(task, layer, cut, false);
    case 'chain': return backwardChain(task, layer, cut);
    case 'streaming': return backwardStreaming(task, layer, cut);
  }
}

function forwardKernel(task: Task, layer: number, train: boolean): Kernel {
  const { shape, variant } = task;
  const { forward: cut, backward } = variant.layers[layer];
  const last = layer + 1 === shape.layers.length;
  const merged = train && variant.merged;
  const options = sampleOptions(task, !train);
  const way = forwardPiece(task, layer, cut, train);
  const top: Piece | null = last ? head(task, cut.threads, train) : null;
  const back = merged && backward.kind === 'registers' ? backwardRegisters(task, layer, backward, true) : null;
  const sampled = layer === 0 || last || task.dropping;
  const keepsGates = train;
  const keepsCells = train || !last;
  return kernel({
    label: `forward ${layer}${train ? '' : ' listed'}`,
    uses: [
      ...reads('weights', 'data', 'jobs', 'states'),
      ...writes(...(keepsGates ? ['gates'] as const : []), ...(keepsCells || layer > 0 ? ['cells'] as const : [])),
      ...writes(...(train && hasProduct(backward) && layer === 0 ? ['inputs'] as const : [])),
      ...writes(...(train && last ? ['restParts'] as const : []), ...(back ? ['matrixParts'] as const : [])),
      ...writes(...(!train && last ? ['rowLosses', 'forecasts'] as const : [])),
    ],
    threads: cut.threads,
    constants: constantsOf(task, cut.threads),
    shared: together(sampled ? sampleShared(options) : [], way.shared, top?.shared ?? [], back?.shared ?? []),
    functions: [
      hashes, ...(train ? [draws] : []), cells, dropping, running, sampleFunctions(shape, options),
      way.functions, top?.functions ?? '', last && train ? headBack(shape) : '',
    ].join('\n'),
    subgroups: variant.lanes > 0,
    body: `
  let tile = wid.x + part.tile;
  let slot = wid.y + part.slot;
  ${train
    ? 'if (!running(slot)) { return; }'
    : 'if (!due(slot) || tile * ROWS >= select(jobs[slot].validations, jobs[slot].queryCount, part.list == 1u)) { return; }'}
  let base = jobs[slot].model * QUADS;
  ${train ? 'let step = states[slot].iteration + 1u;' : ''}
  ${sampled ? findSamples(options) : ''}
  workgroupBarrier();
  ${top ? way.body : `{ ${way.body} }`}
  ${top ? top.body : ''}
  ${train && last && !merged ? keepSlopes(task, layer) : ''}
  ${back ? `storageBarrier(); { ${back.body} }` : ''}`,
  });
}

/** Leaves the slopes of the last h for the kernel of the way back. */
function keepSlopes({ shape }: Task, layer: number): string {
  return `
  workgroupBarrier();
  let slopes = (((wid.y * LAYERS + ${layer}u) * CHUNK + wid.x) * (BINS + 1u) + BINS) * ROWS * H;
  for (var i = lid; i < ROWS * ${shape.hidden}u; i += THREADS) { cells[slopes + i] = vec2f(dhOf(base, outs, i / H, i % H), 0.0); }`;
}

function backwardKernel(task: Task, layer: number, cut: BackwardCut): Kernel {
  const { shape } = task;
  const registers = !hasProduct(cut);
  const options = sampleOptions(task, false);
  const piece = backwardPiece(task, layer, cut);
  const { threads } = cut;
  // Windows are read again where their gradient is summed in registers; what was dropped is hashed again.
  const sampled = registers && (layer === 0 || task.dropping);
  return kernel({
    label: `backward ${layer}`,
    uses: [
      ...reads(...(registers ? ['weights'] as const : ['transposed'] as const), ...(sampled ? ['data'] as const : []), 'jobs', 'states'),
      ...writes('gates', 'cells', 'restParts', ...(registers ? ['matrixParts'] as const : [])),
    ],
    threads,
    constants: constantsOf(task, threads),
    shared: together(sampled ? sampleShared(options) : [], piece.shared),
    subgroups: task.variant.lanes > 0,
    functions: [hashes, cells, dropping, running, ...(sampled ? [draws, sampleFunctions(shape, options)] : []), piece.functions].join('\n'),
    body: `
  let tile = wid.x + part.tile;
  let slot = wid.y + part.slot;
  if (!running(slot)) { return; }
  let base = jobs[slot].model * QUADS;
  let step = states[slot].iteration + 1u;
  ${sampled ? findSamples(options) : ''}
  workgroupBarrier();
  ${piece.body}`,
  });
}

function gradientKernel(task: Task, layer: number, cut: ProductCut): Kernel {
  const { body, shared } = matrixGradient(task, layer, cut);
  return kernel({
    label: `matrix gradient ${layer}`,
    uses: [...reads('jobs', 'states', 'gates', 'cells', ...(layer === 0 ? ['inputs'] as const : [])), ...writes('matrixParts')],
    threads: gradientThreads(cut),
    constants: constantsOf(task, gradientThreads(cut)),
    shared,
    functions: [hashes, dropping, running].join('\n'),
    body,
  });
}
