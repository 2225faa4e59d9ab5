/**
 * How a shape's work is cut: rows a workgroup, threads, what is kept in registers. Variants give the same numbers up to
 * the order of sums; which one is fastest depends on shape and card, so a few are tried (`tune.ts`).
 */
import type { LayerShape, Shape } from './shape.ts';

/** A thread keeps its part of the matrix in registers, all bins long; what they have no room for is read at every bin. */
export interface RegisterForward {
  readonly kind: 'registers';
  /** Threads of a workgroup: a multiple of the hidden units. */
  readonly threads: number;
  /** Parts that a unit's row of the matrix is split into. */
  readonly splits: number;
  /** Rows of the matrix a part, and how many of them are kept; multiples of 4. */
  readonly rows: number;
  readonly kept: number;
}

/** The same, shared by four lanes, which exchange sums lane to lane (feature "subgroups"). */
export interface QuadForward {
  readonly kind: 'quads';
  /** Four for so many units. */
  readonly threads: number;
  readonly units: number;
}

/** The matrix is read through the cache at every bin. */
export interface StreamForward {
  readonly kind: 'streaming';
  readonly threads: number;
  /** Rows of the batch a thread, a multiple of 4. */
  readonly rows: number;
}

export type ForwardCut = RegisterForward | QuadForward | StreamForward;

/** A thread keeps its part of the transposed matrix in registers, and sums its part of the matrix gradient there. */
export interface RegisterBackward {
  readonly kind: 'registers';
  readonly threads: number;
  /** Of the gradient, as on the way forward. */
  readonly splits: number;
  readonly rows: number;
  /** Parts that the units are split into, and units a part. */
  readonly backSplits: number;
  readonly backUnits: number;
}

/** The matrix gradient is a product of its own, of slopes that the way back leaves in memory. Its tile: */
export interface Product {
  /** Rows of the matrix, units, rows of the batch at a time. */
  readonly tileRows: number;
  readonly tileUnits: number;
  readonly depth: number;
}

/** A thread keeps its part of the transposed matrix, or some of it, in registers. */
export interface ChainBackward extends Product {
  readonly kind: 'chain';
  readonly threads: number;
  readonly backSplits: number;
  readonly backUnits: number;
  /** Units that are kept; the others are read at every bin. */
  readonly kept: number;
}

/** The transposed matrix is read through the cache at every bin. */
export interface StreamBackward extends Product {
  readonly kind: 'streaming';
  readonly threads: number;
  /** Rows of the batch a thread, a multiple of 4. */
  readonly rows: number;
}

export type ProductCut = ChainBackward | StreamBackward;
export type BackwardCut = RegisterBackward | ProductCut;

export interface LayerCut {
  readonly forward: ForwardCut;
  readonly backward: BackwardCut;
}

export interface Variant {
  /** Rows of the batch that a workgroup carries through all bins. */
  readonly rows: number;
  readonly layers: readonly LayerCut[];
  /** Forward and backward in one dispatch; of one layer with everything in registers alone. */
  readonly merged: boolean;
  /** Neighbouring threads that exchange numbers lane to lane (feature "subgroups"), a power of 2; 0: all goes through workgroup memory. */
  readonly lanes: number;
}

/** Whether the matrix gradient is a product of its own. */
export const hasProduct = (cut: BackwardCut): cut is ProductCut => cut.kind !== 'registers';

/** Registers of a thread, in floats, that weights and sums may take before they spill. */
const REGISTERS = 200;
/** All registers of a multiprocessor, in floats: many threads have fewer each. */
const ALL_REGISTERS = 65_536;
/** Of a thread's registers, those that everything but weights takes. */
const OTHER_REGISTERS = 48;

