import type { ComponentChildren } from 'preact';
import { DataTable, type Column, type Row } from '../../ui/index.ts';
import type { ForecastPicture, Scores } from '../../../workers/contract.ts';
import { bandCell, bandText, percentOf, type ShownBand } from './band.ts';

const twoDigits = (value: number): string => value.toFixed(2);

const errorColumns: readonly Column[] = [
  { key: 'name', label: 'Forecaster' },
  { key: 'loadBlock', label: 'Load error', unit: 'block mean, %', term: 'loadError', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'loadPerStep', label: 'Load error', unit: 'per step, %', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'relativeBlock', label: 'Relative error', unit: 'block mean, %', term: 'relativeError', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'relativePerStep', label: 'Relative error', unit: 'per step, %', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'absoluteBlock', label: 'Absolute error', unit: 'block mean, points', term: 'absoluteError', numeric: true, best: 'lowest', format: (value) => value.toFixed(3) },
  { key: 'absolutePerStep', label: 'Absolute error', unit: 'per step, points', numeric: true, best: 'lowest', format: (value) => value.toFixed(3) },
];

export interface ScoreTableProps {
  readonly picture: ForecastPicture;
  readonly band: ShownBand;
  /** Wanted of the band, 0 to 1. */
  readonly coverage: number;
  readonly experts: number;
  readonly forecaster: string;
  readonly coldShare: number;
  /** What can be done about the band. */
  readonly bandAction?: ComponentChildren;
}

/** Every error by its name, beside the average's, the last value's and the noise floor's, and the band around the forecast. */
export function ScoreTable({ picture, band: shown, coverage, experts, forecaster, coldShare, bandAction }: ScoreTableProps) {
  const { scores } = picture;
  const { band } = shown;
  const aboutBand = <div class="table-foot band-foot"><p>{bandText(shown, coverage, experts)}</p>{bandAction}</div>;
  if (!scores) return <><p>Nothing came after the origin in this trace, so there is nothing to judge the forecast by.</p>{aboutBand}</>;
  const columns: readonly Column[] = [
    ...errorColumns,
    { key: 'band', label: `${percentOf(coverage)} band`, unit: 'held, mean width', numeric: true },
  ];
  const row = (key: string, name: string, values: Scores, reference = false): Row => ({ key, reference, cells: { ...values, name } });
  return (
    <>
      <DataTable
        caption="Errors over the horizon"
        columns={columns}
        rows={[
          { key: 'forecast', cells: { ...scores.forecast, name: forecaster, band: band?.interval ? bandCell(band, experts) : null } },
          row('average', `Sliding average, ${scores.average.windowSteps.toLocaleString('en-GB')} steps (chosen on the past)`, scores.average),
          row('last', 'Last value', scores.lastValue),
          row('floor', 'Noise floor', scores.noiseFloor, true),
        ]}
      />
      {aboutBand}
      {picture.coldExperts > 0 && (
        <p class="table-foot">{`${picture.coldExperts} ${picture.coldExperts === 1 ? 'expert has' : 'experts have'} less than ${(coldShare * 100).toFixed(1)} % of the load and ${picture.coldExperts === 1 ? 'is' : 'are'} left out of the relative error.`}</p>
      )}
    </>
  );
}
