/** What the Forecast cell draws, from the forecast worker's picture. */
import type { LineSeries } from '../../charts/series.ts';
import type { ForecastBand, ForecastPicture, LossPoint } from '../../../workers/contract.ts';

export interface ForecastDrawing {
  readonly picture: ForecastPicture;
  /** null while there is none. */
  readonly band: ForecastBand | null;
  readonly experts: readonly number[];
  readonly layerExperts: number;
  readonly originStep: number;
  readonly horizonSteps: number;
  /** "LSTM" */
  readonly forecaster: string;
  /** Whether the sliding average is drawn beside the forecast. */
  readonly average: boolean;
}

/** History, what came, forecast and average of the drawn experts. Names stand once: at the first expert. */
export function forecastSeries({ picture, band, experts, layerExperts, originStep, horizonSteps, forecaster, average }: ForecastDrawing): readonly LineSeries[] {
  const { columnSteps, mean } = picture.lines;
  const columns = columnSteps.length;
  const split = columnSteps.findIndex((step) => step >= originStep);
  const end = split < 0 ? columns : split;
  const blockSteps = Array.from({ length: picture.blocks + 1 }, (_, block) => originStep + (block * horizonSteps) / picture.blocks);
  const several = experts.length > 1;
  return experts.flatMap((expert, index): LineSeries[] => {
    const row = mean.subarray(index * columns, (index + 1) * columns);
    const name = (what: string): string => (several ? `${what}, expert ${expert}` : what);
    const blocks = Array.from({ length: picture.blocks }, (_, block) => picture.mean[block * layerExperts + expert]);
    const whole = (bounds: Float64Array | undefined): number[] | undefined => bounds && blockSteps.map(() => bounds[expert]);
    return [
      { id: `history-${expert}`, label: name('history'), legend: 'history', colour: 'var(--history)', width: 1.25, x: columnSteps.subarray(0, end), y: row.subarray(0, end) },
      { id: `truth-${expert}`, label: name('came'), legend: 'what came', colour: 'var(--truth)', width: 1.25, x: columnSteps.subarray(end), y: row.subarray(end) },
      ...(average ? [{
        id: `average-${expert}`, label: name('average'), legend: 'sliding average, window chosen on the past', colour: 'var(--average)', dash: '6 3', width: 2,
        x: [originStep, originStep + horizonSteps], y: [picture.averageMean[expert], picture.averageMean[expert]],
      } satisfies LineSeries] : []),
      {
        id: `forecast-${expert}`, label: name(forecaster), legend: forecaster, end: several ? `expert ${expert}` : undefined, colour: 'var(--forecast)',
        kind: 'step', width: 2.5, x: blockSteps, y: [...blocks, blocks[blocks.length - 1]],
        low: whole(band?.interval?.lower), high: whole(band?.interval?.upper),
      },
    ];
  });
}

/** The edges of bands as lines of their own, for the table behind the picture. */
export function bandEdges(series: readonly LineSeries[]): readonly LineSeries[] {
  return series.flatMap(({ low, high, ...one }) => (low && high ? [{ ...one, label: `${one.label}, band from`, y: low }, { ...one, label: `${one.label}, band to`, y: high }] : []));
}

/** Load error of each step: the forecast's, the average's, and what even a perfect forecast would make. */
export function errorSeries({ errorByStep }: ForecastPicture, forecaster: string): readonly LineSeries[] {
  const { columnSteps: x, forecast, average, noiseFloor } = errorByStep;
  return [
    { id: 'forecast', label: forecaster, colour: 'var(--forecast)', x, y: forecast, width: 2 },
    { id: 'average', label: 'sliding average', colour: 'var(--average)', dash: '6 3', x, y: average },
    ...(noiseFloor.some(Number.isFinite) ? [{ id: 'floor', label: 'noise floor', colour: 'var(--noise)', dash: '2 3', x, y: noiseFloor }] : []),
  ];
}

export function lossSeries(losses: readonly Pick<LossPoint, 'iteration' | 'train' | 'validation'>[], watched = 'validation'): readonly LineSeries[] {
  const x = losses.map(({ iteration }) => iteration);
  return [
    { id: 'train', label: 'training', colour: 'var(--history)', x, y: losses.map(({ train }) => train) },
    { id: 'validation', label: watched, colour: 'var(--forecast)', dash: '6 3', x, y: losses.map(({ validation }) => validation), width: 2 },
  ];
}
