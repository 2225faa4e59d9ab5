import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import { categoryMark } from '../../charts/colour.ts';
import { Figure } from '../../charts/figure.tsx';
import { formatPercent } from '../../charts/format.ts';
import { HeatmapGrid, smallTop } from '../../charts/heatmap-grid.tsx';
import { Heatmap } from '../../charts/heatmap.tsx';
import { Lines } from '../../charts/lines.tsx';
import { shareAxis, type LineSeries } from '../../charts/series.ts';
import { cancelled, throwIfAborted } from '../../errors.ts';
import type { LoadSettings } from '../../notebook/kinds/load.ts';
import { CellFrame, type CellState } from '../../shell/index.ts';
import { ChoiceField, ErrorPanel, SelectField, SliderField, formatCount } from '../../ui/index.ts';
import type { HeatmapPicture, ImbalanceMeasure } from '../../../workers/contract.ts';
import type { CellProps } from '../cell-props.ts';
import { EmptyCell } from '../empty-cell.tsx';
import { ExpertsField } from '../experts-field.tsx';
import { LayerField } from '../layer-field.tsx';
import { layerLabel, resolveExperts, resolveLayer, resolveSpan } from '../resolve.ts';
import { heatmapTable, layersTable, seriesTable } from '../tables.ts';
import { useChangeSettings } from '../use-settings.ts';
import { useShownTrace, type ShownTrace } from '../use-shown-trace.ts';
import { loadFinding } from './load-finding.ts';
import { measureWords } from './measures.ts';

const heatmapColumns = 720;
const lineColumns = 400;
const smallColumns = 120;
/** Small pictures asked for together. */
const smallAtOnce = 16;

export function LoadCell(props: CellProps<'load'>) {
  const shown = useShownTrace();
  return shown ? <OpenLoad {...props} {...shown} /> : <EmptyCell id={props.cell.id} frame={props.frame} />;
}

