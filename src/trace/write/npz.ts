import { Zip, ZipDeflate } from 'fflate';
import type { Trace } from '../trace.ts';
import { bytesOfElements, npyHeader, type Elements } from './npy.ts';

/** Rows that are put in order at once. */
const rowsAtOnce = 256;

type Loads = Exclude<Elements, BigInt64Array>;

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
    ? [{ name: what, shape: [steps.length, layers.length, layers[0].experts], like: alike(layers), pieces: () => stepMajor(trace) }]
    : layers.map(({ experts, values }, layer) => ({ name: `layer_${layer}`, shape: [steps.length, experts], like: signed(values), pieces: () => [signed(values)] }));
  return [
    ...loads,
    { name: 'step', shape: [steps.length], like: whole, pieces: () => [whole] },
    ...(loss ? [{ name: 'loss', shape: [steps.length], like: loss, pieces: () => [loss] }] : []),
  ];
}

/** Counts as the int32 that other tools like; a count over 2³¹ − 1 keeps its unsigned type. */
function signed(values: Uint32Array | Float32Array): Loads {
  if (values instanceof Float32Array || values.some((value) => value > 0x7fffffff)) return values;
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** An array of the type that all layers fit in. */
function alike(layers: Trace['layers']): Loads {
  return layers.map(({ values }) => signed(values)).find((values) => values instanceof Uint32Array) ?? signed(layers[0].values);
}

function* stepMajor({ steps, layers }: Trace): Generator<Loads, void> {
  const { experts } = layers[0];
  const width = layers.length * experts;
  const Type = alike(layers).constructor as new (length: number) => Loads;
  for (let from = 0; from < steps.length; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, steps.length - from);
    const piece = new Type(rows * width);
    layers.forEach(({ values }, layer) => {
      for (let row = 0; row < rows; row++) piece.set(values.subarray((from + row) * experts, (from + row + 1) * experts), row * width + layer * experts);
    });
    yield piece;
  }
}
