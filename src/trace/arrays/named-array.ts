import type { DenseGrid } from '../build/dense.ts';
import type { ArrayForm, Values } from './elements.ts';
import { badInput } from '../read/problems.ts';

/** An array inside a file that holds several: its form is known, its elements are read when asked for. */
export interface NamedArray {
  readonly name: string;
  readonly form: ArrayForm;
  /** Bytes that the file has for its elements, to notice a cut or lying file before memory is taken. */
  readonly dataBytes: number;
  /** Bytes of the file that reading it takes; for progress. */
  readonly fileBytes: number;
  /**
   * The bytes of its elements in order; more bytes may follow them.
   * @param onBytes told of bytes of the file as they are read
   */
  chunks(onBytes: (bytes: number) => void): AsyncIterable<Uint8Array>;
}

/** A file that holds named arrays. */
export interface ArrayFile {
  readonly name: string;
  /** "NPZ", "safetensors" */
  readonly format: string;
  readonly arrays: readonly NamedArray[];
  readonly notes: readonly string[];
  /** Name of an array that is a ring of rows, begun anywhere, whose unused rows hold zeros alone. */
  readonly ring?: string;
}

/** Decodes the elements of one of a file's arrays. */
export type ReadElements = (array: NamedArray, onValues: (values: Values) => void) => Promise<void>;

export interface Loads {
  readonly grid: DenseGrid;
  readonly layerNames: readonly string[];
  /** How the loads lie in the file: "an array a layer". */
  readonly layout?: string;
  readonly notes?: readonly string[];
}

/** All elements of an array, in the order of the file. */
export async function readWhole(array: NamedArray, read: ReadElements): Promise<Float64Array> {
  const whole = new Float64Array(array.form.length);
  let at = 0;
  await read(array, (values) => {
    whole.set(values, at);
    at += values.length;
  });
  return whole;
}

/** @param name as errors call the steps */
export function checkSteps(steps: Float64Array, name: string): void {
  const wrong = steps.findIndex((step) => !Number.isSafeInteger(step) || step < 0);
  if (wrong >= 0) throw badInput(name, `${steps[wrong]} at [${wrong}] is not a training step`, 'save whole numbers from 0 up, or leave the array out');
}
