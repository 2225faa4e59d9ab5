export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
}

export interface SearchSettings {
  /** Edges of the first simplex as parts of the box. */
  readonly spread: number;
  /** Ends when the values at the corners differ by less. */
  readonly tolerance: number;
  /** Ends after about so many evaluations. */
  readonly evaluations: number;
}

/**
 * Nelder and Mead's simplex search within a box (reflection 1, expansion 2, contraction and shrinking ½). A simplex may fall
 * flat against a bound before it reaches the minimum: start again from what was found, which gives it room.
 * @param start a point within the box
 * @param lower @param upper bounds of each coordinate
 */
export function minimise(
  value: (point: Float64Array) => number,
  start: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  settings: SearchSettings,
): Minimum {
  const search = new SimplexSearch(value, lower, upper);
  search.run(start, settings);
  return search.best;
}

class SimplexSearch {
  readonly #value: (point: Float64Array) => number;
  readonly #lower: ArrayLike<number>;
  readonly #upper: ArrayLike<number>;
  /** Corners, best first. */
  readonly #corners: { readonly point: Float64Array; value: number }[];
  readonly #centre: Float64Array;
  readonly #tried: Float64Array;
  readonly #further: Float64Array;

  constructor(value: (point: Float64Array) => number, lower: ArrayLike<number>, upper: ArrayLike<number>) {
    const size = lower.length;
    this.#value = value;
    this.#lower = lower;
    this.#upper = upper;
    this.#corners = Array.from({ length: size + 1 }, () => ({ point: new Float64Array(size), value: Infinity }));
    this.#centre = new Float64Array(size);
    this.#tried = new Float64Array(size);
    this.#further = new Float64Array(size);
  }

  get best(): Minimum {
    const { point, value } = this.#corners[0];
    return { point: point.slice(), value };
  }

  run(start: ArrayLike<number>, { spread, tolerance, evaluations }: SearchSettings): void {
    const corners = this.#corners;
    const size = this.#centre.length;
    const first = Float64Array.from(start);
    corners.forEach((corner, i) => {
      corner.point.set(first);
      if (i > 0) {
        const at = i - 1;
        const edge = spread * (this.#upper[at] - this.#lower[at]);
        corner.point[at] += first[at] + edge <= this.#upper[at] ? edge : -edge;
      }
      corner.value = this.#value(corner.point);
    });
    for (let used = size + 1; used < evaluations;) {
      corners.sort((a, b) => a.value - b.value);
      if (!(corners[size].value - corners[0].value > tolerance)) return;
      used += this.#step();
    }
    corners.sort((a, b) => a.value - b.value);
  }

  /** One step of the search. @returns evaluations used */
  #step(): number {
    const corners = this.#corners;
    const size = this.#centre.length;
    const worst = corners[size];
    this.#centre.fill(0);
    for (let i = 0; i < size; i++) for (let at = 0; at < size; at++) this.#centre[at] += corners[i].point[at] / size;
    const reflected = this.#try(1, worst.point, this.#tried);
    if (reflected < corners[0].value) {
      const expanded = this.#try(2, worst.point, this.#further);
      if (expanded < reflected) this.#replace(worst, this.#further, expanded);
      else this.#replace(worst, this.#tried, reflected);
      return 2;
    }
    if (reflected < corners[size - 1].value) {
      this.#replace(worst, this.#tried, reflected);
      return 1;
    }
    const contracted = this.#try(reflected < worst.value ? 0.5 : -0.5, worst.point, this.#further);
    if (contracted < Math.min(reflected, worst.value)) {
      this.#replace(worst, this.#further, contracted);
      return 2;
    }
    for (let i = 1; i <= size; i++) {
      const { point } = corners[i];
      for (let at = 0; at < size; at++) point[at] = (point[at] + corners[0].point[at]) / 2;
      corners[i].value = this.#value(point);
    }
    return 2 + size;
  }

  /** The value at the centre plus `factor` times the way from the worst corner to it. */
  #try(factor: number, worst: Float64Array, into: Float64Array): number {
    for (let at = 0; at < into.length; at++) {
      const wanted = this.#centre[at] + factor * (this.#centre[at] - worst[at]);
      into[at] = Math.min(this.#upper[at], Math.max(this.#lower[at], wanted));
    }
    return this.#value(into);
  }

  #replace(corner: { readonly point: Float64Array; value: number }, point: Float64Array, value: number): void {
    corner.point.set(point);
    corner.value = value;
  }
}
