import { useMemo, useState } from 'preact/hooks';
import { Bars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import { Matrix } from '../../charts/matrix.tsx';
import { errorByLayerAndOrigin, layerHeatmap } from '../../forecast/comparison/summaries.ts';
import { SelectField, formatCount } from '../../ui/index.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';
import { errorAxis, originSpan, type ErrorFiguresProps } from './error-figures.tsx';
import { barSteps, contenderBars, heatCell, layerReferences, layerSeries } from './series.ts';

export type ContenderFiguresProps = Omit<ErrorFiguresProps, 'onOpen'>;

const twoDigits = (value: number): string => value.toFixed(2);

/** One forecaster, the best one until another is chosen, by thousand steps and by layer; and every forecaster on every layer. */
export function ContenderFigures(props: ContenderFiguresProps) {
  const { info, result, horizon, bestWindowSteps, best } = props;
  const { contenders, horizons } = result.settings;
  const [chosen, setChosen] = useState<number | null>(null);
  const contender = chosen !== null && chosen < contenders.length ? chosen : best;
  const { label } = contenders[contender];
  const ahead = `${formatCount(horizons[horizon])} steps ahead`;
  const bars = useMemo(() => contenderBars(result, horizon, contender, bestWindowSteps), [result, horizon, contender, bestWindowSteps]);
  const byLayer = useMemo(
    () => layerSeries(errorByLayerAndOrigin(result, horizon, contender, 'loadBlock'), (layer) => layerLabel(info.layers[layer].name)),
    [result, horizon, contender, info],
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
            caption: `Load error of ${label} by ${formatCount(barSteps)} iterations`,
            columns: [{ label: 'origins from step', format: formatCount }, ...bars.series.map((one) => ({ label: one.label, unit: '%', format: twoDigits }))],
            rows: () => bars.at.map((from, i) => [from, ...bars.series.map(({ values }) => values[i])]),
          }}
        >
          <Bars label={`Error of ${label} by ${formatCount(barSteps)} iterations`} groups={bars.at.map(formatCount)} series={bars.series} yLabel="load error of the mean, %" xLabel="origins from step" height={320} placeholder="Nothing was judged yet" />
        </Figure>
        <Figure
          title={`Error of all layers, ${label}`} caption={`A line a layer, ${ahead}.`} exportName={`${info.name} ${label} error by layer`}
          table={seriesTable(`Load error of ${label} by origin and layer`, byLayer, '%', 1, { label: 'origin, step', format: formatCount })}
        >
          <Lines label={`Error of ${label} by layer`} series={byLayer} steps={originSpan(result)} y={errorAxis} height={320} xLabel="origin, training step" xWord="origin" />
        </Figure>
      </div>
      <LayerMatrix {...props} ahead={ahead} />
    </>
  );
}

function LayerMatrix({ info, result, horizon, bestWindowSteps, ahead }: ContenderFiguresProps & { readonly ahead: string }) {
  const { contenders } = result.settings;
  const heat = useMemo(() => layerHeatmap(result, horizon, 'loadBlock'), [result, horizon]);
  const references = useMemo(() => layerReferences(result.references, horizon, heat.layers, bestWindowSteps), [result, horizon, heat, bestWindowSteps]);
  const rows = [...heat.contenders.map((index) => contenders[index].label), `Best average, ${formatCount(bestWindowSteps)} steps`, ...(references.some(({ noiseFloor }) => Number.isFinite(noiseFloor)) ? ['Noise floor'] : [])];
  const columns = heat.layers.map((layer) => ({ tick: info.layers[layer].name, label: layerLabel(info.layers[layer].name) }));
  const wins = heat.contenders.map((_, row) => columns.filter((__, column) => heatCell(heat, references, row, column).best).length);
  const most = wins.indexOf(Math.max(...wins));
  const title = 'Error of every forecaster on every layer';
  return (
    <Figure
      title={title} caption={`Load error of the mean, %, means over origins, ${ahead}. Colours compare with the best average in hindsight on the same layer.`} exportName={`${info.name} error by layer and forecaster`}
      table={{
        caption: title,
        columns: [{ label: 'layer' }, ...rows.map((label) => ({ label, unit: '%', format: twoDigits })), { label: 'best' }],
        rows: () => columns.map(({ tick }, column) => {
          const errors = heat.errors.subarray(column * heat.contenders.length, (column + 1) * heat.contenders.length);
          const { average, noiseFloor } = references[column];
          return [tick, ...[...errors, average, noiseFloor].slice(0, rows.length), rows.find((_, row) => heatCell(heat, references, row, column).best) ?? ''];
        }),
      }}
    >
      <Matrix
        label={title} rows={rows} columns={columns} xLabel="layer" ends={['twice the average’s error', 'as the average', 'half of it']} placeholder="Nothing was judged yet"
        cell={(row, column) => heatCell(heat, references, row, column)}
        description={rows.length > 0 && most >= 0 ? `${rows[most]} is best on ${wins[most]} of ${columns.length} layers.` : ''}
      />
    </Figure>
  );
}
