import { amount } from '../amount.ts';
import { AxisSum } from './axis-sum.ts';
import { layoutOf } from './axes.ts';
import type { CellStore } from '../build/cell-store.ts';
import { gridOf, GridFiller, type DenseGrid } from '../build/dense.ts';
import type { ArrayForm, Values } from './elements.ts';
import { badInput, Problems } from '../read/problems.ts';
import type { Questions } from '../read/questions.ts';

export interface GridFacts {
  readonly name: string;
  readonly questions: Questions;
  readonly knownSteps?: number;
  readonly store: CellStore | undefined;
}

interface Filling {
  readonly grid: DenseGrid;
  readonly filler: GridFiller;
  /** Of an array with an axis that is summed. */
  readonly sum: AxisSum | null;
}

/** Rows of a two-dimensional array that are looked at before its layout is decided. */
const rowsLookedAt = 4;

/** Reads one array of two to four axes into a grid, in the order of the file. Asks what the axes are. */
export class GridReading {
  readonly #facts: GridFacts;
  readonly #problems: Problems;
  /** Values that wait for the layout to be decided. */
  #held: Values[] = [];
  #heldCount = 0;
  #form: ArrayForm | null = null;
  #filling: Filling | null = null;
  /** What is said of the reading. */
  readonly notes: string[] = [];

  constructor(facts: GridFacts) {
    this.#facts = facts;
    this.#problems = new Problems(facts.name);
  }

  begin(form: ArrayForm): void {
    this.#form = form;
    if (this.#heldCount >= heldWanted(form)) this.#decide(form);
  }

  push(values: Values): void {
    if (this.#filling) return this.#fill(this.#filling, values);
    this.#held.push(values);
    this.#heldCount += values.length;
    if (this.#form && this.#heldCount >= heldWanted(this.#form)) this.#decide(this.#form);
  }

  finish(): DenseGrid {
    this.#filling?.sum?.end((sums) => this.#filling?.filler.push(sums));
    this.#problems.throwIfAny();
    if (!this.#filling) throw badInput(this.#facts.name, 'it holds no elements', 'save an array of [steps, layers, experts]');
    return this.#filling.grid;
  }

  #decide(form: ArrayForm): void {
    const { name, questions, knownSteps, store } = this.#facts;
    const layout = layoutOf({ name, shape: form.shape, fortranOrder: form.fortranOrder, axisNames: form.axisNames, knownSteps, firstRows: rowsOf(this.#held, form, this.#heldCount) }, questions);
    const grid = gridOf(layout, form.fortranOrder, store);
    const filler = new GridFiller(grid, layout, form.fortranOrder, this.#problems);
    this.#filling = { grid, filler, sum: layout.summed ? new AxisSum(name, layout.summed, form.fortranOrder) : null };
    if (layout.summed) this.notes.push(`the loads of ${amount(layout.summed.shape[layout.summed.axis], 'rank')} are summed`);
    for (const values of this.#held) this.#fill(this.#filling, values);
    this.#held = [];
  }

  #fill({ filler, sum }: Filling, values: Values): void {
    if (sum) sum.push(values, (sums) => filler.push(sums));
    else filler.push(values);
  }
}

/** How many values are looked at before a layout is decided. */
function heldWanted(form: ArrayForm): number {
  return form.shape.length === 2 && !form.fortranOrder ? Math.min(rowsLookedAt * form.shape[1], form.length) : 0;
}

function rowsOf(held: readonly Values[], form: ArrayForm, count: number): Float64Array[] {
  if (form.shape.length !== 2 || form.fortranOrder) return [];
  const columns = form.shape[1];
  const joined = new Float64Array(count);
  let at = 0;
  for (const values of held) {
    joined.set(values, at);
    at += values.length;
  }
  const rows = Math.min(rowsLookedAt, Math.floor(count / columns));
  return Array.from({ length: rows }, (_, row) => joined.subarray(row * columns, (row + 1) * columns));
}
