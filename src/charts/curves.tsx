import { useCallback, useMemo } from 'preact/hooks';
import type { ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { curveLine, endOf, nearestCurve, type Curve } from './curves-layout.ts';
import { LineCanvas } from './line-canvas.tsx';
import { lineLook, linePath, type LineLook, type Polyline } from './line-painting.ts';
import { toneOf, type MarkGroup } from './mark-groups.ts';
import type { PointLayout } from './point-layout.ts';
import { PointPlot, type PointPictureProps } from './point-plot.tsx';
import { PrunedSample } from './pruned-sample.tsx';
import { ScoreLegend } from './score-legend.tsx';
import { toneColour } from './tone-colour.ts';
import { commonDomain, placeAxis, positionOn, type Column, type NumberAxis } from './value-axis.ts';

export interface CurvesProps extends PointPictureProps {
  /** One for each id. */
  readonly curves: readonly Curve[];
  readonly xAxis: NumberAxis;
  readonly yAxis: NumberAxis;
  /** What gives each curve its colour, as in the other pictures: lower is better. Default its last value. */
  readonly score?: Column;
}

const notPruned = (): boolean => false;

/** Hundreds of curves, each ending in a point, or in a cross where it was ended early. `Lines` is for a few that have names. */
export function Curves({ curves, xAxis, yAxis, score: given, ...rest }: CurvesProps) {
  const { ids, hovered, reference, pruned = notPruned } = rest;
  const [x, y] = useMemo((): readonly [Column, Column] => {
    const ends = curves.map(endOf);
    return [
      { id: 'x', axis: commonDomain(xAxis, curves.map((one) => one.x)), values: ends.map((end) => end.x) },
      { id: 'y', axis: commonDomain(yAxis, curves.map((one) => one.y), reference ? [reference.value] : []), values: ends.map((end) => end.y) },
    ];
  }, [curves, xAxis.kind, yAxis.kind, reference?.value]);
  const facts = useMemo(() => [y, x], [x, y]);
  const { axis, values } = given ?? y;
  const score = useMemo(() => placeAxis(axis, values, [0, 1], { extra: reference ? [reference.value] : [] }), [axis, values]);
  const tones = useMemo(() => Array.from(values, (value) => toneOf(positionOn(score, value))), [score]);
  const tone = useCallback((row: number) => tones[row], [tones]);
  const linesOf = useMemo(() => {
    let made: { readonly layout: PointLayout; readonly lines: readonly Polyline[] } | null = null;
    return (layout: PointLayout): readonly Polyline[] => {
      if (made?.layout !== layout) made = { layout, lines: curves.map((curve) => curveLine(curve, layout)) };
      return made.lines;
    };
  }, [curves]);
  return (
    <PointPlot
      {...rest} x={x} y={y} facts={facts} score={y} tone={tone} marks="ends"
      nearest={(layout, rows, atX, atY) => nearestCurve(linesOf(layout), rows, atX, atY)}
      renderUnder={(layout, chosen) => (
        <LineCanvas width={layout.frame.width} height={layout.frame.height} ids={ids} chosen={chosen} pruned={pruned} tone={tone} lines={linesOf(layout)} look={curveLook} />
      )}
      renderOver={(layout) => <HoveredCurve ids={ids} hovered={hovered} lines={linesOf(layout)} tone={tone} />}
      legend={<>{rest.pruned && <PrunedSample kind="cross" />}<ScoreLegend score={score} of={given ? undefined : 'last'} /></>}
    />
  );
}

/** Curves that were ended early are told by their cross; dashes would hide their few points. */
function curveLook(group: MarkGroup, count: number): LineLook {
  const look = lineLook(group, count);
  return { ...look, dash: [], opacity: group.faint ? look.opacity : group.pruned ? 0.5 : look.opacity };
}

interface HoveredCurveProps {
  readonly ids: readonly number[];
  readonly hovered: ReadonlySignal<number | null>;
  readonly lines: readonly Polyline[];
  readonly tone: (row: number) => number | null;
}

function HoveredCurve({ ids, hovered, lines, tone }: HoveredCurveProps) {
  const row = hovered.value === null ? -1 : ids.indexOf(hovered.value);
  if (row < 0) return null;
  const path = linePath(lines[row]);
  return (
    <g>
      <path d={path} fill="none" stroke="var(--page)" stroke-width={6} stroke-linejoin="round" />
      <path d={path} fill="none" stroke={toneColour(tone(row), theme.value === 'dark')} stroke-width={3} stroke-linejoin="round" />
    </g>
  );
}
