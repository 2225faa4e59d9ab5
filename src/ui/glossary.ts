export interface GlossaryEntry {
  readonly label: string;
  /** One or two sentences. */
  readonly definition: string;
}

const entries = {
  trace: { label: 'trace', definition: 'The record of a training run: how many tokens the router sent to each expert, for every recorded step and every MoE layer.' },
  step: { label: 'step', definition: 'One update of the model in training. A trace may record only every tenth, so spans are counted in steps, never in rows.' },
  layer: { label: 'layer', definition: 'A Mixture-of-Experts layer of the model. Each has experts and a router of its own.' },
  expert: { label: 'expert', definition: 'One of the parallel networks of a layer. The router sends each token to a few of them.' },
  router: { label: 'router', definition: 'The part of a layer that chooses which experts work on a token.' },
  assignments: { label: 'assignments', definition: 'Tokens times the experts that each is sent to: what all experts of a layer get in one step.' },
  share: { label: 'load share', definition: 'Load proportion: the part of its layer’s tokens that an expert gets in a step. The shares of a layer sum to 100 %.' },
  uniform: { label: 'uniform', definition: 'Every expert gets the same share, one divided by the number of experts.' },
  imbalance: { label: 'imbalance', definition: 'How far the loads of a layer’s experts are from equal.' },
  transient: { label: 'transient state', definition: 'Early training, where shares jump about between neighbouring steps and a forecast has little to hold on to.' },
  stable: { label: 'stable state', definition: 'The time in which neighbouring steps have similar shares, so that the past says something of the future. A layer may leave it again.' },
  boundary: { label: 'boundary', definition: 'The step at which a layer passes from the transient to the stable state, by the criterion shown.' },
  slidingVariance: { label: 'sliding variance', definition: 'The variance of an expert’s share over the last few steps, averaged over the layer’s experts.' },
  slidingRange: { label: 'sliding range', definition: 'The largest minus the smallest share of an expert over the last few steps, averaged over the layer’s experts.' },
  threshold: { label: 'threshold', definition: 'A layer counts as stable where its criterion is below this multiple of the trace’s own late level.' },
  holdTime: { label: 'hold time', definition: 'How many steps the criterion has to stay below its threshold before the layer counts as stable.' },
  rearm: { label: 're-arm', definition: 'Whether a stable layer may become transient again when its loads start to move.' },
  window: { label: 'window', definition: 'How many past steps a forecaster looks at.' },
  horizon: { label: 'horizon', definition: 'How many steps ahead is forecast.' },
  origin: { label: 'origin', definition: 'The step from which the forecast starts. Nothing at or after it is known to the forecaster.' },
  forecaster: { label: 'forecaster', definition: 'A method that turns the loads before the origin into a forecast of the loads after it.' },
  lastValue: { label: 'last value', definition: 'Forecasts that every share stays what it was in the last known step.' },
  slidingAverage: { label: 'sliding average', definition: 'Forecasts that every share stays at its mean over the window. Simple and hard to beat in the stable state.' },
  lstm: { label: 'LSTM', definition: 'Long short-term memory: a small recurrent network that reads the history step by step and is trained before it forecasts.' },
  pooled: { label: 'pooled residual', definition: 'One small network for every expert’s series; it learns how far the future lies from the base forecast.' },
  joint: { label: 'joint', definition: 'One network that reads all experts of a layer at once and forecasts all of them, as in the paper.' },
  residual: { label: 'residual', definition: 'What remains after a base forecast is subtracted: the only part that the network has to learn.' },
  bin: { label: 'bin', definition: 'A few steps averaged into one input of the network. Longer bins mean less noise and fewer inputs.' },
  iteration: { label: 'iteration', definition: 'One update of the forecaster’s own weights. Not a step of the trace.' },
  validation: { label: 'validation loss', definition: 'The error on the last part of the history, which the network is not trained on. Training stops when it no longer falls.' },
  seed: { label: 'seed', definition: 'The number that all random choices are made from. The same seed on the same machine gives the same result.' },
  loadError: { label: 'load error', definition: 'The absolute differences between forecast and true shares, summed over a layer’s experts, in %. Equal to the mean difference in units of the uniform share.' },
  relativeError: { label: 'relative error', definition: 'The difference between forecast and true share, divided by the true share, averaged over experts. Cold experts are left out, because their tiny shares would make it explode.' },
  absoluteError: { label: 'absolute error', definition: 'The mean difference between forecast and true share, in percentage points.' },
  perStep: { label: 'per step', definition: 'The forecast is held against every single step of the horizon, so the noise of each step counts.' },
  blockMean: { label: 'block mean', definition: 'The forecast is held against the mean over the whole horizon, which is what a placement of experts depends on.' },
  skill: { label: 'skill', definition: 'How much smaller the error is than that of the best sliding average: 0 % is equal, above is better, below is worse.' },
  noiseFloor: { label: 'noise floor', definition: 'The error that even a perfect forecast makes, because a step routes a limited number of tokens. An error near it cannot be improved.' },
  interval: { label: 'interval', definition: 'The range in which the true share is expected to lie, with the stated probability.' },
  smoothing: { label: 'smoothing', definition: 'A trailing mean applied before drawing. It changes the picture, never the forecast.' },
  maxOverMean: { label: 'max over mean', definition: 'The load of the busiest expert divided by the mean load: 1 is perfectly even.' },
  variation: { label: 'coefficient of variation', definition: 'The standard deviation of the experts’ loads divided by their mean: 0 is perfectly even.' },
  gini: { label: 'Gini', definition: 'A measure of inequality: 0 when all experts get the same, close to 1 when one gets everything.' },
  entropy: { label: 'normalised entropy', definition: 'How spread the load is: 1 when it is even, 0 when one expert gets everything.' },
  kl: { label: 'KL to uniform', definition: 'The information distance between the layer’s shares and even shares: 0 is perfectly even.' },
  deadExpert: { label: 'dead expert', definition: 'An expert that gets no tokens over the last tenth of the trace.' },
  coldExpert: { label: 'cold expert', definition: 'An expert whose share is under the stated limit, so that its relative error would say little.' },
  fingerprint: { label: 'fingerprint', definition: 'A short code computed from all values of a trace. The same trace has the same code in every file format.' },
  provenance: { label: 'provenance', definition: 'What a result was made with: settings, seed, trace, device, versions and time.' },
  adapter: { label: 'adapter', definition: 'The graphics processor, as the browser names it.' },
  backend: { label: 'backend', definition: 'What does the arithmetic: WebGPU on the graphics processor, or WebAssembly or plain JavaScript on the CPU.' },
  selfCheck: { label: 'self-check', definition: 'Before its first use the GPU’s result on a tiny problem is compared with the CPU’s.' },
  backtest: { label: 'backtest', definition: 'Forecasting again and again from origins in the past, where the truth is known.' },
  placement: { label: 'placement', definition: 'Which expert runs on which GPU. A good forecast lets it be planned before the load arrives.' },
  replica: { label: 'replica', definition: 'A further copy of a busy expert on another GPU, so that its load is shared.' },
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type TermName = keyof typeof entries;

/** The terms of the interface, defined in our own words. */
export const glossary: Readonly<Record<TermName, GlossaryEntry>> = entries;
