import { useMemo, useState } from 'preact/hooks';
import { Bars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import { Matrix } from '../../charts/matrix.tsx';
import { errorByLayerAndOrigin, layerHeatmap } from '../../forecast/comparison/summaries.ts';
import { SelectField, formatCount } from '../../ui/index.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';
import { originSpan, type ErrorFiguresProps } from './error-figures.tsx';
import { hasAverages } from './measures.ts';
import { barSteps, contenderBars, heatCell, layerReferences, layerSeries } from './series.ts';

export type ContenderFiguresProps = Omit<ErrorFiguresProps, 'onOpen'>;

/** One forecaster, the best one until another is chosen, by thousand steps and by layer; and every forecaster on every layer. */
export function ContenderFigures(props: ContenderFiguresProps) {
  const { info, result, horizon, look, bestWindowSteps, best } = props;
  const fixed = (value: number): string => value.toFixed(look.digits);
  const { contenders, horizons } = result.settings;
  const [chosen, setChosen] = useState<number | null>(null);
  const contender = chosen !== null && chosen < contenders.length ? chosen : best;
  const { label } = contenders[contender];
  const ahead = `${formatCount(horizons[horizon])} steps ahead`;
  const bars = useMemo(() => contenderBars(result, horizon, look, contender, bestWindowSteps), [result, horizon, look, contender, bestWindowSteps]);
  const byLayer = useMemo(
    () => layerSeries(errorByLayerAndOrigin(result, horizon, contender, look.measure), (layer) => layerLabel(info.layers[layer].name)),
    [result, horizon, look, contender, info],
  );
  return (
    <>
      <div class="backtest-choice">
        <SelectField label="Forecaster shown" value={String(contender)} choices={contenders.map((one, i) => ({ value: String(i), label: one.label }))} onChange={(value) => setChosen(Number(value))} />
      </div>
      <div class="pictures-pair">
        <Figure
          title={`Error by ${formatCount(barSteps)} iterations, ${label}`} caption={`Means over layers and the origins in each thousand steps, ${ahead}.`} exportName={`${info.name} ${label} error by thousand`}
          table={{
            caption: `${look.label}, of ${label} by ${formatCount(barSteps)} iterations`,
            columns: [{ label: 'origins from step', format: formatCount }, ...bars.series.map((one) => ({ label: one.label, unit: look.unit, format: fixed }))],
            rows: () => bars.at.map((from, i) => [from, ...bars.series.map(({ values }) => values[i])]),
          }}
        >
          <Bars label={`Error of ${label} by ${formatCount(barSteps)} iterations`} groups={bars.at.map(formatCount)} series={bars.series} yLabel={look.axis.label} xLabel="origins from step" height={320} placeholder="Nothing was judged yet" />
        </Figure>
        <Figure
          title={`Error of all layers, ${label}`} caption={`A line a layer, ${ahead}.`} exportName={`${info.name} ${label} error by layer`}
          table={seriesTable(`${look.label}, of ${label} by origin and layer`, byLayer, look.unit, 1, { label: 'origin, step', format: formatCount })}
        >
          <Lines label={`Error of ${label} by layer`} series={byLayer} steps={originSpan(result)} y={look.axis} height={320} xLabel="origin, training step" xWord="origin" />
        </Figure>
      </div>
      <LayerMatrix {...props} ahead={ahead} />
    </>
  );
}

function LayerMatrix({ info, result, horizon, look, bestWindowSteps, ahead }: ContenderFiguresProps & { readonly ahead: string }) {
  const { contenders } = result.settings;
  const heat = useMemo(() => layerHeatmap(result, horizon, look.measure), [result, horizon, look]);
  const references = useMemo(() => layerReferences(result.references, horizon, look, heat.layers, bestWindowSteps), [result, horizon, look, heat, bestWindowSteps]);
  const rows = [...heat.contenders.map((index) => contenders[index].label), ...(hasAverages(look) ? [`Best average, ${formatCount(bestWindowSteps)} steps`] : []), ...(references.some(({ noiseFloor }) => Number.isFinite(noiseFloor)) ? ['Noise floor'] : [])];
  const columns = heat.layers.map((layer) => ({ tick: info.layers[layer].name, label: layerLabel(info.layers[layer].name) }));
  const wins = heat.contenders.map((_, row) => columns.filter((__, column) => heatCell(heat, references, look, row, column).best).length);
  const most = wins.indexOf(Math.max(...wins));
  const title = 'Error of every forecaster on every layer';
  return (
    <Figure
      title={title} caption={`${look.label}${look.unit ? `, ${look.unit}` : ''}, means over origins, ${ahead}.${hasAverages(look) ? ' Colours compare with the best average in hindsight on the same layer.' : ''}`} exportName={`${info.name} error by layer and forecaster`}
      table={{
        caption: title,
        columns: [{ label: 'layer' }, ...rows.map((label) => ({ label, unit: look.unit, format: (value: number) => value.toFixed(look.digits) })), { label: 'best' }],
        rows: () => columns.map(({ tick }, column) => {
          const errors = heat.errors.subarray(column * heat.contenders.length, (column + 1) * heat.contenders.length);
          const { average, noiseFloor } = references[column];
          return [tick, ...[...errors, ...(hasAverages(look) ? [average] : []), noiseFloor].slice(0, rows.length), rows.find((_, row) => heatCell(heat, references, look, row, column).best) ?? ''];
        }),
      }}
    >
      <Matrix
        label={title} rows={rows} columns={columns} xLabel="layer" ends={['twice the average’s error', 'as the average', 'half of it']} placeholder="Nothing was judged yet"
        cell={(row, column) => heatCell(heat, references, look, row, column)}
        description={rows.length > 0 && most >= 0 ? `${rows[most]} is best on ${wins[most]} of ${columns.length} layers.` : ''}
      />
    </Figure>
  );
}
