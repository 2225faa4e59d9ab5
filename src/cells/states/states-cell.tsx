import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import { Figure } from '../../charts/figure.tsx';
import { formatNumber } from '../../charts/format.ts';
import { Lines } from '../../charts/lines.tsx';
import { percentAxis, shareAxis, type LineSeries } from '../../charts/series.ts';
import { Strips } from '../../charts/strips.tsx';
import { adviceInWords } from '../../states/advice.ts';
import { agreementInWords } from '../../states/agreement.ts';
import { depthInWords, fluctuations } from '../../states/depth.ts';
import type { ErrorCurves } from '../../states/error-curve.ts';
import { settlingSummary } from '../../states/summary.ts';
import { CellFrame, type CellState } from '../../shell/index.ts';
import { CheckField, ErrorPanel, SliderField, Term, formatCount } from '../../ui/index.ts';
import type { StatesPicture } from '../../../workers/contract.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { LayerField } from '../layer-field.tsx';
import { endStep } from '../../trace/recorded-span.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { boundariesOf } from './boundaries.ts';
import { DepthFigures } from './depth-figures.tsx';
import { ErrorCurveFigure } from './error-curve-figure.tsx';

const columns = 400;

export function StatesCell(props: CellProps<'states'>) {
  const shown = useShownTrace();
  return shown ? <OpenStates {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

/** One layer's part of a `[layers][columns]` array. */
function ofLayer(values: Float32Array, picture: StatesPicture, layer: number): Float32Array {
  const width = picture.columnSteps.length;
  return values.subarray(layer * width, (layer + 1) * width);
}

function OpenStates({ cell, frame, open, generation }: CellProps<'states'> & ShownTrace) {
  const { session } = useApp();
  const { info } = open;
  const { settings } = cell;
  const change = useChangeSettings<'states'>(cell.id);
  const cursor = useSignal<number | null>(null);
  const shown = useSignal(0);
  const answer = usePicture(JSON.stringify([generation, settings]), (work) => session.workers.trace.call('states', { ...settings, columns }, work));
  const { value: picture, error, loading, progress } = answer.value;
  const state: CellState = error ? { kind: 'failed' } : loading ? { kind: 'running', fraction: progress?.total ? progress.done / progress.total : undefined } : { kind: 'fresh' };
  useCellRegistration(cell.id, state);
  const curved = usePicture<ErrorCurves>(JSON.stringify([generation, info.fingerprint]), (work) => session.workers.trace.call('errorCurves', {}, work)).value;
  const curves = curved.value && curved.value.errors.length === info.layers.length * curved.value.originSteps.length ? curved.value : null;
  const steps = useMemo(() => ({ fromStep: info.firstStep, toStep: endStep(info) }), [info]);
  const layer = Math.min(shown.value, info.layers.length - 1);
  const name = layerLabel(info.layers[layer].name);
  const current = picture && picture.layers.length === info.layers.length ? picture : null;

  const boundaries = useMemo(() => (current && curves && !current.layers.some(({ tooShort }) => tooShort) ? boundariesOf(current, curves) : null), [current, curves]);
  const drift = useMemo((): readonly LineSeries[] => current ? [{
    id: 'drift', label: 'drift', colour: 'var(--truth)', x: current.columnSteps, y: ofLayer(current.criterion, current, layer),
  }] : [], [current, layer]);
  const spread = (short: 'varianceShort' | 'rangeShort', long: 'varianceLong' | 'rangeLong'): readonly LineSeries[] => current ? [
    { id: 'short', label: `${formatCount(settings.shortSteps)} steps`, colour: 'var(--history)', x: current.columnSteps, y: ofLayer(current[short], current, layer) },
    { id: 'long', label: `${formatCount(settings.longSteps)} steps`, colour: 'var(--forecast)', dash: '6 3', x: current.columnSteps, y: ofLayer(current[long], current, layer) },
  ] : [];
  const variance = useMemo(() => spread('varianceShort', 'varianceLong'), [current, layer]);
  const range = useMemo(() => spread('rangeShort', 'rangeLong'), [current, layer]);
  // Of hundreds of layers: made anew with their states, not with every word of progress.
  const advice = useMemo(
    () => boundaries && curves && `${adviceInWords(boundaries, info.layers.map((one) => one.name), curves.horizonSteps)} ${agreementInWords(boundaries)}`,
    [boundaries, curves, info],
  );
  const depth = useMemo(() => {
    if (!current || !boundaries) return null;
    const variance = fluctuations(current);
    return (
      <>
        <DepthFigures info={info} boundaries={boundaries} variance={variance} />
        <p class="states-reason">{depthInWords(variance, boundaries)}</p>
      </>
    );
  }, [current, boundaries, info]);
  const strips = useMemo(() => (
    <Strips
      label="Transient and stable state of every layer over the training steps" steps={steps} cursor={cursor} loading={loading}
      strips={info.layers.map((one, index) => ({
        id: String(index), label: one.name, spans: current?.layers[index].spans ?? [], boundaryStep: current?.layers[index].boundaryStep ?? null,
      }))}
    />
  ), [info, current, steps, cursor, loading]);
  const boundary = current?.layers[layer].boundaryStep ?? null;
  const marks = boundary === null ? [] : [{ id: 'boundary', label: 'stable from', step: boundary }];
  const longest = Math.max(10, Math.min(5000, endStep(info) - info.firstStep));

  return (
    <CellFrame
      {...frame}
      state={state}
      finding={current ? settlingSummary(current, info.layers.map((one) => one.name)) : undefined}
      controls={
        <>
          <SliderField label="Short width" unit="steps" help="Width of the short sliding variance and range; the paper takes 10." min={2} max={1000} integer scale="log" value={settings.shortSteps} onInput={(value) => change('short width', { shortSteps: value })} />
          <SliderField label="Long width" unit="steps" help="Width of the long sliding variance and range; the paper takes 100." min={2} max={5000} integer scale="log" value={settings.longSteps} onInput={(value) => change('long width', { longSteps: value })} />
          <SliderField label="Drift width" unit="steps" help="The drift compares the mean loads of two neighbouring spans of this width." min={10} max={longest} integer scale="log" value={settings.driftSteps} onInput={(value) => change('drift width', { driftSteps: value })} />
          <SliderField label="Threshold" unit="%" help="A layer is stable while its drift, a load error, stays at or under this." min={0.5} max={100} scale="log" value={settings.threshold} onInput={(value) => change('threshold', { threshold: value })} />
          <SliderField label="Hold time" unit="steps" help="How long the drift has to stay there before the layer counts as stable." min={1} max={longest} integer scale="log" value={settings.holdSteps} onInput={(value) => change('hold time', { holdSteps: value })} />
          <CheckField label="Re-arm" help="A stable layer may become transient again when its loads start to move." checked={settings.rearm} onChange={(value) => change('re-arm', { rearm: value })} />
        </>
      }
      error={error && !current ? <ErrorPanel title="The states could not be found" error={error} /> : undefined}
    >
      <div class="pictures">
        <Figure
          title="Transient and stable state of every layer"
          caption={<>A layer is in the <Term name="stable">stable state</Term> while its drift, the load error between the means of two neighbouring {formatCount(settings.driftSteps)}-step spans, holds at or under the threshold.</>}
          exportName={`${info.name} states`}
          table={{
            caption: 'States of every layer',
            columns: [{ label: 'layer' }, { label: 'stable from step', format: formatCount }, { label: 'by the error curve, from step', format: formatCount }, { label: 'why' }],
            rows: () => (current?.layers ?? []).map((one) => [info.layers[one.layer].name, one.boundaryStep ?? (one.tooShort ? 'cannot be told' : 'not stable at the end'), boundaries ? boundaries[one.layer].errorStep ?? 'not stable at the end' : '', one.reason]),
          }}
        >
          {strips}
        </Figure>
        {advice && <p class="states-advice">{advice}</p>}
        <div class="states-layer">
          <LayerField label="Layer shown below" info={info} layer={layer} onChange={(value) => { shown.value = value; }} />
          {current && <p class="states-reason">{current.layers[layer].reason}</p>}
        </div>
        <div class="pictures-pair">
          <Figure title={`Drift, ${name}`} exportName={`${info.name} ${name} drift`} table={seriesTable(`Drift of ${name}`, drift, '%')}>
            <Lines
              label={`Drift of ${name}`} series={drift} steps={steps} cursor={cursor} marks={marks} y={percentAxis('drift, load error, %', { log: true })} loading={loading}
              rules={current ? [{ id: 'threshold', label: 'threshold', value: current.criterionThreshold[layer] }] : []}
            />
          </Figure>
          <ErrorCurveFigure
            name={name} exportName={`${info.name} ${name} forecast errors`} curves={curves} layer={layer} threshold={current?.criterionThreshold[layer]}
            boundaryStep={boundaries?.[layer].errorStep ?? null} steps={steps} cursor={cursor}
          />
        </div>
        <div class="pictures-pair">
          <Figure title={`Sliding variance, ${name}`} exportName={`${info.name} ${name} variance`} table={seriesTable(`Sliding variance of load shares, ${name}`, variance, undefined)}>
            <Lines label={`Sliding variance of ${name}`} series={variance} steps={steps} cursor={cursor} marks={marks} y={{ label: 'variance of load share', log: true, format: (value) => formatNumber(value) }} loading={loading} />
          </Figure>
          <Figure title={`Sliding range, ${name}`} exportName={`${info.name} ${name} range`} table={seriesTable(`Sliding range of load shares, ${name}`, range, '%', 100)}>
            <Lines label={`Sliding range of ${name}`} series={range} steps={steps} cursor={cursor} marks={marks} y={shareAxis('range of load share, points', { log: true })} loading={loading} />
          </Figure>
        </div>
        {depth}
      </div>
    </CellFrame>
  );
}
