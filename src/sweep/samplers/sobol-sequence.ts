/**
 * Sobol's sequence (1967) in the order of Antonov and Saleev (1979), with the direction numbers of Joe and Kuo
 * (Constructing Sobol sequences with better two-dimensional projections, 2008; their set new-joe-kuo-6).
 */
import { GatecastError } from '../../errors.ts';

const BITS = 32;

/** Of dimensions 2, 3, …: inner coefficients of the primitive polynomial as bits, and the first direction numbers, as many as its degree. */
const JOE_KUO: readonly (readonly [coefficients: number, first: readonly number[]])[] = [
  [0, [1]], [1, [1, 3]], [1, [1, 3, 1]], [2, [1, 1, 1]], [1, [1, 1, 3, 3]], [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]], [4, [1, 1, 5, 5, 5]], [7, [1, 1, 7, 11, 19]], [11, [1, 1, 5, 1, 1]], [13, [1, 1, 1, 3, 11]], [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]], [13, [1, 1, 1, 15, 21, 21]], [16, [1, 3, 1, 13, 27, 49]], [19, [1, 1, 1, 15, 7, 5]], [22, [1, 3, 1, 15, 13, 25]], [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]], [4, [1, 3, 7, 13, 13, 15, 69]], [7, [1, 1, 3, 13, 7, 35, 63]], [8, [1, 3, 5, 9, 1, 25, 53]], [14, [1, 3, 1, 13, 9, 35, 107]],
  [19, [1, 3, 1, 5, 27, 61, 31]], [21, [1, 1, 5, 11, 19, 41, 61]], [28, [1, 3, 5, 3, 3, 13, 69]], [31, [1, 1, 7, 13, 1, 19, 1]], [32, [1, 3, 7, 5, 13, 19, 59]],
  [37, [1, 1, 3, 9, 25, 29, 41]], [41, [1, 3, 5, 13, 23, 1, 55]], [42, [1, 3, 7, 3, 13, 59, 17]],
];

/** Most dimensions of a point. */
export const MOST_DIMENSIONS = JOE_KUO.length + 1;

/** Direction numbers of a dimension, `[BITS]`, as binary fractions of 32 bits. */
function directionsOf(dimension: number): Uint32Array {
  if (dimension === 0) return Uint32Array.from({ length: BITS }, (_, i) => 2 ** (BITS - 1 - i));
  const [coefficients, first] = JOE_KUO[dimension - 1];
  const degree = first.length;
  const directions = new Uint32Array(BITS);
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = first[i] * 2 ** (BITS - 1 - i);
      continue;
    }
    let direction = directions[i - degree] ^ (directions[i - degree] >>> degree);
    for (let k = 1; k < degree; k++) {
      if ((coefficients >>> (degree - 1 - k)) & 1) direction ^= directions[i - k];
    }
    directions[i] = direction;
  }
  return directions;
}

export class SobolSequence {
  readonly #directions: readonly Uint32Array[];
  readonly #shift: ArrayLike<number>;

  /**
   * @param size dimensions of a point
   * @param shift 32 bits for each dimension that its digits are turned by (a digital shift: every stratum keeps its share of points); without it the sequence begins at 0
   * @throws GatecastError `bad-setting` where there are more dimensions than direction numbers
   */
  constructor(size: number, shift: ArrayLike<number> = new Uint32Array(size)) {
    if (size > MOST_DIMENSIONS) {
      throw new GatecastError({
        code: 'bad-setting', where: 'sampler',
        message: `the Sobol sequence has ${MOST_DIMENSIONS} dimensions here and the search space ${size}`, remedy: 'vary fewer settings, or sample at random',
      });
    }
    this.#directions = Array.from({ length: size }, (_, dimension) => directionsOf(dimension));
    this.#shift = shift;
  }

  /** @returns the point of an index below 2^32, each coordinate in [0, 1) */
  at(index: number): Float64Array {
    const gray = (index ^ (index >>> 1)) >>> 0;
    return Float64Array.from(this.#directions, (directions, dimension) => {
      let digits = this.#shift[dimension];
      for (let bit = 0, rest = gray; rest > 0; bit++, rest >>>= 1) {
        if (rest & 1) digits ^= directions[bit];
      }
      return (digits >>> 0) / 2 ** BITS;
    });
  }
}
