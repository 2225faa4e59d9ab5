/**
 * How a shape's work is cut: rows a workgroup, threads, what is kept in registers. Variants give the same numbers up to
 * the order of sums; which one is fastest depends on shape and card, so a few are tried (`tune.ts`).
 *
 * `registers`: a thread keeps its part of the matrix in registers, all bins long, and the matrix gradient as well.
 * `quads`: the same, shared by the four lanes of a quad, which exchange sums lane to lane (feature "subgroups").
 * `streaming`: matrices are read through the cache at every bin, the way back leaves its slopes in memory, and the
 * matrix gradient is a product of its own: for matrices that no registers hold.
 */
import type { LayerShape, Shape } from './shape.ts';

export interface RegisterCut {
  readonly kind: 'registers';
  /** Threads of a workgroup: a multiple of the hidden units. */
  readonly threads: number;
  /** Parts that a unit's row of the matrix is split into. */
  readonly splits: number;
  /** Rows of the matrix a part, a multiple of 4. */
  readonly rows: number;
  /** The same on the way back: parts that the units are split into, units a part. */
  readonly backSplits: number;
  readonly backUnits: number;
}

export interface StreamCut {
  readonly kind: 'streaming';
  readonly threads: number;
  /** Rows of the batch a thread, a multiple of 4. */
  readonly rows: number;
  /** Tile of the matrix gradient: rows of the matrix, units, rows of the batch at a time. */
  readonly tileRows: number;
  readonly tileUnits: number;
  readonly depth: number;
}

export interface QuadCut {
  readonly kind: 'quads';
  /** Four a unit. */
  readonly threads: number;
  /** On the way back: parts that the units are split into, a multiple of 4, and units a part. */
  readonly backParts: number;
  readonly backUnits: number;
}

export type LayerCut = RegisterCut | QuadCut | StreamCut;

export interface Variant {
  /** Rows of the batch that a workgroup carries through all bins. */
  readonly rows: number;
  readonly layers: readonly LayerCut[];
  /** Forward and backward in one dispatch; of one layer in registers alone. */
  readonly merged: boolean;
  /** h goes from lane to lane (feature "subgroups") instead of through workgroup memory. */
  readonly lanes: boolean;
}

/** Registers of a thread, in floats, that weights and sums may take before they spill. */
const REGISTERS = 200;

/** null when the shape cannot be cut so. */
export function registerCut({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, threads: number): RegisterCut | null {
  if (threads % hidden !== 0) return null;
  const splits = threads / hidden;
  const rows = Math.ceil(layer.rows / splits / 4) * 4;
  // A quad of rows that the gradient passes back to is a thread's; the units are split over the rest.
  const quads = layer.back / 4;
  if (threads % quads !== 0) return null;
  const backSplits = threads / quads;
  if (hidden % backSplits !== 0) return null;
  const backUnits = hidden / backSplits;
  return 4 * rows + 16 * backUnits > REGISTERS ? null : { kind: 'registers', threads, splits, rows, backSplits, backUnits };
}

/** null when the shape cannot be cut so. */
export function quadCut({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape): QuadCut | null {
  const threads = 4 * hidden;
  const quads = layer.back / 4;
  const backParts = threads / quads;
  if (backParts % 4 !== 0 || hidden % backParts !== 0) return null;
  const backUnits = hidden / backParts;
  return layer.rows + 16 * backUnits > REGISTERS ? null : { kind: 'quads', threads, backParts, backUnits };
}

/** @param batchRows rows of a workgroup */
export function streamCut({ hidden }: Pick<Shape, 'hidden'>, layer: LayerShape, batchRows: number, rows: number): StreamCut | null {
  if (batchRows % rows !== 0 || rows % 4 !== 0) return null;
  const tileUnits = hidden % 32 === 0 ? 32 : hidden % 16 === 0 ? 16 : hidden % 8 === 0 ? 8 : 4;
  const depth = [16, 8, 4].find((one) => batchRows % one === 0)!;
  let best = 0;
  let tileRows = 40;
  // Eight rows and two units a thread: the tile that leaves the fewest lanes idle.
  for (let candidate = 96; candidate >= 8; candidate -= 8) {
    const threads = (candidate / 8) * (tileUnits / 2);
    if (threads > 256) continue;
    const used = (layer.rows / (Math.ceil(layer.rows / candidate) * candidate)) * (threads / (Math.ceil(threads / 32) * 32));
    if (used > best + 1e-9) {
      best = used;
      tileRows = candidate;
    }
  }
  return { kind: 'streaming', threads: hidden * (batchRows / rows), rows, tileRows, tileUnits, depth };
}

export function variantName({ rows, layers, merged, lanes }: Variant): string {
  return [
    ...layers.map((cut) => (cut.kind === 'streaming' ? `streaming ${cut.threads} × ${cut.rows}` : `${cut.kind} ${cut.threads}`)),
    `${rows} rows`, ...(merged ? ['merged'] : []), ...(lanes ? ['lanes'] : []),
  ].join(', ');
}