function OpenLoad({ cell, frame, open, generation }: CellProps<'load'> & ShownTrace) {
  const { session } = useApp();
  const { trace } = session.workers;
  const { info } = open;
  const settings: LoadSettings = cell.settings;
  const change = useChangeSettings<'load'>(cell.id);
  const cursor = useSignal<number | null>(null);
  const colours = useSignal<'share' | 'ratio'>('share');
  const layer = resolveLayer(settings.layer, info);
  const experts = resolveExperts(settings.experts, layer, info);
  const span = resolveSpan(settings, info);
  const zoomed = settings.fromStep !== null || settings.toStep !== null;
  const key = (...parts: readonly unknown[]): string => JSON.stringify([generation, ...parts]);

  const heatmap = usePicture(key('heat', layer, span), () => trace.call('heatmap', { layer, ...span, columns: heatmapColumns }));
  const lines = usePicture(key('lines', layer, span, experts, settings.smoothingSteps), () =>
    trace.call('lines', { layer, ...span, experts, columns: lineColumns, smoothingSteps: settings.smoothingSteps }));
  const imbalance = usePicture(key('imbalance', layer, span, settings.measure), () =>
    trace.call('imbalance', { layers: [layer], measure: settings.measure, ...span, columns: lineColumns }));
  const small = usePicture<readonly HeatmapPicture[]>(key('small', span), async ({ signal }) => {
    const pictures: HeatmapPicture[] = [];
    const all = [...info.layers.keys()];
    // Hundreds at once would keep the worker from answering anything else; one at a time, each would wait for what else it does.
    for (let from = 0; from < all.length; from += smallAtOnce) {
      throwIfAborted(signal);
      if (session.generation.peek() !== generation) throw cancelled();
      pictures.push(...await Promise.all(all.slice(from, from + smallAtOnce).map(async (index) => {
        const picture = await trace.call('heatmap', { layer: index, ...span, columns: smallColumns });
        smallTop(picture);
        return picture;
      })));
    }
    return pictures;
  });
  const names = useMemo(() => info.layers.map((one) => one.name), [info]);
  const smallPictures = useMemo(() => small.value.value ?? info.layers.map(() => null), [small.value.value, info]);

  const picture = heatmap.value.value?.layer === layer ? heatmap.value.value : null;
  const name = layerLabel(info.layers[layer].name);
  const error = heatmap.value.error ?? lines.value.error ?? imbalance.value.error;
  const state: CellState = { kind: error ? 'failed' : picture ? 'fresh' : 'running' };
  useCellRegistration(cell.id, state);
  const select = (chosen: { fromStep: number; toStep: number }): void => change('step range', { fromStep: Math.floor(chosen.fromStep), toStep: Math.ceil(chosen.toStep) });
  const zoomOut = (): void => change('step range', { fromStep: null, toStep: null });

  const lineSeries = useMemo((): readonly LineSeries[] => {
    const drawn = lines.value.value;
    if (!drawn) return [];
    const columns = drawn.columnSteps.length;
    const count = columns === 0 ? 0 : drawn.mean.length / columns;
    return Array.from({ length: count }, (_, index) => {
      const mark = categoryMark(index);
      const part = (values: Float32Array): Float32Array => values.subarray(index * columns, (index + 1) * columns);
      return {
        id: String(index), label: `expert ${experts[index] ?? index}`, colour: mark.colour, dash: mark.dash, x: drawn.columnSteps,
        y: part(drawn.mean), low: part(drawn.minimum), high: part(drawn.maximum),
      };
    });
  }, [lines.value.value]);
  const measure = measureWords.find((one) => one.value === settings.measure) ?? measureWords[0];
  const imbalanceSeries = useMemo((): readonly LineSeries[] => {
    const drawn = imbalance.value.value;
    if (!drawn) return [];
    return [{ id: 'imbalance', label: name, colour: 'var(--truth)', x: drawn.columnSteps, y: drawn.mean, low: drawn.minimum, high: drawn.maximum }];
  }, [imbalance.value.value]);

  return (
    <CellFrame
      {...frame}
      state={state}
      finding={picture ? loadFinding(name, picture, settings.measure === 'max-over-mean' ? imbalance.value.value : null, formatPercent) : undefined}
      controls={
        <>
          <LayerField info={info} layer={layer} onChange={(value) => change('layer', { layer: value })} />
          <ExpertsField experts={experts} count={info.layers[layer].experts} onChange={(value) => change('experts', { experts: value })} />
          <SliderField
            label="Smoothing" unit="steps" help="A trailing mean applied before drawing. It changes the lines, never a forecast."
            min={1} max={1000} integer scale="log" value={settings.smoothingSteps}
            onInput={(value) => change('smoothing', { smoothingSteps: value })}
          />
          <SelectField<ImbalanceMeasure> label="Imbalance" value={settings.measure} choices={measureWords} onChange={(value) => change('imbalance', { measure: value })} />
          <ChoiceField<'share' | 'ratio'>
            label="Colours" value={colours.value}
            choices={[{ value: 'share', label: 'Share' }, { value: 'ratio', label: 'Against even' }]}
            onChange={(value) => {
              colours.value = value;
            }}
          />
        </>
      }
      error={error && !picture ? <ErrorPanel title="The load could not be drawn" error={error} /> : undefined}
    >
      <div class="pictures">
        <Figure
          title={`Load share of every expert, ${name}`}
          caption={zoomed
            ? `Steps ${formatCount(span.fromStep)} to ${formatCount(span.toStep)}.`
            : 'Drag over the steps to look closer; double-click to see all again.'}
          exportName={`${info.name} ${name} load`}
          table={heatmapTable(`Load share by expert, ${name}`, picture)}
        >
          <Heatmap
            label={`Load share of every expert of ${name} over the training steps`} picture={picture} steps={span} colours={colours.value}
            cursor={cursor} onSelect={select} onZoomOut={zoomOut} zoomed={zoomed} loading={heatmap.value.loading}
            height={Math.min(420, Math.max(180, info.layers[layer].experts * 14 + 60))}
          />
        </Figure>
        {info.layers.length > 1 && (
          <Figure title="All layers" caption="A click shows the layer." exportName={`${info.name} all layers`} table={layersTable('Load share by layer', small.value.value, names)}>
            <HeatmapGrid
              label="Load share of every layer" pictures={smallPictures} names={names}
              picked={layer} onPick={(index) => change('layer', { layer: index })} colours={colours.value}
            />
          </Figure>
        )}
        <div class="pictures-pair">
          <Figure title={`Load share of chosen experts, ${name}`} exportName={`${info.name} ${name} experts`} table={seriesTable(`Load share of chosen experts, ${name}`, lineSeries, '%', 100)}>
            <Lines
              label={`Load share of chosen experts of ${name}`} series={lineSeries} steps={span} y={shareAxis()} cursor={cursor}
              rules={[{ id: 'even', label: 'even', value: 1 / info.layers[layer].experts }]}
              onSelect={select} onZoomOut={zoomOut} loading={lines.value.loading} placeholder="Choose experts to draw"
            />
          </Figure>
          <Figure title={`Imbalance, ${name}: ${measure.label.toLowerCase()}`} exportName={`${info.name} ${name} imbalance`} table={seriesTable(`Imbalance of ${name}`, imbalanceSeries, undefined)}>
            <Lines
              label={`Imbalance of ${name}: ${measure.label}`} series={imbalanceSeries} steps={span} y={{ label: measure.axis }} cursor={cursor}
              onSelect={select} onZoomOut={zoomOut} loading={imbalance.value.loading}
            />
          </Figure>
        </div>
      </div>
    </CellFrame>
  );
}
