import { anchorGrid, blockMeans, horizonAnchors, type AnchorGrid } from './anchors.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { followingModel } from './following-model.ts';
import { choiceOf, numberOf } from './parameter-values.ts';
import { shrunkenTrends, trendMeans, type ShrunkenTrends, type TrendSettings } from './series/shrunken-trend.ts';
import { ontoSimplex } from './simplex.ts';

const window = {
  id: 'windowSteps', label: 'Window', kind: 'integer', unit: 'steps', minimum: 1, maximum: 10_000_000, default: 1000, scale: 'log',
  help: 'Past steps that lines are fitted to.',
} as const satisfies Parameter;

const scale = {
  id: 'scale', label: 'Line over', kind: 'choice', default: 'log',
  choices: [{ value: 'linear', label: 'Steps' }, { value: 'log', label: 'Logarithm of steps' }],
  help: 'Whether loads are taken to change evenly, or less and less as training goes on.',
} as const satisfies Parameter;

const keep = {
  id: 'keep', label: 'Slope kept', kind: 'choice', default: 'part',
  choices: [{ value: 'part', label: 'The part set here' }, { value: 'by-halves', label: 'As far as slopes last' }, { value: 'by-error', label: 'As far as slopes are certain' }],
  help: 'How slopes are shrunk: by a set part, by how alike those of the window’s halves are, or each by its own error.',
} as const satisfies Parameter;

const part = {
  id: 'part', label: 'Part', kind: 'number', minimum: 0, maximum: 1, step: 0.05, default: 0.2, scale: 'linear', onlyIf: { parameter: keep.id, values: ['part'] },
  help: 'Part of the slope that is kept: 0 gives the average, 1 the whole line.',
} as const satisfies Parameter;

/** Lines through block means: a block counts at the middle of its steps. */
export class BlockTrends {
  readonly #grid: AnchorGrid;
  readonly #blocks: Float64Array;
  readonly #middles: Float64Array;

  constructor(grid: AnchorGrid) {
    const { history: { steps }, known } = grid;
    this.#grid = grid;
    this.#blocks = blockMeans(grid);
    this.#middles = Float64Array.from(known, (rows, anchor) => {
      const first = steps[anchor > 0 ? Math.min(known[anchor - 1], rows - 1) : 0];
      return (first + steps[rows - 1]) / 2;
    });
  }

  /** Lines that end at an anchor. */
  at(anchor: number, windowSteps: number, settings: Omit<TrendSettings, 'windowRows'>): ShrunkenTrends {
    const { history: { experts } } = this.#grid;
    const blocks = anchor + 1;
    return shrunkenTrends(this.#blocks.subarray(0, blocks * experts), this.#middles.subarray(0, blocks), experts, { ...settings, windowRows: horizonAnchors(this.#grid, windowSteps) });
  }
}

/** A straight line through each share's window, its slope shrunk as is set. */
export const shrunkenTrend: Forecaster = {
  id: 'shrunken-trend',
  label: 'Shrunken trend',
  help: 'Draws a line through the window of each share and continues it with a part of its slope.',
  phrase: 'the shrunken trend',
  cost: 'cheap',
  parameters: [window, scale, keep, part],
  fit(history, values) {
    const { experts } = history;
    const way = choiceOf(keep, values) as 'part' | 'by-halves' | 'by-error';
    const windowSteps = numberOf(window, values);
    const settings = { scale: choiceOf(scale, values) as 'linear' | 'log', keep: way === 'part' ? numberOf(part, values) : way };
    return followingModel(history, (known) => {
      const grid = anchorGrid(known);
      return { grid, trends: new BlockTrends(grid).at(grid.count - 1, windowSteps, settings) };
    }, ({ grid, trends }, horizonSteps) => ontoSimplex(trendMeans(trends, horizonAnchors(grid, horizonSteps)), experts));
  },
};
