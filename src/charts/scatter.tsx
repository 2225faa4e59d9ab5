import { useCallback, useMemo } from 'preact/hooks';
import { LineSample } from './line-sample.tsx';
import { toneOf } from './mark-groups.ts';
import { PointPlot, type PointPictureProps } from './point-plot.tsx';
import { PrunedSample } from './pruned-sample.tsx';
import type { Trend } from './trend-path.ts';
import { TrendShape } from './trend.tsx';
import { placeAxis, positionOn, type Column } from './value-axis.ts';

export interface ScatterProps extends PointPictureProps {
  readonly x: Column;
  /** The score: lower is better, and it gives the colours. */
  readonly y: Column;
  /** A line with or without a band over the points: the mean at each setting, the best so far. */
  readonly trend?: Trend;
}

/** One point a row: a score against a setting, or against time. */
export function Scatter({ x, y, trend, ...rest }: ScatterProps) {
  const facts = useMemo(() => [y, x], [x, y]);
  const { reference } = rest;
  const tones = useMemo(() => {
    const axis = placeAxis(y.axis, y.values, [0, 1], { extra: reference ? [reference.value] : [] });
    return Array.from(y.values, (value) => toneOf(positionOn(axis, value)));
  }, [y, reference?.value]);
  const tone = useCallback((row: number) => tones[row], [tones]);
  return (
    <PointPlot
      {...rest} x={x} y={y} facts={facts} score={y} tone={tone}
      renderUnder={trend && ((layout) => <TrendShape trend={trend} layout={layout} part="band" />)}
      renderOver={trend && ((layout) => <TrendShape trend={trend} layout={layout} part="line" />)}
      legend={(
        <>
          {trend && <span class="gc-key"><LineSample colour="var(--text)" /><span data-export-text="">{trend.label}</span></span>}
          {rest.pruned && <PrunedSample kind="point" />}
        </>
      )}
    />
  );
}
