import type { Parameter } from './contract.ts';

/** Settings of the LSTM forecaster; the training itself is in `workers/lstm`. */
export interface LstmSettings {
  /**
   * `pooled`: each expert's series is a sample, weights shared, output a residual on a base forecast.
   * `joint`: a window holds all experts of a layer, as in the paper.
   */
  readonly form: 'pooled' | 'joint';
  readonly windowSteps: number;
  /** Steps aggregated into one input bin. */
  readonly binSteps: number;
  readonly hiddenUnits: number;
  readonly iterations: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Iterations without a better validation loss before training stops. */
  readonly patience: number;
}

export const lstmParameters: readonly Parameter[] = [
  {
    id: 'form', label: 'Form', kind: 'choice', default: 'pooled',
    choices: [
      { value: 'pooled', label: 'Pooled residual' },
      { value: 'joint', label: 'Joint, as in the paper' },
    ],
    help: 'Pooled: one small network for every expert, correcting the sliding average. Joint: one network for all experts of a layer.',
  },
  { id: 'windowSteps', label: 'Window', kind: 'integer', unit: 'steps', minimum: 100, maximum: 4000, step: 100, default: 1000, help: 'How far back the network’s recurrence looks.' },
  { id: 'binSteps', label: 'Bin', kind: 'integer', unit: 'steps', minimum: 10, maximum: 500, step: 10, default: 100, help: 'Steps averaged into one input of the network.' },
  { id: 'hiddenUnits', label: 'Hidden units', kind: 'integer', minimum: 4, maximum: 128, default: 16, scale: 'log', help: 'Size of the network’s memory.' },
  { id: 'iterations', label: 'Iterations', kind: 'integer', minimum: 20, maximum: 5000, default: 300, scale: 'log', help: 'Training steps at most, before the best weights are finished on the newest steps.' },
  { id: 'batchSize', label: 'Batch', kind: 'integer', minimum: 8, maximum: 2048, default: 256, scale: 'log', help: 'Samples per training step.' },
  { id: 'learningRate', label: 'Learning rate', kind: 'number', minimum: 0.0001, maximum: 0.1, default: 0.003, scale: 'log', help: 'Size of each update.' },
  { id: 'weightDecay', label: 'Weight decay', kind: 'number', minimum: 0, maximum: 0.1, default: 0.01, help: 'Pull of the weights towards zero (AdamW).' },
  { id: 'patience', label: 'Patience', kind: 'integer', minimum: 10, maximum: 1000, default: 60, help: 'Iterations without improvement before training stops.' },
];

/** Inputs of the recurrence: bins of a window, at least one. */
export function binsOf({ windowSteps, binSteps }: Pick<LstmSettings, 'windowSteps' | 'binSteps'>): number {
  return Math.max(1, Math.round(windowSteps / binSteps));
}

/** Steps of one block mean that the LSTM's inputs and targets are made of: half a bin, so that anchors lie twice as dense. */
export function grainSteps({ binSteps }: Pick<LstmSettings, 'binSteps'>): number {
  return Math.max(1, Math.floor(binSteps / 2));
}
