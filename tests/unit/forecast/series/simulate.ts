import { gaussian, random } from '../../../../src/random.ts';

/** Seeded series of processes that a test knows. */
export class Simulation {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  uniform(): number {
    return this.#next();
  }

  normal(): number {
    return gaussian(this.#next);
  }

  /** Standard Gaussian noise around what `level` says. */
  noise(length: number, level: (t: number) => number = () => 0): Float64Array {
    return Float64Array.from({ length }, (_, t) => level(t) + this.normal());
  }

  autoregression(length: number, phi: number): Float64Array {
    let value = this.normal() / Math.sqrt(1 - phi * phi);
    return Float64Array.from({ length }, () => (value = phi * value + this.normal()));
  }

  randomWalk(length: number, step = 1): Float64Array {
    let value = 0;
    return Float64Array.from({ length }, () => (value += step * this.normal()));
  }
}
