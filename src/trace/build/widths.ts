import { amount } from '../amount.ts';
import { shown } from '../read/names.ts';
import type { Questions } from '../read/questions.ts';
import type { Cells } from './cell-store.ts';

/** What is in the cells of a layer, as far as a file has them. */
export interface Occurrence {
  readonly name: string;
  /** Up to the last one that occurs. */
  readonly experts: number;
  /** Steps in which any expert occurs, and those of them in which some do not. */
  readonly steps: number;
  readonly partialSteps: number;
  /** Steps in which the rarest expert occurs. */
  readonly rarest: number;
  /** Whether some load is 0. */
  readonly hasZero: boolean;
}

/** Cells of a layer, row by row. */
export interface CellRows {
  readonly cells: Cells;
  readonly width: number;
}

/** Counts what is in the cells of experts from `first` on. */
export function occurrenceOf(name: string, first: number, experts: number, pieces: Iterable<CellRows>, isFilled: (cell: number) => boolean): Occurrence {
  const found = new Uint32Array(experts);
  let [steps, partialSteps, hasZero] = [0, 0, false];
  for (const { cells, width } of pieces) {
    for (let row = 0; row < cells.length; row += width) {
      let filled = 0;
      for (let expert = 0; expert < Math.min(experts, width - first); expert++) {
        const cell = cells[row + first + expert];
        if (!isFilled(cell)) continue;
        filled++;
        found[expert]++;
        if (cell === 0) hasZero = true;
      }
      if (filled > 0) steps++;
      if (filled > 0 && filled < experts) partialSteps++;
    }
  }
  return { name, experts, steps, partialSteps, rarest: found.reduce((least, count) => Math.min(least, count), steps), hasZero };
}

/** Up to this part of the steps may lack a cell by mistake: where more do, loads of 0 are left out of the file. */
const mostHoles = 0.01;
/** An expert that occurs in this part of the steps occurs regularly. */
const regular = 0.9;
/** Where loads of 0 are left out, so many of the widest layer's experts may be without any load in another one. */
const mostDead = 0.25;

export interface Widths {
  /** Experts of each layer. */
  readonly experts: readonly number[];
  readonly notes: readonly string[];
}

/**
 * How many experts layers have of which a file lacks cells. Where it leaves out loads of 0, a layer's last experts may be left
 * out with them, and it is as wide as the widest one. It keeps its own width where the file writes zeros, where next to no
 * step lacks a part of its experts, and where its experts, much fewer than the widest layer's, occur in almost every step.
 */
export function widthsOf(layers: readonly Occurrence[], questions: Questions): Widths {
  const widest = layers.reduce((most, { experts }) => Math.max(most, experts), 0);
  const partial = layers.reduce((sum, layer) => sum + layer.partialSteps, 0);
  const steps = layers.reduce((sum, layer) => sum + layer.steps, 0);
  const leavesOutZeros = !layers.some(({ hasZero }) => hasZero) && partial > steps * mostHoles;
  const narrow = layers.filter(({ experts }) => experts < widest);
  const filled = leavesOutZeros ? narrow.filter(({ rarest, steps: all, experts }) => rarest < all * regular || widest - experts < widest * mostDead) : [];
  const guess = filled.length === 0 ? 'own' : filled.length === narrow.length ? 'equal' : 'some';
  const answer = questions.ask({
    id: 'experts',
    label: 'How many experts have layers that the file has fewer of?',
    options: [
      { value: 'own', label: `those in the file: ${namesOf(narrow, true)}` },
      { value: 'equal', label: `${amount(widest, 'expert')} in every layer: the file leaves out loads of 0` },
      ...(guess === 'some' ? [{ value: 'some', label: `${amount(widest, 'expert')} in ${namesOf(filled)}, those in the file in others` }] : []),
    ],
    guess,
    ambiguous: partial > 0 && !layers.some(({ hasZero }) => hasZero),
  });
  const wide = answer === 'equal' ? narrow : answer === 'some' ? filled : [];
  const kept = narrow.filter((layer) => !wide.includes(layer));
  return {
    experts: layers.map((layer) => (wide.includes(layer) ? widest : layer.experts)),
    notes: [
      ...(wide.length > 0 ? [`the last of the ${widest} experts in ${namesOf(wide)} are not in the file and are taken for experts without load`] : []),
      ...(kept.length > 0 ? [`${namesOf(kept, true)}, as in the file, where others have ${widest}`] : []),
    ],
  };
}

const mostNamed = 5;

/** "layer 1, layer 3", with "has 4 experts" where wanted. */
function namesOf(layers: readonly Occurrence[], sized = false): string {
  const named = layers.slice(0, mostNamed).map(({ name, experts }) => `layer ${shown(name)}${sized ? ` has ${amount(experts, 'expert')}` : ''}`);
  return `${named.join(', ')}${layers.length > mostNamed ? ', …' : ''}`;
}
