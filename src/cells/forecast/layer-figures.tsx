import { useMemo } from 'preact/hooks';
import { Figure } from '../../charts/figure.tsx';
import { formatNumber } from '../../charts/format.ts';
import { Lines } from '../../charts/lines.tsx';
import type { LineSeries } from '../../charts/series.ts';
import { Stems } from '../../charts/stems.tsx';
import type { FigureTable } from '../../charts/table.ts';
import { formatCount } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { onBank } from '../../forecast/lstm.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';
import { curveSeries, relativeCurves } from './curves.ts';
import { skillOf, skillStems, type LayerScore } from './skill.ts';
import { noLossText, type ShownTraining } from './training.ts';
import type { LayerScores } from './use-layer-scores.ts';

export interface LayerFiguresProps {
  readonly info: TraceInfo;
  /** The layer that the cell shows. */
  readonly layer: number;
  readonly training: ShownTraining;
  readonly judged: LayerScores;
  readonly onLayer: (layer: number) => void;
  /** Start of exported files' names. */
  readonly exportName: string;
}

/** All layers of a training beside each other: how well each is forecast, and how its loss fell. */
export function LayerFigures({ info, layer, training, judged, onLayer, exportName }: LayerFiguresProps) {
  const { auto, layers, curves, diverged } = training;
  const nameOf = (index: number): string => layerLabel(info.layers[index].name);
  const series = useMemo(
    () => curveSeries({ curves: relativeCurves(curves), shown: layer, diverged, nameOf }),
    [curves, layer, diverged, info],
  );
  const stems = useMemo(() => skillStems(layers, judged.scores, nameOf, (index) => info.layers[index].name), [layers, judged.scores, info]);
  const start = startOf(training);
  return (
    <div class="pictures-pair">
      <Figure
        title={`Skill on all ${layers.length} layers`}
        caption={`How much smaller ${auto ? 'Auto' : 'the LSTM'}’s load error is than that of the sliding average, its window chosen on the past. Choose a layer to show it.`}
        exportName={`${exportName} skill by layer`} table={scoresTable(judged.scores, info)}
      >
        <Stems
          label={`Skill of ${auto ? 'Auto' : 'the LSTM'} by layer`} stems={stems} yLabel="load error saved, %" xLabel="layer" zeroLabel="average" height={280}
          words={{ above: `${auto ? 'Auto' : 'LSTM'} better`, level: 'tie', below: 'average better' }} picked={String(layer)} onPick={(id) => onLayer(Number(id))} placeholder={judged.why}
        />
      </Figure>
      <Figure
        title={`${lossName(training)} of all ${layers.length} layers`}
        caption={`Loss on ${onBank(training) ? 'the past forecasts that are practised' : 'the newest steps before the origin, which are not trained on'}; 1 is the ${start}${start === 'untrained' ? ' network' : ', before any training'}.`}
        exportName={`${exportName} loss by layer`}
        table={seriesTable(`${lossName(training)} by layer, before training = 1`, inTableOrder(series), undefined, 1, { label: 'iteration', format: formatCount })}
      >
        <Lines
          label={`${lossName(training)} of all layers by iteration`} series={series} steps={{ fromStep: 0, toStep: training.iterations + 1 }} xLabel="iteration" xWord="iteration"
          y={{ label: 'relative loss', log: true, limits: [0, 4], format: (value) => formatNumber(value) }} height={280} growing={training.live}
          rules={[{ id: 'start', label: start, value: 1 }]} placeholder={noLossText(training)}
        />
      </Figure>
    </div>
  );
}

/** What an untrained network forecasts, in a few words. */
function startOf({ form }: ShownTraining): string {
  return form === 'joint' ? 'untrained' : form === 'pooled' ? 'base forecast' : 'mean of the bank';
}

/** On the bank nothing is held back to validate on. */
export function lossName(training: Pick<ShownTraining, 'form'>): string {
  return onBank(training) ? 'Practice loss' : 'Validation loss';
}

/** The mean, then the layers as they are numbered. */
function inTableOrder(series: readonly LineSeries[]): readonly LineSeries[] {
  const place = ({ id }: LineSeries): number => (id === 'mean' ? -1 : Number(id.replace('layer-', '')));
  return series.toSorted((a, b) => place(a) - place(b));
}

const twoDigits = (value: number): string => value.toFixed(2);

function scoresTable(scores: readonly LayerScore[], info: TraceInfo): FigureTable {
  return {
    caption: 'Load error of the horizon’s mean by layer',
    columns: [
      { label: 'layer' },
      { label: 'LSTM', unit: 'load error, %', format: twoDigits },
      { label: 'sliding average', unit: 'load error, %', format: twoDigits },
      { label: 'skill', unit: '%', format: (value) => value.toFixed(0) },
    ],
    rows: () => scores.toSorted((a, b) => a.layer - b.layer).map((score) => [info.layers[score.layer].name, score.forecast, score.average, skillOf(score) * 100]),
  };
}
