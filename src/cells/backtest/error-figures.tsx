import { useMemo, useState } from 'preact/hooks';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import { errorByHorizon, errorByOrigin } from '../../forecast/comparison/summaries.ts';
import type { ComparisonResult } from '../../forecast/comparison/types.ts';
import { SelectField, formatCount } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { layerLabel } from '../resolve.ts';
import { hasAverages, type MeasureLook } from './measures.ts';
import { seriesTable } from '../tables.ts';
import type { ChosenForecast } from './open-forecast.ts';
import { averageSeries, contenderSeries, ofLayer } from './series.ts';

export interface ErrorFiguresProps {
  readonly info: TraceInfo;
  readonly result: ComparisonResult;
  /** Place among the horizons. */
  readonly horizon: number;
  readonly look: MeasureLook;
  /** Of the best average in hindsight. */
  readonly bestWindowSteps: number;
  /** Place of the best contender. */
  readonly best: number;
  readonly onOpen: (chosen: ChosenForecast) => void;
}

/** Error against iteration, all forecasters beside each other, and by horizon; of the mean of all layers or of one. */
export function ErrorFigures({ info, result, horizon, look, bestWindowSteps, best, onOpen }: ErrorFiguresProps) {
  const { contenders, horizons, layers } = result.settings;
  const [chosen, setChosen] = useState<number | null>(null);
  const layer = chosen !== null && layers.includes(chosen) ? chosen : null;
  const part = useMemo(() => ofLayer(result, layer), [result, layer]);
  const byOrigin = useMemo(
    () => [...contenderSeries(errorByOrigin(part, horizon, look.measure), contenders, best), ...(hasAverages(look) ? averageSeries(part.references, horizon, bestWindowSteps) : [])],
    [part, horizon, look, bestWindowSteps, best],
  );
  const byHorizon = useMemo(() => (horizons.length > 1 ? contenderSeries(errorByHorizon(part, look.measure), contenders, best) : []), [part, look, best]);
  const judged = useMemo(() => new Set(result.points.map((point) => point.layer)).size, [result]);
  const only = layer ?? (layers.length === 1 ? layers[0] : null);
  const where = only === null ? `mean of ${judged < layers.length ? `${judged} of ` : ''}${layers.length} layers` : layerLabel(info.layers[only].name);
  const exportName = `${info.name} ${where}`;
  return (
    <>
      <div class="backtest-choice">
        <SelectField
          label="Layer shown" value={layer === null ? 'all' : String(layer)} onChange={(value) => setChosen(value === 'all' ? null : Number(value))}
          choices={[{ value: 'all', label: 'Mean of all' }, ...layers.map((index) => ({ value: String(index), label: info.layers[index].name }))]}
        />
      </div>
      <Figure
        title={`Error against iteration, ${where}, ${formatCount(horizons[horizon])} steps ahead`} caption="Each point is a forecast made at that step. Choose one to see it in the Forecast cell."
        exportName={`${exportName} error against iteration`} table={seriesTable(`${look.label}, by origin, ${where}`, byOrigin, look.unit, 1, { label: 'origin, step', format: formatCount })}
      >
        <Lines
          label={`Error against iteration, ${where}`} series={byOrigin} steps={originSpan(result)} y={look.axis} height={400} xLabel="origin, training step" xWord="origin"
          onPick={(originStep, series) => {
            const picked = contenders.find(({ key }) => key === series.id);
            if (picked) onOpen({ contender: picked, originStep, horizonSteps: horizons[horizon], layer });
          }}
        />
      </Figure>
      {horizons.length > 1 && (
        <Figure
          title={`Error by horizon, ${where}`} caption="Means over the origins that the trace holds every horizon of." exportName={`${exportName} error by horizon`}
          table={seriesTable(`${look.label}, by horizon, ${where}`, byHorizon, look.unit, 1, { label: 'horizon, steps', format: formatCount })}
        >
          <Lines
            label={`Error by horizon, ${where}`} series={byHorizon} steps={{ fromStep: horizons[0] * 0.9, toStep: horizons[horizons.length - 1] * 1.02 }} y={look.axis} height={340}
            xLabel="steps ahead" xWord="steps ahead:" placeholder="No origin has every horizon"
          />
        </Figure>
      )}
    </>
  );
}

/** Steps from the first to the last origin that was asked for: the same while points come. */
export function originSpan({ settings: { firstOriginStep, lastOriginStep } }: ComparisonResult): { readonly fromStep: number; readonly toStep: number } {
  const air = Math.max(1, (lastOriginStep - firstOriginStep) * 0.02);
  return { fromStep: firstOriginStep - air, toStep: lastOriginStep + air };
}
