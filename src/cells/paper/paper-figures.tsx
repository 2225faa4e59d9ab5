import { useMemo, useState } from 'preact/hooks';
import { Bars, type BarSeries } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import { percentAxis } from '../../charts/series.ts';
import { barsBy, errorByLayerAndOrigin } from '../../forecast/comparison/summaries.ts';
import type { ComparisonResult } from '../../forecast/comparison/types.ts';
import { ChoiceField, formatCount } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { originSpan } from '../backtest/error-figures.tsx';
import { layerSeries } from '../backtest/series.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';

const errorAxis = percentAxis('relative error of the mean, %', { log: true });
const twoDigits = (value: number): string => value.toFixed(2);
const looks = ['filled', 'outlined', 'dotted'] as const;
const colours = ['var(--average)', 'var(--truth)', 'var(--forecast)'] as const;

/** Figures 5 to 9: the error of each forecaster against iteration, a line a layer, and all of them by thousand steps. */
export function PaperFigures({ info, result }: { readonly info: TraceInfo; readonly result: ComparisonResult }) {
  const { contenders, horizons } = result.settings;
  const [chosen, setHorizon] = useState(0);
  const horizon = Math.min(chosen, horizons.length - 1);
  const ahead = `${formatCount(horizons[horizon])} steps ahead`;
  const lines = useMemo(() => contenders.map((_, contender) => (
    layerSeries(errorByLayerAndOrigin(result, horizon, contender, 'relativeBlock'), (layer) => layerLabel(info.layers[layer].name))
  )), [result, horizon, info]);
  const bars = useMemo(() => barsBy(result, horizon, 'relativeBlock'), [result, horizon]);
  const barSeries = contenders.map(({ key, label }, contender): BarSeries => ({
    id: key, label, colour: colours[contender], look: looks[contender], values: bars.lines.find((line) => line.contender === contender)?.errors ?? bars.at.map(() => NaN),
  }));
  return (
    <>
      {horizons.length > 1 && (
        <ChoiceField label="Horizon of the figures below" value={String(horizon)} onChange={(value) => setHorizon(Number(value))} choices={horizons.map((steps, i) => ({ value: String(i), label: `${formatCount(steps)} steps` }))} />
      )}
      <div class="pictures-pair">
        {contenders.map(({ key, label }, contender) => (
          <Figure
            key={key} title={`Error rate against iteration, ${label}`} caption={`A line a layer, ${ahead}: figures 5 to 8.`} exportName={`${info.name} ${label} error rate`}
            table={seriesTable(`Relative error of ${label} by origin and layer`, lines[contender], '%', 1, { label: 'origin, step', format: formatCount })}
          >
            <Lines
              label={`Relative error of ${label} by layer`} series={lines[contender]} steps={originSpan(result)} y={errorAxis} height={300} xLabel="origin, training step" xWord="origin"
              placeholder={key === 'lstm' ? 'Too little lies before these origins to train on' : 'Nothing was judged yet'}
            />
          </Figure>
        ))}
        <Figure
          title="Error rate by 1,000 iterations" caption={`Means over layers and the origins in each thousand steps, ${ahead}: figure 9.`} exportName={`${info.name} error rate by thousand`}
          table={{
            caption: 'Relative error by 1,000 iterations',
            columns: [{ label: 'origins from step', format: formatCount }, ...barSeries.map(({ label }) => ({ label, unit: '%', format: twoDigits }))],
            rows: () => bars.at.map((from, i) => [from, ...barSeries.map(({ values }) => values[i])]),
          }}
        >
          <Bars label="Relative error of each forecaster by 1,000 iterations" groups={bars.at.map(formatCount)} series={barSeries} yLabel="relative error of the mean, %" xLabel="origins from step" height={300} placeholder="Nothing was judged yet" />
        </Figure>
      </div>
    </>
  );
}
