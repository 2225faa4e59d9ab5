/** Numbers of the paper's prose: error rates in the stable state, %. Where the paper has none, null. */
export type PaperForecaster = 'lstm' | 'arima' | 'average';

export interface PublishedErrors {
  /** GPT-3 125M, 6 MoE layers of 16 experts, the next 1,000 steps. */
  readonly small: number;
  /** GPT-3 350M, 12 MoE layers of 128 experts, the next 1,000 and the next 2,000 steps. */
  readonly medium: number;
  readonly mediumFar: number | null;
  /** An upper bound ("under 1 %") instead of a value. */
  readonly below: boolean;
}

export const publishedErrors: Readonly<Record<PaperForecaster, PublishedErrors>> = {
  lstm: { small: 1, medium: 10, mediumFar: null, below: true },
  arima: { small: 0.5, medium: 1.4, mediumFar: null, below: false },
  average: { small: 0.25, medium: 1.3, mediumFar: 1.75, below: false },
};

export const paperForecasters: readonly { readonly key: PaperForecaster; readonly name: string }[] = [
  { key: 'average', name: 'SW_Avg' }, { key: 'arima', name: 'ARIMA' }, { key: 'lstm', name: 'LSTM' },
];

/** Step at which the paper's 125M run passes to the stable state, read off its error curve. */
export const publishedBoundaryStep = 5000;
