import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Figure } from '../../charts/figure.tsx';
import { formatNumber } from '../../charts/format.ts';
import { Lines } from '../../charts/lines.tsx';
import { shareAxis, type LineSeries, type YAxis } from '../../charts/series.ts';
import type { StatesPicture, StepSpan, TraceInfo } from '../../../workers/contract.ts';
import { layerSeries } from '../backtest/series.ts';
import { layerLabel } from '../resolve.ts';
import { seriesTable } from '../tables.ts';

export interface SpreadFiguresProps {
  readonly info: TraceInfo;
  readonly states: StatesPicture;
  readonly shortSteps: number;
  readonly longSteps: number;
  readonly span: StepSpan;
  readonly cursor: Signal<number | null>;
}

type Spread = 'varianceShort' | 'varianceLong' | 'rangeShort' | 'rangeLong';

/** Figures 2 to 4, 10 and 11: sliding variance and range of every layer, over both widths. */
export function SpreadFigures({ info, states, shortSteps, longSteps, span, cursor }: SpreadFiguresProps) {
  const seriesOf = (which: Spread): readonly LineSeries[] => {
    const columns = states.columnSteps.length;
    const at = Array.from(states.columnSteps);
    const lines = states.layers.map(({ layer }, i) => ({ layer, errors: Array.from(states[which].subarray(i * columns, (i + 1) * columns)) }));
    return layerSeries({ at, lines, noiseFloor: [] }, (layer) => layerLabel(info.layers[layer].name));
  };
  const figures = useMemo(() => ([
    ['varianceShort', `Sliding variance over ${shortSteps} steps`, varianceAxis],
    ['varianceLong', `Sliding variance over ${longSteps} steps`, varianceAxis],
    ['rangeShort', `Sliding range over ${shortSteps} steps`, rangeAxis],
    ['rangeLong', `Sliding range over ${longSteps} steps`, rangeAxis],
  ] as const).map(([which, title, y]) => ({ which, title, y, series: seriesOf(which) })), [states, info]);
  return (
    <div class="pictures-pair">
      {figures.map(({ which, title, y, series }) => (
        <Figure key={which} title={title} exportName={`${info.name} ${title}`} table={seriesTable(`${title} by layer, mean over experts`, series, undefined)}>
          <Lines label={`${title}, a line a layer`} series={series} steps={span} y={y} height={260} cursor={cursor} />
        </Figure>
      ))}
    </div>
  );
}

const varianceAxis: YAxis = { label: 'variance of load share', log: true, format: (value) => formatNumber(value) };
const rangeAxis: YAxis = shareAxis('range of load share, points', { log: true });
