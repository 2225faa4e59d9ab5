import { GatecastError } from '../errors.ts';
import type { Parameter } from './contract.ts';

/**
 * `pooled`: each expert's series is a sample, weights shared, output a residual on the mean of the last steps.
 * `residual`: the same on the mean of the bank (`bank.ts`). `gate`: weighs the bank's members, expert by expert.
 * `joint`: a window holds all experts of a layer, as in the paper.
 */
export type LstmForm = 'pooled' | 'residual' | 'gate' | 'joint';

/** Whether a form learns on top of the bank. */
export function onBank({ form }: Pick<LstmSettings, 'form'>): boolean {
  return form === 'residual' || form === 'gate';
}

/** Whether one model has all layers; else each layer has its own. */
export function poolsLayers({ form }: Pick<LstmSettings, 'form'>): boolean {
  return form !== 'joint';
}

/** Settings that go with a form. On the bank nothing stops a training early, and longer ones are worse (residual, 300 iterations: load error 1.30, 4.57, 1.80 against 1.29, 4.48, 1.76 %). */
export function usualLstmValues(form: LstmForm): { readonly form: LstmForm; readonly iterations: number } {
  return { form, iterations: onBank({ form }) ? 80 : 300 };
}

/** Settings of the LSTM forecaster; the training itself is in `workers/lstm`. */
export interface LstmSettings {
  readonly form: LstmForm;
  readonly windowSteps: number;
  /** Steps aggregated into one input bin. */
  readonly binSteps: number;
  readonly hiddenUnits: number;
  /** LSTM layers, one over the other. */
  readonly layers: 1 | 2;
  readonly iterations: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Iterations without a better validation loss before training stops. */
  readonly patience: number;
  /** `auto`: absolute errors for the pooled form, squared ones for the joint form, as in the paper. */
  readonly loss: 'auto' | 'absolute' | 'squared' | 'huber';
  /** Of the learning rate, while the network searches. */
  readonly rateSchedule: 'constant' | 'cosine' | 'plateau';
  /** Part of the inputs that is dropped while training. */
  readonly inputDropout: number;
  /** Part of the first layer's outputs that a second one does not see while training. */
  readonly layerDropout: number;
  readonly drawOrder: 'random' | 'shuffled';
  /** Longest gradient that is used as it is; 0: any. */
  readonly clipNorm: number;
  /** `decoupled`: AdamW. `coupled`: weight decay goes through Adam's moments. */
  readonly decay: 'decoupled' | 'coupled';
  /** What the joint form subtracts from inputs and targets; the pooled form always takes its base. */
  readonly normalise: 'none' | 'window-mean' | 'last-value';
}

