import { formatFixed } from '../../charts/format.ts';
import { errorOf } from '../../forecast/comparison/means.ts';
import type { ComparisonTable, Contender } from '../../forecast/comparison/types.ts';
import { DataTable, formatDuration, type Column, type Row } from '../../ui/index.ts';
import type { Scores } from '../../../workers/contract.ts';

const fixed = (digits: number) => (value: number): string => value.toFixed(digits);
const twoDigits = fixed(2);
const percent = (value: number): string => formatFixed(value * 100, 0);

const columns: readonly Column[] = [
  { key: 'name', label: 'Forecaster' },
  { key: 'loadBlock', label: 'Load error', unit: 'block mean, %', term: 'loadError', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'skill', label: 'Skill', unit: '%', numeric: true, best: 'highest', format: percent },
  { key: 'standing', label: 'Against the best' },
  { key: 'loadPerStep', label: 'Load error', unit: 'per step, %', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'relativeBlock', label: 'Relative error', unit: 'block mean, %', term: 'relativeError', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'relativePerStep', label: 'Relative error', unit: 'per step, %', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'absoluteBlock', label: 'Absolute error', unit: 'block mean, points', term: 'absoluteError', numeric: true, best: 'lowest', format: fixed(3) },
  { key: 'absolutePerStep', label: 'Absolute error', unit: 'per step, points', numeric: true, best: 'lowest', format: fixed(3) },
  { key: 'mase', label: 'MASE', unit: 'block mean', numeric: true, best: 'lowest', format: twoDigits },
  { key: 'covered', label: 'Coverage', unit: '%', numeric: true, format: (value) => (value * 100).toFixed(1) },
  { key: 'width', label: 'Interval width', unit: 'points', numeric: true, format: twoDigits },
  { key: 'time', label: 'Time' },
  { key: 'count', label: 'Judged', unit: 'layers × origins', numeric: true },
];

/** "best", "tied with it", "worse": the word beside each forecaster. */
export function standingOf({ best, tied, pValue }: { readonly best: boolean; readonly tied: boolean; readonly pValue: number }): string {
  if (best) return 'best';
  if (Number.isNaN(pValue)) return 'too few origins to tell';
  return `${tied ? 'tied' : 'worse'}, p ${pValue < 0.001 ? '< 0.001' : `= ${pValue.toFixed(pValue < 0.1 ? 3 : 2)}`}`;
}

export interface ComparisonTableViewProps {
  readonly table: ComparisonTable;
  readonly contenders: readonly Contender[];
  /** Aimed at by the intervals, 0 to 1. */
  readonly coverage: number;
}

/** Every forecaster's errors at a horizon, the best first, beside the best average in hindsight and the noise floor. */
export function ComparisonTableView({ table, contenders, coverage }: ComparisonTableViewProps) {
  const rows = table.rows.toSorted((a, b) => errorOf(a, table.measure) - errorOf(b, table.measure)).map((row): Row => ({
    key: contenders[row.contender].key,
    cells: {
      ...row.scores, name: contenders[row.contender].label, standing: standingOf(row), skill: row.skill, mase: row.mase,
      covered: row.covered, width: row.width, time: formatDuration(row.elapsedMs), count: row.count,
    },
  }));
  const reference = (key: string, name: string, scores: Partial<Scores>): Row => ({ key, reference: true, cells: { ...scores, name } });
  return (
    <>
      <DataTable
        caption={`Errors over ${table.horizonSteps.toLocaleString('en-US')} steps, means over layers and origins`}
        columns={columns}
        rows={[
          ...rows,
          reference('average', `Sliding average, ${table.bestWindowSteps.toLocaleString('en-US')} steps (best in hindsight)`, { loadBlock: table.bestAverage }),
          reference('floor', 'Noise floor', table.noiseFloor),
        ]}
      />
      <p class="table-foot">
        {`Tied: the difference to the best is within chance (Diebold–Mariano over origins by the measure chosen, 5 %). Skill: the part of the best average’s load error that is saved, less than 0 where it is worse. Intervals aim at ${Number((coverage * 100).toFixed(1))} % and are made from errors at past origins.`}
      </p>
    </>
  );
}
