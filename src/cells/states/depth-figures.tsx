import { useMemo } from 'preact/hooks';
import { Figure } from '../../charts/figure.tsx';
import { formatNumber } from '../../charts/format.ts';
import { Lines } from '../../charts/lines.tsx';
import type { LineSeries, YAxis } from '../../charts/series.ts';
import type { Boundaries } from '../../states/agreement.ts';
import { formatCount } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

export interface DepthFiguresProps {
  readonly info: TraceInfo;
  readonly boundaries: readonly Boundaries[];
  /** Sliding variance of each layer. */
  readonly variance: Float64Array;
}

const stepAxis: YAxis = { label: 'stable from step', zero: true, limits: [0, Infinity], format: formatCount };
const varianceAxis: YAxis = { label: 'variance of load share', log: true, format: (value) => formatNumber(value) };

/** Shallow layers beside deep ones: when they settle by each criterion, and how much they fluctuate. */
export function DepthFigures({ info, boundaries, variance }: DepthFiguresProps) {
  const x = boundaries.map((_, layer) => layer);
  const nameOf = (layer: number): string => info.layers[layer].name;
  const settling = useMemo((): readonly LineSeries[] => [
    { id: 'drift', label: 'by drift', colour: 'var(--truth)', marker: 'circle', x, y: boundaries.map(({ driftStep }) => driftStep ?? NaN) },
    { id: 'error', label: 'by error curve', colour: 'var(--average)', marker: 'square', dash: '6 3', x, y: boundaries.map(({ errorStep }) => errorStep ?? NaN) },
  ], [boundaries]);
  const spread = useMemo((): readonly LineSeries[] => [{ id: 'variance', label: 'sliding variance', colour: 'var(--forecast)', marker: 'diamond', x, y: variance }], [variance]);
  const steps = { fromStep: -0.5, toStep: boundaries.length - 0.5 };
  return (
    <div class="pictures-pair">
      <Figure
        title="When layers settle, by depth" caption="Layers that are not stable at the end have no point." exportName={`${info.name} boundaries by depth`}
        table={{
          caption: 'Step from which each layer is stable', columns: [{ label: 'layer' }, { label: 'by drift', format: formatCount }, { label: 'by error curve', format: formatCount }],
          rows: () => boundaries.map(({ layer, driftStep, errorStep }) => [nameOf(layer), driftStep ?? 'not stable at the end', errorStep ?? 'not stable at the end']),
        }}
      >
        <Lines label="Step from which each layer is stable, by depth" series={settling} steps={steps} y={stepAxis} height={260} xLabel="layer, from shallow to deep" xWord="layer" placeholder="No layer is stable at the end" />
      </Figure>
      <Figure
        title="How much layers fluctuate, by depth" caption="Sliding variance, mean over experts and over the trace." exportName={`${info.name} variance by depth`}
        table={{ caption: 'Sliding variance of each layer', columns: [{ label: 'layer' }, { label: 'variance', format: (value) => formatNumber(value) }], rows: () => boundaries.map(({ layer }) => [nameOf(layer), variance[layer]]) }}
      >
        <Lines label="Sliding variance of each layer, by depth" series={spread} steps={steps} y={varianceAxis} height={260} xLabel="layer, from shallow to deep" xWord="layer" placeholder="No window is full" />
      </Figure>
    </div>
  );
}
