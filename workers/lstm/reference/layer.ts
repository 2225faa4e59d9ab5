/** One LSTM layer over all bins, and the way back through it. To be called inside `tf.tidy`. */
import * as tf from '@tensorflow/tfjs-core';

/** What a bin leaves for the way back; all `[rows][hidden]` but `joined`, `[rows][inputs + hidden]`. */
interface Step {
  readonly joined: tf.Tensor2D;
  readonly i: tf.Tensor2D;
  readonly f: tf.Tensor2D;
  readonly g: tf.Tensor2D;
  readonly o: tf.Tensor2D;
  readonly before: tf.Tensor2D;
  readonly tanhC: tf.Tensor2D;
}

export interface LayerPass {
  readonly steps: readonly Step[];
  /** h of every bin, `[rows][hidden]`. */
  readonly outputs: readonly tf.Tensor2D[];
}

/**
 * @param kernel `[inputs + hidden][4 · hidden]`
 * @param inputs what the layer reads at every bin, `[rows][inputs]`
 */
export function layerForward(kernel: tf.Tensor2D, bias: tf.Tensor, inputs: readonly tf.Tensor2D[]): LayerPass {
  const hidden = kernel.shape[1] / 4;
  const steps: Step[] = [];
  const outputs: tf.Tensor2D[] = [];
  let h: tf.Tensor2D = tf.zeros([inputs[0].shape[0], hidden]);
  let c = h;
  for (const x of inputs) {
    const joined = tf.concat([x, h], 1);
    const [zi, zf, zg, zo] = tf.split(tf.fused.matMul({ a: joined, b: kernel, bias }), 4, 1) as tf.Tensor2D[];
    const i = tf.sigmoid(zi);
    const f = tf.sigmoid(zf);
    const g = tf.tanh(zg);
    const o = tf.sigmoid(zo);
    const before = c;
    c = tf.add(tf.mul(f, c), tf.mul(i, g));
    const tanhC = tf.tanh(c);
    h = tf.mul(o, tanhC);
    steps.push({ joined, i, f, g, o, before, tanhC });
    outputs.push(h);
  }
  return { steps, outputs };
}

/** y · (1 − y), the derivative of the sigmoid by its value. */
const sigmoidSlope = (y: tf.Tensor2D): tf.Tensor2D => tf.sub(y, tf.square(y));
/** 1 − y², the derivative of tanh by its value. */
export const tanhSlope = (y: tf.Tensor2D): tf.Tensor2D => tf.sub(1, tf.square(y));

/**
 * Derivatives by the layer's weights, and by the gates' sums of every bin, `[rows][4 · hidden]`.
 * @param dOutputs derivative by h of every bin, as far as what follows the layer reads that h
 */
export function layerBackward(
  kernel: tf.Tensor2D, { steps }: LayerPass, dOutputs: readonly (tf.Tensor2D | null)[],
): { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D; readonly gates: readonly tf.Tensor2D[] } {
  const recurrent = hiddenRows(kernel);
  const gates: tf.Tensor2D[] = [];
  let dh: tf.Tensor2D | null = null;
  let dc: tf.Tensor2D | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { i, f, g, o, before, tanhC } = steps[t];
    const here: tf.Tensor2D = sum(dh, dOutputs[t]) ?? tf.zerosLike(o);
    const cell: tf.Tensor2D = sum(dc, tf.mul(tf.mul(here, o), tanhSlope(tanhC)))!;
    const dz = tf.concat([
      tf.mul(tf.mul(cell, g), sigmoidSlope(i)),
      tf.mul(tf.mul(cell, before), sigmoidSlope(f)),
      tf.mul(tf.mul(cell, i), tanhSlope(g)),
      tf.mul(tf.mul(here, tanhC), sigmoidSlope(o)),
    ] as tf.Tensor2D[], 1);
    gates.push(dz);
    if (t > 0) {
      dh = tf.matMul(dz, recurrent, false, true);
      dc = tf.mul(cell, f);
    }
  }
  gates.reverse();
  // One product over all bins at once: rows of all bins under each other.
  const allGates = tf.concat(gates, 0);
  return {
    kernel: tf.matMul(tf.concat(steps.map((step) => step.joined), 0), allGates, true),
    bias: tf.sum(allGates, 0),
    gates,
  };
}

/** Derivative by what the layer read at a bin, `[rows][inputs]`. */
export function inputGradient(kernel: tf.Tensor2D, gates: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = kernel.shape;
  return tf.matMul(gates, tf.slice(kernel, [0, 0], [rows - columns / 4, columns]), false, true);
}

/** The rows of the kernel that h is multiplied by. */
function hiddenRows(kernel: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = kernel.shape;
  return tf.slice(kernel, [rows - columns / 4, 0], [columns / 4, columns]);
}

function sum(a: tf.Tensor2D | null, b: tf.Tensor2D | null): tf.Tensor2D | null {
  return a && b ? tf.add(a, b) : (a ?? b);
}
