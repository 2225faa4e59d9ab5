import type { ComparisonSettings } from '../forecast/comparison/types.ts';
import { arima } from '../forecast/arima.ts';
import { lstmParameters, usualLstmValues } from '../forecast/lstm.ts';
import type { Parameter, ParameterValues } from '../forecast/contract.ts';
import { chosenAverage } from '../forecast/choose-window.ts';

/** Steps ahead in the paper. */
export const paperHorizons = [1000, 2000] as const;
/** Origins lie an eighth of the trace apart where nothing was chosen: each takes a fit of ARIMA for every expert. */
const parts = 8;

const defaultsOf = (parameters: readonly Parameter[]): ParameterValues => Object.fromEntries(parameters.map((parameter) => [parameter.id, parameter.default]));

export interface PaperTrace {
  readonly layers: number;
  readonly firstStep: number;
  /** One past the last recorded step. */
  readonly endStep: number;
  readonly strideSteps: number;
}

/**
 * The paper's comparison on a trace: the sliding average, ARIMA(5,1,5) for every expert, and a joint LSTM a layer. The paper
 * names no window: the one that did best on the past is taken, since a short one loses by noise alone (100 steps on
 * gpt-moe-125m-16e: 3.11 % against 1.34 % of the LSTM). Horizons that the trace is too short for are left out; where none is left, half of the trace is one.
 * @param everySteps distance of origins; null: an eighth of the trace
 */
export function paperPlan({ layers, firstStep, endStep, strideSteps }: PaperTrace, everySteps: number | null, coldShare: number): ComparisonSettings {
  const length = endStep - firstStep;
  const onGrid = (steps: number): number => Math.max(strideSteps, Math.round(steps / strideSteps) * strideSteps);
  const every = everySteps ?? onGrid(length / parts);
  const fitting = paperHorizons.filter((horizon) => horizon <= length / 2);
  return {
    layers: Array.from({ length: layers }, (_, layer) => layer),
    contenders: [
      { key: 'average', id: chosenAverage.id, label: 'SW_Avg', values: {} },
      { key: 'arima', id: arima.id, label: 'ARIMA(5,1,5)', values: defaultsOf(arima.parameters) },
      { key: 'lstm', id: 'lstm', label: 'LSTM', values: { ...defaultsOf(lstmParameters), ...usualLstmValues('joint') } },
    ],
    firstOriginStep: firstStep + every, lastOriginStep: endStep, everySteps: every,
    horizons: fitting.length > 0 ? fitting : [onGrid(length / 2)],
    refitEvery: 1, coverage: 0.9, coldShare, seed: 1,
  };
}
