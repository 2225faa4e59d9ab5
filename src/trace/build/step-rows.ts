/** Which row belongs to which step, for rows that are added one by one. */
export class StepRows {
  #steps = new Float64Array(1024);
  #rows = 0;
  /** Most traces come in order: then nothing is looked up, and the map is not needed. */
  #byStep: Map<number, number> | null = null;
  #highest = -Infinity;
  #lastStep = NaN;
  #lastRow = -1;

  get rows(): number {
    return this.#rows;
  }

  /** Steps of all rows, NaN where a row has none yet. A copy. */
  steps(): Float64Array<ArrayBuffer> {
    return this.#steps.slice(0, this.#rows);
  }

  /** Number of the row of this step; a new one when there is none. */
  row(step: number): number {
    if (step === this.#lastStep) return this.#lastRow;
    let row = step > this.#highest ? undefined : this.#map().get(step);
    if (row === undefined) {
      row = this.newRow();
      this.setStep(row, step);
    }
    this.#lastStep = step;
    this.#lastRow = row;
    return row;
  }

  /** A row whose step shows only later, by `setStep`. */
  newRow(): number {
    const row = this.#rows++;
    if (row >= this.#steps.length) {
      const larger = new Float64Array(this.#steps.length * 2);
      larger.set(this.#steps);
      this.#steps = larger;
    }
    this.#steps[row] = NaN;
    return row;
  }

  /** Of two rows of one step, the one that was told later counts. */
  setStep(row: number, step: number): void {
    this.#steps[row] = step;
    this.#byStep?.set(step, row);
    if (step > this.#highest) this.#highest = step;
    else this.#map().set(step, row);
  }

  #map(): Map<number, number> {
    if (this.#byStep) return this.#byStep;
    this.#byStep = new Map();
    for (let row = 0; row < this.#rows; row++) if (this.#steps[row] === this.#steps[row]) this.#byStep.set(this.#steps[row], row);
    return this.#byStep;
  }
}
