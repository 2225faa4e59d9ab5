import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import { percentAxis, type LineSeries } from '../../charts/series.ts';
import type { ErrorCurves } from '../../states/error-curve.ts';
import { formatCount } from '../../ui/index.ts';
import type { StepSpan } from '../../../workers/contract.ts';
import { seriesTable } from '../tables.ts';
import { errorsOf } from './boundaries.ts';

export interface ErrorCurveFigureProps {
  readonly name: string;
  readonly exportName: string;
  readonly curves: ErrorCurves | null;
  readonly layer: number;
  readonly threshold: number | undefined;
  readonly boundaryStep: number | null;
  readonly steps: StepSpan;
  readonly cursor: Signal<number | null>;
}

/** The error of the sliding average's forecasts all along a layer: the curve that the paper reads its boundary off. */
export function ErrorCurveFigure({ name, exportName, curves, layer, threshold, boundaryStep, steps, cursor }: ErrorCurveFigureProps) {
  const series = useMemo((): readonly LineSeries[] => (curves && curves.originSteps.length > 0 ? [{
    id: 'error', label: 'load error of the average', colour: 'var(--average)', x: curves.originSteps, y: errorsOf(curves, layer),
  }] : []), [curves, layer]);
  const ahead = curves ? `${formatCount(curves.horizonSteps)} steps ahead` : 'the next steps';
  return (
    <Figure
      title={`Error of forecasts, ${name}`} caption={`Load error of the sliding average ${ahead}, its window chosen on the past. Stable from the first origin from which on it stays under the threshold.`}
      exportName={exportName} table={seriesTable(`Load error of the sliding average’s forecasts, ${name}`, series, '%')}
    >
      <Lines
        label={`Load error of forecasts of ${name}`} series={series} steps={steps} cursor={cursor} y={percentAxis('load error, %', { log: true })} loading={curves === null}
        marks={boundaryStep === null ? [] : [{ id: 'boundary', label: 'stable from', step: boundaryStep }]} rules={threshold === undefined ? [] : [{ id: 'threshold', label: 'threshold', value: threshold }]}
        placeholder="The trace is too short for forecasts along it"
      />
    </Figure>
  );
}
