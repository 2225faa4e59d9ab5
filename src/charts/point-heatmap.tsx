import { useCallback, useMemo, useRef } from 'preact/hooks';
import { theme } from '../ui/theme.ts';
import { cellsOf, type Cell } from './cells.ts';
import { formatCount } from './format.ts';
import { toneOf } from './mark-groups.ts';
import type { PointLayout } from './point-layout.ts';
import { PointPlot, type PointPictureProps } from './point-plot.tsx';
import { PrunedSample } from './pruned-sample.tsx';
import { ScoreLegend } from './score-legend.tsx';
import { toneColour } from './tone-colour.ts';
import { formatValue, placeAxis, positionOn, type Column } from './value-axis.ts';

export interface PointHeatmapProps extends PointPictureProps {
  readonly x: Column;
  readonly y: Column;
  /** Lower is better; it gives the colours. */
  readonly score: Column;
  /** Colours are means over cells, points small dots in them; default the points have the colours. */
  readonly cells?: boolean;
}

/** A score over two settings, as coloured points or as coloured cells. The reference is marked on the legend. */
export function PointHeatmap({ x, y, score, cells = false, reference, ...rest }: PointHeatmapProps) {
  const axis = useMemo(() => placeAxis(score.axis, score.values, [0, 1], { extra: reference ? [reference.value] : [] }), [score, reference?.value]);
  const facts = useMemo(() => [score, x, y], [score, x, y]);
  const tones = useMemo(() => Array.from(score.values, (value) => toneOf(positionOn(axis, value))), [axis]);
  const tone = useCallback((row: number) => tones[row], [tones]);
  // Cells are asked for by the drawing and at each move of the pointer.
  const made = useRef<{ readonly layout: PointLayout; readonly score: Column; readonly cells: readonly Cell[] } | null>(null);
  const cellsAt = (layout: PointLayout): readonly Cell[] => {
    if (made.current?.layout !== layout || made.current.score !== score) made.current = { layout, score, cells: cellsOf(layout, score.values) };
    return made.current.cells;
  };
  const plural = rest.plural ?? 'trials';
  return (
    <PointPlot
      {...rest} x={x} y={y} facts={facts} score={score} tone={tone} marks={cells ? 'dots' : 'points'}
      renderUnder={cells ? (layout) => <Cells cells={cellsAt(layout)} layout={layout} toneOfScore={(value) => toneOf(positionOn(axis, value))} /> : undefined}
      moreFacts={cells ? (row, layout) => {
        const cell = cellsAt(layout).find(({ rows }) => rows.includes(row));
        if (!cell) return [];
        return [
          { id: 'mean', label: 'mean of the cell', value: formatValue(score.axis, cell.mean) },
          { id: 'count', label: `${plural} in the cell`, value: formatCount(cell.rows.length) },
        ];
      } : undefined}
      legend={(
        <>
          {rest.pruned && !cells && <PrunedSample kind="point" />}
          <ScoreLegend score={axis} of={cells ? 'mean' : undefined} reference={reference} />
        </>
      )}
    />
  );
}

function Cells({ cells, layout: { frame }, toneOfScore }: { readonly cells: readonly Cell[]; readonly layout: PointLayout; readonly toneOfScore: (score: number) => number | null }) {
  const dark = theme.value === 'dark';
  return (
    <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true" data-export="">
      {cells.map(({ left, top, width, height, mean }) => (
        <rect key={`${left} ${top}`} x={left + 0.5} y={top + 0.5} width={Math.max(1, width - 1)} height={Math.max(1, height - 1)} fill={toneColour(toneOfScore(mean), dark)} />
      ))}
    </svg>
  );
}