/** null when the shape cannot be cut so. @param partly not all of the matrix need be kept */
export function registerForward({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, threads: number, partly: boolean): RegisterForward | null {
  if (threads % hidden !== 0) return null;
  const splits = threads / hidden;
  const rows = Math.ceil(layer.rows / splits / 4) * 4;
  const room = partly ? Math.min(REGISTERS, ALL_REGISTERS / threads - OTHER_REGISTERS) : REGISTERS;
  const kept = Math.min(rows, Math.floor(room / 16) * 4);
  return kept < 4 || (!partly && kept < rows) ? null : { kind: 'registers', threads, splits, rows, kept };
}

/** null when the shape cannot be cut so. @param units of a quad of threads */
export function quadForward({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, units: number): QuadForward | null {
  return hidden % units !== 0 || layer.rows * units > REGISTERS ? null : { kind: 'quads', threads: (4 * hidden) / units, units };
}

/** null when the shape cannot be cut so. @param batchRows rows of a workgroup @param rows of a thread */
export function streamForward({ hidden }: Pick<Shape, 'hidden'>, batchRows: number, rows: number): StreamForward | null {
  return batchRows % rows !== 0 || rows % 4 !== 0 ? null : { kind: 'streaming', threads: hidden * (batchRows / rows), rows };
}

/** A quad of rows that the gradient passes back to is a thread's; the units are split over the others. */
function backSplit({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, threads: number): { readonly backSplits: number; readonly backUnits: number } | null {
  const backSplits = threads / (layer.back / 4);
  return threads % hidden === 0 && Number.isInteger(backSplits) && hidden % backSplits === 0 ? { backSplits, backUnits: hidden / backSplits } : null;
}

/** null when the shape cannot be cut so. */
export function registerBackward(shape: Pick<Shape, 'hidden'>, layer: LayerShape, threads: number): RegisterBackward | null {
  const split = backSplit(shape, layer, threads);
  if (!split) return null;
  const splits = threads / shape.hidden;
  const rows = Math.ceil(layer.rows / splits / 4) * 4;
  return 4 * rows + 16 * split.backUnits > REGISTERS ? null : { kind: 'registers', threads, splits, rows, ...split };
}

/** null when the shape cannot be cut so. @param batchRows rows of a workgroup */
export function chainBackward(shape: Pick<Shape, 'hidden'>, layer: LayerShape, batchRows: number, threads: number): ChainBackward | null {
  const split = backSplit(shape, layer, threads);
  if (!split) return null;
  const kept = Math.min(split.backUnits, Math.floor(Math.min(REGISTERS, ALL_REGISTERS / threads - OTHER_REGISTERS) / 16));
  return kept < 1 ? null : { kind: 'chain', threads, ...split, kept, ...productOf(shape, layer, batchRows) };
}

/** null when the shape cannot be cut so. @param batchRows rows of a workgroup @param rows of a thread */
export function streamBackward(shape: Pick<Shape, 'hidden'>, layer: LayerShape, batchRows: number, rows: number): StreamBackward | null {
  const forward = streamForward(shape, batchRows, rows);
  return forward && { ...forward, ...productOf(shape, layer, batchRows) };
}

/** @param batchRows rows of a workgroup */
function productOf({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, batchRows: number): Product {
  const tileUnits = hidden % 32 === 0 ? 32 : hidden % 16 === 0 ? 16 : hidden % 8 === 0 ? 8 : 4;
  const depth = [16, 12, 8, 4, 2, 1].find((one) => batchRows % one === 0)!;
  let best = 0;
  let tileRows = 8;
  // The tile that leaves the fewest lanes idle, at eight rows and two units a thread.
  for (let candidate = 96; candidate >= 8; candidate -= 8) {
    const threads = (candidate / 8) * (tileUnits / 2);
    if (threads > 256) continue;
    const used = (layer.rows / (Math.ceil(layer.rows / candidate) * candidate)) * (threads / (Math.ceil(threads / 32) * 32));
    if (used > best + 1e-9) {
      best = used;
      tileRows = candidate;
    }
  }
  return { tileUnits, tileRows, depth };
}

function forwardName(cut: ForwardCut): string {
  switch (cut.kind) {
    case 'registers': return `registers ${cut.threads}${cut.kept < cut.rows ? ` keeping ${cut.kept} of ${cut.rows}` : ''}`;
    case 'quads': return `quads ${cut.threads} × ${cut.units}`;
    case 'streaming': return `streaming ${cut.threads} × ${cut.rows}`;
  }
}

function backwardName(cut: BackwardCut): string {
  switch (cut.kind) {
    case 'registers': return `registers ${cut.threads}`;
    case 'chain': return `chain ${cut.threads} keeping ${cut.kept} of ${cut.backUnits}`;
    case 'streaming': return `streaming ${cut.threads} × ${cut.rows}`;
  }
}

export function variantName({ rows, layers, merged, lanes }: Variant): string {
  return [
    ...layers.map(({ forward, backward }) => [...new Set([forwardName(forward), backwardName(backward)])].join(' / ')),
    `${rows} rows`, ...(merged ? ['merged'] : []), ...(lanes > 0 ? ['lanes'] : []),
  ].join(', ');
}
