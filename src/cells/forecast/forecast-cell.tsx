import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useComputed, useSignal } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import type { Run } from '../../app/runs.ts';
import type { OpenTrace } from '../../app/session.ts';
import type { Handle } from '../../charts/handles.tsx';
import { formatPercent } from '../../charts/format.ts';
import { isTrained } from '../../forecast/trained.ts';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import { changedSettings, isStale } from '../../notebook/settings-key.ts';
import { CellFrame, RunSlot, keysOf, type CellFrameProps, type CellState } from '../../shell/index.ts';
import { Button, ErrorPanel, FileButton, Notice, formatCount } from '../../ui/index.ts';
import type { ForecastBand, ForecastPicture, ForecastRequest, StepSpan } from '../../../workers/contract.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { layerLabel, resolveExperts, resolveForecast, resolveLayer } from '../resolve.ts';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { ChoiceView } from './choice-view.tsx';
import { ExportButtons } from './export-buttons.tsx';
import { capital, forecastFinding } from './finding.ts';
import { FitStatus } from './fit-status.tsx';
import { ForecastControls, RareFields, TrainingFields, rareParameters, usesWindow, type ForecastControlsProps } from './forecast-controls.tsx';
import { ForecastPictures, drawnColumns } from './forecast-pictures.tsx';
import { seenWarning } from './loaded-model.ts';
import type { ShownBand } from './band.ts';
import { trainingPlan } from './plan.ts';
import { ProvenanceView } from './provenance-view.tsx';
import { RunStatus } from './run-status.tsx';
import { ScoreTable } from './score-table.tsx';
import { shownForecast, standIn } from './shown.ts';
import { divergedText, layersFinding } from './skill.ts';
import { shownTraining, type ShownTraining } from './training.ts';
import { trainingProgress } from './training-progress.ts';
import { useLateBand } from './use-late-band.ts';
import { useLoadModel } from './use-load-model.ts';
import { useLayerScores, useVersion, type LayerScores } from './use-layer-scores.ts';

