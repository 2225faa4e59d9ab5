import { useMemo } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import { Figure } from '../../charts/figure.tsx';
import { Lines } from '../../charts/lines.tsx';
import type { Handle } from '../../charts/handles.tsx';
import { percentAxis, shareAxis } from '../../charts/series.ts';
import { formatCount } from '../../ui/index.ts';
import type { ForecastBand, ForecastPicture, StepSpan, TraceInfo } from '../../../workers/contract.ts';
import type { ForecastSpan } from '../resolve.ts';
import { seriesTable } from '../tables.ts';
import { usePaced } from '../use-paced.ts';
import { onBank } from '../../forecast/lstm.ts';
import { layerLabel } from '../resolve.ts';
import { percentOf } from './band.ts';
import { LayerFigures } from './layer-figures.tsx';
import { bandEdges, errorSeries, forecastSeries, lossSeries } from './series.ts';
import { noLossText, type ShownTraining } from './training.ts';
import type { LayerScores } from './use-layer-scores.ts';

export interface ForecastPicturesProps {
  readonly info: TraceInfo;
  readonly layer: number;
  readonly layerName: string;
  readonly layerExperts: number;
  readonly experts: readonly number[];
  readonly picture: ForecastPicture | null;
  /** Drawn around the forecast; null while there is none. */
  readonly band: ForecastBand | null;
  /** Wanted of the band, 0 to 1. */
  readonly coverage: number;
  readonly loading: boolean;
  /** What the picture was made for. */
  readonly originStep: number;
  readonly horizonSteps: number;
  /** The settings by now, which the window and horizon are shaded by; they may have moved on from the forecast's. */
  readonly span: ForecastSpan;
  readonly view: StepSpan;
  /** "LSTM" */
  readonly forecaster: string;
  readonly handles: readonly Handle[];
  readonly cursor: Signal<number | null>;
  /** null without one; its pictures keep their places while there is nothing in them yet. */
  readonly training: ShownTraining | null;
  /** Skill on all layers of the training. */
  readonly judged: LayerScores;
  readonly onLayer: (layer: number) => void;
}

/** Pictures of how a training goes are drawn this often at most; the forecast itself as often as it changes. */
const PACE_MS = 500;

/** Columns of the main picture: each is the mean of some steps, or single steps' noise would hide the loads. */
export const drawnColumns = 64;

export function ForecastPictures(props: ForecastPicturesProps) {
  const { info, layerName, picture, band, experts, originStep, horizonSteps, span, view, forecaster, training, judged, loading } = props;
  const main = useMemo(
    () => picture ? forecastSeries({ picture, band, experts, layerExperts: props.layerExperts, originStep, horizonSteps, forecaster, average: true }) : [],
    [picture, band, forecaster],
  );
  const errors = useMemo(() => picture ? errorSeries(picture, forecaster) : [], [picture, forecaster]);
  const meanSteps = Math.max(1, Math.round((view.toStep - view.fromStep) / drawnColumns));
  const name = `${info.name} ${layerName} ${forecaster} forecast at ${originStep}`;
  // Each is drawn again only when its own part is new: while training, reports and answers come several times a second.
  const told = useMemo(() => ({ training, judged }), [training, judged.scores, judged.why]);
  const late = usePaced(told, training?.live ? PACE_MS : 0);
  // Its beginning and its end are shown at once.
  const paced = training?.live && late.training?.live ? late : told;
  const layerFigures = useMemo(
    () => paced.training && paced.training.layers.length > 1 && (
      <LayerFigures
        info={info} layer={props.layer} training={paced.training} judged={paced.judged} onLayer={props.onLayer}
        exportName={`${info.name} LSTM forecast at ${paced.training.originStep}`}
      />
    ),
    [info, props.layer, paced],
  );
  const lossFigure = useMemo(
    () => paced.training && <LossFigure info={info} training={paced.training} exportName={`${name} loss`} />,
    [name, info, paced],
  );
  const windowed = props.handles.some(({ id }) => id === 'window');
  const mainFigure = useMemo(
    () => (
      <Figure
        title={`Load shares before and after step ${formatCount(originStep)}, ${layerName}`}
        caption={`Recorded loads as means of ${formatCount(meanSteps)} steps. Drag the origin${windowed ? ', the window’s start' : ''} or the horizon’s end.${band?.missing ? '' : ` The tint around a forecast is its ${percentOf(props.coverage)} band for the mean of the horizon.`}`}
        exportName={name}
        table={seriesTable(`Load shares, ${layerName}`, [...main, ...bandEdges(main)], '%', 100)}
      >
        <Lines
          label={`Load shares of ${layerName}: history, forecast and what came`} series={main} steps={view} y={shareAxis()} height={340}
          cursor={props.cursor} handles={props.handles} loading={loading} placeholder="Choose experts to draw"
          spans={[
            ...(windowed ? [{ id: 'window', label: 'window', fromStep: Math.max(view.fromStep, span.originStep - span.windowSteps), toStep: span.originStep }] : []),
            { id: 'horizon', label: 'horizon', fromStep: span.originStep, toStep: span.originStep + span.horizonSteps, tone: 'horizon' },
          ]}
        />
      </Figure>
    ),
    [name, main, band?.missing, props.coverage, originStep, view.fromStep, view.toStep, props.handles, loading],
  );
  const errorFigure = useMemo(
    () => (
      <Figure title="Load error of each step of the horizon" exportName={`${name} errors`} table={seriesTable('Load error of each step', errors, '%')}>
        <Lines
          label={`Load error of each step of the horizon, ${layerName}`} series={errors} steps={{ fromStep: originStep, toStep: originStep + horizonSteps }}
          y={percentAxis('load error, %', { zero: true })} height={240} cursor={props.cursor} loading={loading} placeholder="Nothing came yet to judge by"
        />
      </Figure>
    ),
    [name, layerName, errors, originStep, horizonSteps, loading],
  );
  return (
    <div class="pictures">
      {mainFigure}
      {layerFigures}
      <div class={training ? 'pictures-pair' : undefined}>
        {errorFigure}
        {lossFigure}
      </div>
    </div>
  );
}

/** Training and validation loss of the first model, as they are. */
function LossFigure({ info, training, exportName }: { readonly info: TraceInfo; readonly training: ShownTraining; readonly exportName: string }) {
  const series = useMemo(() => lossSeries(training.losses, onBank(training) ? 'all that is practised' : undefined), [training]);
  const title = `Loss while training${training.form === 'joint' ? `, ${layerLabel(info.layers[training.firstLayer].name)}` : ''}`;
  return (
    <Figure title={title} exportName={exportName} table={seriesTable(title, series, undefined, 1, { label: 'iteration', format: formatCount })}>
      <Lines
        label="Loss by iteration" series={series} xLabel="iteration" xWord="iteration" height={240}
        steps={{ fromStep: 0, toStep: training.iterations + 1 }} y={{ label: 'loss' }} placeholder={noLossText(training)}
      />
    </Figure>
  );
}
