import { Zip, ZipDeflate } from 'fflate';
import { rowsAtOnce, rowsOf } from '../kept/stored-layer.ts';
import type { Trace } from '../trace.ts';
import { bytesOfElements, npyHeader, type Elements } from './npy.ts';

type Loads = Exclude<Elements, BigInt64Array>;
type LoadsType = new (length: number) => Loads;

/** One array of an archive. */
interface Member {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the whole array, to tell its type. */
  readonly like: Elements;
  readonly pieces: () => Iterable<Elements>;
}

/**
 * A trace as NumPy reads it with `numpy.load`: `counts` (or `shares`) `[steps, layers, experts]`, `step`, and `loss` where it
 * is known. Layers of unequal numbers of experts have an array each, `layer_0`, …, `[steps, experts]`. Names of layers are not kept.
 */
export function* npzPieces(trace: Trace): Generator<Uint8Array, void> {
  const waiting: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    else waiting.push(piece);
  });
  function* flush(): Generator<Uint8Array, void> {
    if (failure) throw failure;
    yield* waiting.splice(0);
  }
  for (const { name, shape, like, pieces } of members(trace)) {
    const file = new ZipDeflate(`${name}.npy`, { level: 6 });
    // The same trace gives the same file, whenever it is written: 1980-01-01, the earliest that zip knows.
    file.mtime = new Date(1980, 0, 1);
    zip.add(file);
    file.push(npyHeader(like, shape));
    for (const piece of pieces()) {
      file.push(bytesOfElements(piece));
      yield* flush();
    }
    file.push(new Uint8Array(), true);
    yield* flush();
  }
  zip.end();
  yield* flush();
}

function members(trace: Trace): readonly Member[] {
  const { steps, layers, loss } = trace;
  const what = trace.kind === 'counts' ? 'counts' : 'shares';
  const whole = BigInt64Array.from(steps, BigInt);
  const equal = layers.every(({ experts }) => experts === layers[0].experts);
  const loads: readonly Member[] = equal
    ? [loadsOf(what, [steps.length, layers.length, layers[0].experts], layers, steps.length)]
    : layers.map((layer, index) => loadsOf(`layer_${index}`, [steps.length, layer.experts], [layer], steps.length));
  return [
    ...loads,
    { name: 'step', shape: [steps.length], like: whole, pieces: () => [whole] },
    ...(loss ? [{ name: 'loss', shape: [steps.length], like: loss, pieces: () => [loss] }] : []),
  ];
}

function loadsOf(name: string, shape: readonly number[], layers: Trace['layers'], rows: number): Member {
  const Type = typeOfLoads(layers);
  return { name, shape, like: new Type(0), pieces: () => stepMajor(layers, rows, Type) };
}

/** Counts as the int32 that other tools like; with a count over 2³¹ − 1 all keep their unsigned type. */
function typeOfLoads(layers: Trace['layers']): LoadsType {
  for (const { values } of layers) {
    if (values instanceof Float32Array) return Float32Array;
    if (values.some((value) => value > 0x7fffffff)) return Uint32Array;
  }
  return Int32Array;
}

/** Rows of layers that have the same number of experts, side by side. */
function* stepMajor(layers: Trace['layers'], rows: number, Type: LoadsType): Generator<Loads, void> {
  const { experts } = layers[0];
  const width = layers.length * experts;
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    const piece = new Type(count * width);
    for (const [layer, one] of layers.entries()) {
      const values = rowsOf(one, from, from + count);
      for (let row = 0; row < count; row++) piece.set(values.subarray(row * experts, (row + 1) * experts), row * width + layer * experts);
    }
    yield piece;
  }
}
