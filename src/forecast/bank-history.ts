/** What the bank forecast of a layer, at past anchors and at the origin: all that is trained on it needs of the bank. */
import { anchorGrid, judgedAnchors, outcomesAt, pastAnchors, type AnchorGrid } from './anchors.ts';
import { bankAt, bankMembers } from './bank.ts';
import { bankRecord, type BankRecord } from './bank-weights.ts';
import type { History } from './contract.ts';
import { inverseErrorWeights } from './series/combination.ts';

/** Forecasts practised at: over a short horizon, and over a longer one where the wanted one is longer, steps. */
const practisedSteps = [500, 1000] as const;

/** Fewer resolved anchors teach nothing. */
const fewestAnchors = 4;

/** Whether there is enough to train on. */
export function canPractise({ practised }: BankHistory): boolean {
  return practised.length >= fewestAnchors;
}

/** A forecast of the past that is resolved. */
export interface PractisedAnchor {
  /** How long before the origin it was made, steps. */
  readonly beforeSteps: number;
  readonly horizonSteps: number;
  /** Mean shares of the horizon, `[experts][members]`. */
  readonly forecasts: Float64Array;
  /** What came, `[experts]`. */
  readonly outcome: Float64Array;
}

/** The bank at the origin. */
export interface AskedForecast extends BankRecord {
  readonly horizonSteps: number;
  /** Mean shares of the horizon, `[experts][members]`. */
  readonly forecasts: Float64Array;
  /** Weights of the members by their past errors, summing to 1. */
  readonly weights: Float64Array;
}

export interface BankHistory {
  readonly layer: number;
  readonly experts: number;
  readonly originStep: number;
  /** Names of the members. */
  readonly members: readonly string[];
  readonly practised: readonly PractisedAnchor[];
  /** By wanted horizon. */
  readonly asked: readonly AskedForecast[];
}

/**
 * @param history of the layer, with the trace's other layers where they are at hand
 * @param horizons wanted, steps
 */
export function bankHistory(layer: number, history: History, originStep: number, horizons: readonly number[]): BankHistory {
  const grid = anchorGrid(history);
  const lags = new Set(horizons.flatMap((horizonSteps) => practisedSteps.map((longest) => judgedAnchors(grid, horizonSteps, longest))));
  return {
    layer, experts: history.experts, originStep, members: bankMembers(grid),
    practised: [...lags].toSorted((a, b) => a - b).flatMap((lag) => practisedAt(grid, lag)),
    asked: horizons.map((horizonSteps) => {
      const record = bankRecord(grid, horizonSteps);
      return {
        horizonSteps, ...record, weights: inverseErrorWeights(record.errors),
        forecasts: byExpert(bankAt(grid, horizonSteps, grid.count - 1, grid.count), 0, history.experts),
      };
    }),
  };
}

/** The last anchors whose next `lag` blocks are known; one whose blocks were not recorded is left out. */
function practisedAt(grid: AnchorGrid, lag: number): readonly PractisedAnchor[] {
  const { count, everySteps, history: { experts } } = grid;
  const to = Math.max(0, count - lag);
  const from = Math.max(0, to - pastAnchors);
  const bank = bankAt(grid, lag * everySteps, from, to);
  const outcomes = outcomesAt(grid, lag, from, to);
  return Array.from({ length: to - from }, (_, i) => ({
    beforeSteps: (count - 1 - from - i) * everySteps, horizonSteps: lag * everySteps,
    forecasts: byExpert(bank, i, experts), outcome: outcomes.slice(i * experts, (i + 1) * experts),
  })).filter(({ outcome }) => !Number.isNaN(outcome[0]));
}

/** @param bank of each member, `[anchors][experts]` */
function byExpert(bank: readonly Float64Array[], anchor: number, experts: number): Float64Array {
  return Float64Array.from({ length: experts * bank.length }, (_, i) => bank[i % bank.length][anchor * experts + Math.floor(i / bank.length)]);
}
