import { number } from '../amount.ts';
import type { SummedAxis } from './axes.ts';
import type { Values } from './elements.ts';
import { badInput } from '../read/problems.ts';

/** Sums that are given on at once, about. */
const batchSums = 1 << 16;

/** Sums that wait for the last part of theirs: beyond this they do not fit in memory. */
const mostSums = 1 << 27;

/**
 * Sums an array over one axis while its elements come in the order of the file. It holds the sums of what varies faster than
 * that axis. A cell that is no load (below 0, NaN) makes its sum that value.
 */
export class AxisSum {
  /** Cells that vary faster than the axis. */
  readonly #inner: number;
  readonly #length: number;
  /** Outer cells that are summed before the sums are given on. */
  readonly #batch: number;
  #sums: Float64Array;
  /** Elements that came of the batch. */
  #at = 0;

  /** Throws `bad-input` when there are too many sums to hold. */
  constructor(file: string, { shape, axis }: SummedAxis, fortranOrder: boolean) {
    const faster = fortranOrder ? shape.slice(0, axis) : shape.slice(axis + 1);
    const slower = fortranOrder ? shape.slice(axis + 1) : shape.slice(0, axis);
    const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
    this.#inner = product(faster);
    this.#length = shape[axis];
    if (this.#inner > mostSums) throw badInput(file, `${number.format(this.#inner)} sums over its ${shape[axis]} ranks do not fit in memory at once`, 'save it summed: counts.sum(axis=0)');
    this.#batch = Math.min(product(slower), Math.max(1, Math.floor(batchSums / this.#inner)));
    this.#sums = new Float64Array(this.#batch * this.#inner);
  }

  /** @param onSums told of sums in the order of the array without the axis; they are the receiver's */
  push(values: Values, onSums: (sums: Float64Array) => void): void {
    const inner = this.#inner;
    const block = inner * this.#length;
    for (let from = 0; from < values.length;) {
      const inBlock = this.#at % block;
      const first = ((this.#at - inBlock) / block) * inner + (inBlock % inner);
      const count = Math.min(inner - (inBlock % inner), values.length - from);
      const sums = this.#sums;
      for (let i = 0; i < count; i++) {
        const value = values[from + i];
        const sum = sums[first + i];
        if (sum >= 0) sums[first + i] = value >= 0 ? sum + value : value;
      }
      from += count;
      this.#at += count;
      if (this.#at === block * this.#batch) this.#give(onSums, sums.length);
    }
  }

  /** Gives on the sums of a last, smaller batch. */
  end(onSums: (sums: Float64Array) => void): void {
    const whole = Math.floor(this.#at / (this.#inner * this.#length)) * this.#inner;
    if (whole > 0) this.#give(onSums, whole);
  }

  #give(onSums: (sums: Float64Array) => void, count: number): void {
    onSums(this.#sums.subarray(0, count));
    this.#sums = new Float64Array(this.#sums.length);
    this.#at = 0;
  }
}