export const lstmParameters: readonly Parameter[] = [
  {
    id: 'form', label: 'Form', kind: 'choice', default: 'pooled',
    choices: [
      { value: 'pooled', label: 'Residual on the average' },
      { value: 'residual', label: 'Residual on the bank' },
      { value: 'gate', label: 'Gate over the bank' },
      { value: 'joint', label: 'Joint, as in the paper' },
    ],
    help: 'Residual: one small network for every expert, correcting the sliding average, or the mean of the ridges, damped Holt and the average. Gate: it weighs these. Joint: one network for all experts of a layer.',
  },
  { id: 'windowSteps', label: 'Window', kind: 'integer', unit: 'steps', minimum: 100, maximum: 4000, step: 100, default: 1000, help: 'How far back the network’s recurrence looks.' },
  { id: 'binSteps', label: 'Bin', kind: 'integer', unit: 'steps', minimum: 10, maximum: 500, step: 10, default: 100, help: 'Steps averaged into one input of the network.' },
  { id: 'hiddenUnits', label: 'Hidden units', kind: 'integer', minimum: 4, maximum: 256, default: 16, scale: 'log', help: 'Size of the network’s memory.' },
  { id: 'iterations', label: 'Iterations', kind: 'integer', minimum: 20, maximum: 5000, default: 300, scale: 'log', help: 'Training steps at most, before the best weights are finished on the newest steps.' },
  { id: 'batchSize', label: 'Batch', kind: 'integer', minimum: 8, maximum: 2048, default: 256, scale: 'log', help: 'Samples per training step.' },
  { id: 'learningRate', label: 'Learning rate', kind: 'number', minimum: 0.0001, maximum: 0.1, default: 0.003, scale: 'log', help: 'Size of each update.' },
  { id: 'weightDecay', label: 'Weight decay', kind: 'number', minimum: 0, maximum: 0.1, default: 0.01, help: 'Pull of the weights towards zero (AdamW).' },
  { id: 'patience', label: 'Patience', kind: 'integer', minimum: 10, maximum: 1000, default: 60, help: 'Iterations without improvement before training stops.' },
  { id: 'layers', label: 'LSTM layers', kind: 'integer', minimum: 1, maximum: 2, default: 1, advanced: true, help: 'One LSTM, or a second one that reads the first one’s outputs.' },
  {
    id: 'loss', label: 'Loss', kind: 'choice', default: 'auto', advanced: true,
    choices: [
      { value: 'auto', label: 'By form' },
      { value: 'absolute', label: 'Absolute error' },
      { value: 'squared', label: 'Squared error' },
      { value: 'huber', label: 'Huber' },
    ],
    help: 'What training makes small. By form: absolute errors if pooled, squared ones if joint. Huber is squared for small errors and absolute for large ones.',
  },
  {
    id: 'rateSchedule', label: 'Rate schedule', kind: 'choice', default: 'constant', advanced: true,
    choices: [
      { value: 'constant', label: 'Constant' },
      { value: 'cosine', label: 'Cosine' },
      { value: 'plateau', label: 'Halved on plateaus' },
    ],
    help: 'How the learning rate goes on: constant, falling along a cosine over all iterations, or halved when the validation loss no longer falls.',
  },
  { id: 'inputDropout', label: 'Input dropout', kind: 'number', minimum: 0, maximum: 0.9, step: 0.05, default: 0, advanced: true, help: 'Part of the inputs that is hidden at random while training.' },
  { id: 'layerDropout', label: 'Layer dropout', kind: 'number', minimum: 0, maximum: 0.9, step: 0.05, default: 0, advanced: true, onlyIf: { parameter: 'layers', values: [2] }, help: 'Part of the first LSTM layer’s outputs that is hidden from the second one while training.' },
  {
    id: 'drawOrder', label: 'Order of samples', kind: 'choice', default: 'random', advanced: true,
    choices: [
      { value: 'random', label: 'Random draws' },
      { value: 'shuffled', label: 'Shuffled epochs' },
    ],
    help: 'Random draws take each sample anew; shuffled epochs take every sample once before any comes again.',
  },
  { id: 'clipNorm', label: 'Longest gradient', kind: 'number', minimum: 0, maximum: 100, default: 1, advanced: true, help: 'Longer gradients are shortened to this length; 0 leaves all as they are.' },
  {
    id: 'decay', label: 'Decay', kind: 'choice', default: 'decoupled', advanced: true,
    choices: [
      { value: 'decoupled', label: 'Decoupled (AdamW)' },
      { value: 'coupled', label: 'In the gradient (Adam)' },
    ],
    help: 'Whether weight decay acts on the weights directly or is a part of the gradient.',
  },
  {
    id: 'normalise', label: 'Normalise', kind: 'choice', default: 'none', advanced: true, onlyIf: { parameter: 'form', values: ['joint'] },
    choices: [
      { value: 'none', label: 'Nothing' },
      { value: 'window-mean', label: 'Mean of the window' },
      { value: 'last-value', label: 'Last bin' },
    ],
    help: 'What the joint form subtracts from its inputs and forecasts changes of; the pooled form always subtracts its base.',
  },
];

/** Inputs of the recurrence: bins of a window, at least one. */
export function binsOf({ windowSteps, binSteps }: Pick<LstmSettings, 'windowSteps' | 'binSteps'>): number {
  return Math.max(1, Math.round(windowSteps / binSteps));
}

/** Steps of one block mean that the LSTM's inputs and targets are made of: half a bin, so that anchors lie twice as dense. */
export function grainSteps({ binSteps }: Pick<LstmSettings, 'binSteps'>): number {
  return Math.max(1, Math.floor(binSteps / 2));
}

/** Longest window that is read from a file; a notebook's cell has the same bound. */
const MOST_WINDOW_STEPS = 10_000_000;

/**
 * Settings that come from anywhere: each one has to lie in its range, a missing one has its default, unknown ones are dropped.
 * The window may be longer than the form offers, as a cell's may be.
 * @throws GatecastError `bad-input`, `where` being the setting
 */
export function checkedLstmSettings(input: unknown): LstmSettings {
  const given = new Map(typeof input === 'object' && input !== null ? Object.entries(input) : []);
  const settings = lstmParameters.map((parameter): [string, number | string] => {
    const value: unknown = given.has(parameter.id) ? given.get(parameter.id) : parameter.default;
    if (parameter.kind === 'choice') {
      if (typeof value === 'string' && parameter.choices.some((choice) => choice.value === value)) return [parameter.id, value];
    } else {
      const [least, most] = parameter.id === 'windowSteps' ? [1, MOST_WINDOW_STEPS] : [parameter.minimum, parameter.maximum];
      if (typeof value === 'number' && value >= least && value <= most && (parameter.kind === 'number' || Number.isInteger(value))) return [parameter.id, value];
    }
    throw new GatecastError({
      code: 'bad-input', where: parameter.id,
      message: `${JSON.stringify(value)?.slice(0, 60)} is no value of the LSTM’s setting ${parameter.label.toLowerCase()}`,
      remedy: 'take a file that Gatecast saved',
    });
  });
  return Object.fromEntries(settings) as unknown as LstmSettings;
}