export function ForecastCell(props: CellProps<'forecast'>) {
  const shown = useShownTrace();
  return shown ? <OpenForecast {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenForecast({ cell, frame, open, generation }: CellProps<'forecast'> & ShownTrace) {
  const { session, runs } = useApp();
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'forecast'>(cell.id);
  const { load, problem: misfit, forget } = useLoadModel(cell.id);
  const cursor = useSignal<number | null>(null);
  /** The view while a handle is dragged: it must not move under the pointer. */
  const held = useSignal<StepSpan | null>(null);
  const layer = resolveLayer(settings.layer, info);
  const experts = resolveExperts(settings.experts, layer, info);
  const span = resolveForecast(settings, info);
  const trained = isTrained(settings.forecaster);
  const started = useComputed(() => runs.active.value.get(cell.id)).value;
  /** One that was started on another trace ends by itself and has nothing to show here. */
  const run = started?.fingerprint === info.fingerprint ? started : undefined;
  const failure = runs.failures.value.get(cell.id);
  const result = trained ? cell.result : undefined;
  const stale = result !== undefined && !run && isStale(cell, info.fingerprint);
  const before = useMemo(() => shownTraining(cell, info, undefined), [cell, info]);
  const training = useMemo(() => (run ? shownTraining(cell, info, run) : before), [cell, info, run, before]);
  const version = useVersion(training?.forecasts ?? none);
  const shown = shownForecast({ settings, info, layer, training, before, version });
  const name = layerLabel(info.layers[layer].name);
  const subject = settings.forecaster === 'auto' ? 'Auto' : 'the LSTM';

  const view = held.value ?? {
    fromStep: Math.max(info.firstStep, shown.originStep - Math.round(1.2 * Math.max(shown.windowSteps, shown.horizonSteps))),
    toStep: shown.originStep + Math.round(1.08 * shown.horizonSteps),
  };
  const request: Omit<ForecastRequest, 'fingerprint'> = {
    layer,
    forecaster: shown.forecaster,
    originStep: shown.originStep,
    horizonSteps: shown.horizonSteps,
    drawn: { ...view, experts, columns: drawnColumns, smoothingSteps: 1 },
    coldShare: settings.coldShare,
  };
  const key = JSON.stringify([generation, shown.key, settings.bandCoverage, { ...request, forecaster: null }]);
  // What is quick has its band with the picture, so that it moves with the sliders; what is not, later.
  const slowBands = useRef(new Map<string, number>()).current;
  const { forecaster } = request;
  const bandKind = `${layer} ${forecaster.kind === 'cheap' ? forecaster.id : ''}`;
  const later = forecaster.kind === 'cheap' && (shown.fitted || (forecaster.others ?? []).length > 0 || (slowBands.get(bandKind) ?? 0) >= 2);
  const answer = usePicture<Made>(key, async (work) => {
    // What is quick says nothing of its progress: each word would be a message between the key and the picture.
    const picture = await (later ? session.forecast(request, work) : session.forecast({ ...request, bandCoverage: settings.bandCoverage }, { signal: work.signal }));
    return { key, picture, request, label: shown.label, phrase: shown.phrase };
  });
  // The answer and the error alone: that a newer question is under way draws nothing anew while there is a picture.
  const newest = useComputed(() => answer.value.value).value;
  const problem = useComputed(() => answer.value.error).value;
  const made = newest?.request.layer === layer ? newest : null;
  const picture = made?.picture ?? null;
  const lateBand = useLateBand(made && made.key === key && !made.picture.band ? key : null, () => ({
    layer, forecaster, originStep: shown.originStep, horizonSteps: shown.horizonSteps, coverage: settings.bandCoverage,
    forecast: { blocks: made?.picture.blocks ?? 1, mean: made?.picture.mean ?? new Float64Array() },
  }));
  const bandTraining = useComputed(() => runs.bands.value.get(cell.id)).value;
  const shownBand = useMemo((): ShownBand => {
    if (picture?.band?.missing === 'no-past-forecasts' && bandTraining) return { band: null, ...bandTraining };
    return picture?.band ? { band: picture.band, progress: null, problem: null } : lateBand;
  }, [picture, lateBand, bandTraining]);
  const { band } = shownBand;
  useEffect(() => {
    if (!band) return;
    if (band.elapsedMs > quickBandMs) slowBands.set(bandKind, (slowBands.get(bandKind) ?? 0) + 1);
    else if (picture?.band || band.elapsedMs < quickBandMs / 2) slowBands.set(bandKind, 0);
  }, [band]);
  const loading = made === null && answer.value.loading;

  const start = (): void => {
    forget();
    // The result is about this origin: one that was never chosen is written down, or choosing it later would look like a change.
    if (settings.originStep === null) change('origin', { originStep: span.originStep });
    runs.start({ ...cell, settings: { ...settings, originStep: span.originStep } }, trainingPlan(settings, info));
  };
  const cancel = (): void => runs.cancel(cell.id);
  const state = stateOf(run, failure !== undefined, stale, trained && !result, problem !== null);
  useCellRegistration(cell.id, state, trained ? { run: start, cancel } : {});

  const move = (set: (step: number) => void): Handle['onMove'] => (step, final) => {
    held.value = final ? null : (held.peek() ?? view);
    set(step);
  };
  const handles = useMemo((): readonly Handle[] => [
    {
      id: 'origin', label: 'origin', main: true, step: span.originStep, min: span.firstOrigin, max: span.lastOrigin, stride: info.strideSteps,
      onMove: move((step) => change('origin', { originStep: step })),
    },
    ...(usesWindow(settings) ? [{
      id: 'window', label: 'window start', step: span.originStep - span.windowSteps, min: Math.max(view.fromStep, span.originStep - span.longestWindow), max: span.originStep - info.strideSteps, stride: info.strideSteps,
      onMove: move((step) => change('window', { windowSteps: span.originStep - step })),
    }] : []),
    {
      id: 'horizon', label: 'horizon end', step: span.originStep + span.horizonSteps, min: span.originStep + info.strideSteps, max: span.originStep + span.longestHorizon, stride: info.strideSteps,
      onMove: move((step) => change('horizon', { horizonSteps: step - span.originStep })),
    },
  ], [info, settings, view.fromStep, view.toStep]);
  const judged = useLayerScores(training, version, { open, generation }, settings.coldShare);
  const seen = training && !training.live && result ? seenWarning(result.provenance) : null;
  const diverged = training && divergedText(training.diverged.map((index) => layerLabel(info.layers[index].name)), training.layers.length);
  // While training, reports come several times a second: what does not depend on them is not drawn again.
  const controls: ForecastControlsProps = { info, settings, layer, experts, span, change };
  const fields = useMemo(() => <ForecastControls {...controls} />, [info, settings]);
  const moreFields = useMemo(() => (trained ? <TrainingFields {...controls} /> : <RareFields {...controls} />), [info, settings]);
  const bandable = result !== undefined && !run && !stale && result.ended !== 'loaded' && result.pastForecasts === undefined;
  const bandAction = bandTraining && bandTraining.problem === null ? <Button onClick={cancel}>Cancel the band</Button>
    : bandable && <Button onClick={() => runs.startBand(cell.id, trainingPlan(result.provenance.settings, info))}>Train at earlier origins</Button>;
  const scoreTable = useMemo(
    () => made && <ScoreTable bandAction={bandAction} picture={made.picture} band={shownBand} coverage={settings.bandCoverage} experts={info.layers[layer].experts} forecaster={scoreName(made.label, settings.forecaster)} coldShare={settings.coldShare} />,
    [made, shownBand, settings.forecaster, settings.coldShare, settings.bandCoverage, bandable, bandTraining],
  );
  const live = training?.live ?? false;
  const details = useMemo(() => detailsOf(cell, moreFields, made, band, open, live), [cell, moreFields, made, band, open, live]);
  const error = picture ? undefined : problem ?? undefined;
  useEffect(() => {
    runs.forgive(cell.id);
    forget();
  }, [settings, info.fingerprint]);
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={made && `${training ? allLayers(training, judged) : ''}${findingOf(made, name)}`}
      controls={fields}
      run={trained ? <RunSlot running={run !== undefined} label="Run" keys={keysOf('cell.run')} onRun={start} onCancel={cancel} /> : undefined}
      status={trained ? (
        <div class="forecast-status">
          <RunStatus run={run} result={result} kept={before} info={info} />
          {subject !== 'Auto' && <FileButton name="Load a trained model" accept=".zip,.json,.bin" multiple onFiles={load} />}
        </div>
      ) : shown.fitted ? <div class="forecast-status"><FitStatus answer={answer} /></div> : undefined}
      stale={stale ? { changes: changedSettings(cell, info.fingerprint).map((one) => one.text), keys: keysOf('cell.run'), onRun: start } : undefined}
      error={error && <ErrorPanel title="The forecast could not be drawn" error={error} />}
      details={details}
    >
      {failure && <ErrorPanel title={`${capital(subject)} could not be trained`} error={failure} actions={<Button onClick={start}>Run again</Button>} />}
      {misfit && <ErrorPanel title="The model could not be loaded" error={misfit} />}
      {seen && <Notice level="warning">{seen}</Notice>}
      {trained && !result && !run && !failure && (
        <Notice>{`${capital(subject)} has not been trained yet: the picture shows the ${standIn(settings) === 'combination' ? 'combination by past errors' : 'sliding average'}. Run trains it on this machine.`}</Notice>
      )}
      {diverged && <Notice level="warning">{diverged}</Notice>}
      <ForecastPictures
        info={info} layer={layer} layerName={name} layerExperts={info.layers[layer].experts} experts={made?.request.drawn.experts ?? experts} picture={picture} band={band} coverage={settings.bandCoverage} loading={loading}
        originStep={made?.request.originStep ?? shown.originStep} horizonSteps={made?.request.horizonSteps ?? shown.horizonSteps} span={span}
        view={held.value ?? made?.request.drawn ?? view} forecaster={made?.label ?? shown.label} handles={handles} cursor={cursor} training={training}
        judged={judged} onLayer={(value) => change('layer', { layer: value })}
      />
      {scoreTable}
    </CellFrame>
  );
}

const none: readonly never[] = [];

/** Bands that take longer than this, ms, twice in a row (the first time may be slow), come after their pictures from then on: both are to fit into a frame. */
const quickBandMs = 8;

/** Name in the table: what is shown, which before a first training is not yet the trained one. */
function scoreName(label: string, forecaster: string): string {
  return isTrained(forecaster) && label !== forecasterOf(forecaster).label ? capital(label) : forecasterOf(forecaster).label;
}

/** A picture with the question that it answers: while a newer one is under way, the two must not be mixed. */
interface Made {
  readonly key: string;
  readonly picture: ForecastPicture;
  readonly request: Omit<ForecastRequest, 'fingerprint'>;
  readonly label: string;
  readonly phrase: string;
}

function stateOf(run: Run | undefined, failed: boolean, stale: boolean, untrained: boolean, broken: boolean): CellState {
  if (run) {
    const { done, total } = run.report ? trainingProgress(run.report) : { done: 0 };
    return { kind: 'running', fraction: total ? done / total : undefined };
  }
  if (failed || broken) return { kind: 'failed' };
  if (stale) return { kind: 'stale' };
  return { kind: untrained ? 'empty' : 'fresh' };
}

/** What is said of all layers before the one that is drawn; while it is not known, what will stand there. */
function allLayers({ auto, live, layers }: ShownTraining, { scores, newest }: LayerScores): string {
  if (scores.length > 0) return `${layersFinding(scores, live || !newest, auto ? 'Auto' : 'the LSTM')} `;
  return live && layers.length > 1 ? `As ${auto ? 'Auto' : 'the LSTM'} learns, its forecasts of all ${layers.length} layers are drawn and held against the sliding average. ` : '';
}

function findingOf({ picture, request, phrase }: Made, layer: string): string {
  const { scores } = picture;
  if (!scores) return `The trace ends at step ${formatCount(request.originStep)}: this forecast looks at what nobody has seen yet, so it cannot be judged.`;
  return forecastFinding({
    forecaster: phrase, layer, originStep: request.originStep, horizonSteps: request.horizonSteps, judgedSteps: picture.judgedSteps,
    forecast: scores.forecast, average: scores.average, noiseFloor: scores.noiseFloor,
  }, (value) => formatPercent(value / 100), formatCount);
}

/** Whether the bank's past errors have a part in the forecast. */
function asksBank({ forecaster, values }: CellProps<'forecast'>['cell']['settings']): boolean {
  return forecaster === 'auto' || (forecaster === 'combination' && (values['combination']?.['way'] ?? 'inverse-error') === 'inverse-error');
}

function detailsOf(cell: CellProps<'forecast'>['cell'], moreFields: ComponentChildren, made: Made | null, band: ForecastBand | null, open: OpenTrace, live: boolean): CellFrameProps['details'] {
  const { settings } = cell;
  const trained = isTrained(settings.forecaster);
  return [
    ...(trained ? [{ id: 'training', summary: 'Training settings', content: moreFields }] : []),
    ...(made?.picture.explanation ? [{ id: 'choice', summary: 'Why this forecast', content: <p>{`${capital(layerLabel(open.info.layers[made.request.layer].name))}: ${made.picture.explanation}`}</p> }] : []),
    ...(made && asksBank(settings) ? [{
      id: 'choice', summary: 'Why this forecast',
      content: <ChoiceView
        layer={made.request.layer} layerName={layerLabel(open.info.layers[made.request.layer].name)} originStep={made.request.originStep} horizonSteps={made.request.horizonSteps}
        auto={settings.forecaster === 'auto' ? { trained: made.request.forecaster.kind === 'given' } : null}
      />,
    }] : []),
    ...(rareParameters(settings).length > 0 ? [{ id: 'more', summary: 'More settings', content: moreFields }] : []),
    ...(trained && cell.result ? [{ id: 'provenance', summary: 'Provenance', content: <ProvenanceView result={cell.result} /> }] : []),
    ...(made ? [{ id: 'export', summary: 'Export', content: <ExportButtons cell={cell} info={open.info} live={live} made={made} band={band} /> }] : []),
  ];
}
