import type { Scores } from '../../../workers/contract.ts';

export interface Judged {
  /** "the LSTM", "the sliding average over 500 steps" */
  readonly forecaster: string;
  readonly layer: string;
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly judgedSteps: number;
  readonly forecast: Scores;
  readonly average: Scores & { readonly windowSteps: number };
  readonly noiseFloor: Scores | null;
}

/** Differences under this share of the average's error are called a tie: one origin cannot tell them apart. */
const tie = 0.03;

export type Verdict = 'better' | 'worse' | 'tie' | 'same';

/** Whether the forecaster beats the sliding average (window chosen on the past), by the load error of the block mean. */
export function verdict(judged: { readonly forecast: Pick<Scores, 'loadBlock'>; readonly average: Pick<Scores, 'loadBlock'> }): Verdict {
  const mine = judged.forecast.loadBlock;
  const average = judged.average.loadBlock;
  if (mine === average) return 'same';
  const skill = 1 - mine / average;
  if (Math.abs(skill) < tie) return 'tie';
  return skill > 0 ? 'better' : 'worse';
}

/** The Forecast cell's finding: what the forecast got wrong, who is better, and what nobody could get right. */
export function forecastFinding(judged: Judged, number: (value: number) => string, steps: (value: number) => string): string {
  const { forecast, average, noiseFloor } = judged;
  const span = judged.judgedSteps < judged.horizonSteps
    ? `the ${steps(judged.judgedSteps)} steps that the trace has after step ${steps(judged.originStep)}`
    : judged.horizonSteps === 1 ? 'the next step' : `the next ${steps(judged.horizonSteps)} steps`;
  const start = `Over ${span}, ${judged.forecaster} misses the mean load of ${judged.layer} by ${number(forecast.loadBlock)}`;
  const floor = noiseFloor && Number.isFinite(noiseFloor.loadBlock)
    ? ` The noise floor is about ${number(noiseFloor.loadBlock)}.`
    : '';
  const rival = `the sliding average (${steps(average.windowSteps)} steps, chosen on the past)`;
  const skill = Math.round(Math.abs(1 - forecast.loadBlock / average.loadBlock) * 100);
  switch (verdict(judged)) {
    case 'same':
      return `${start}, and so does ${rival}.${floor}`;
    case 'tie':
      return `${start}, ${rival} by ${number(average.loadBlock)}: a tie.${floor}`;
    case 'better':
      return `${start}, ${rival} by ${number(average.loadBlock)}: an error smaller by ${skill} %.${floor}`;
    case 'worse':
      return `${start}. ${capital(rival)} does better, with ${number(average.loadBlock)}.${floor}`;
  }
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
