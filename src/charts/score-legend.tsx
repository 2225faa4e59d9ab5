import { useId } from 'preact/hooks';
import { theme } from '../ui/theme.ts';
import { cssColour, scoreColour } from './colour.ts';
import { textWidth } from './use-size.ts';
import type { Reference } from './linked.ts';
import { axisName, formatValue, positionOn, type PlacedAxis } from './value-axis.ts';

const BAR = 72;
const STOPS = Array.from({ length: 9 }, (_, i) => i / 8);

interface ScoreLegendProps {
  readonly score: PlacedAxis;
  /** What of the score the colours mean, if not itself: "mean". */
  readonly of?: string;
  /** Marked on the colours where no line of the picture shows it. */
  readonly reference?: Reference;
}

/** What the colours of a score mean: its axis from the best to the worst end. */
export function ScoreLegend({ score, of, reference }: ScoreLegendProps) {
  const gradient = useId();
  const dark = theme.value === 'dark';
  if (score.ticks.length === 0) return null;
  const name = `${of ? `${of} ` : ''}${axisName(score.axis)}`;
  const [low, high] = score.domain.map((value) => formatValue(score.axis, value));
  const ends = [low, score.clipped ? `≥ ${high}` : high];
  const left = textWidth(ends[0]) + 8;
  const width = left + BAR + 10 + textWidth(ends[1]);
  return (
    <span class="gc-score-legend">
      <span data-export-text="">{name}</span>
      <svg width={width} height={16} role="img" aria-label={`Colours: ${name} from ${ends[0]} to ${ends[1]}`} data-export="">
        <defs>
          <linearGradient id={gradient}>
            {STOPS.map((stop) => <stop key={stop} offset={stop} stop-color={cssColour(scoreColour(stop, dark))} />)}
          </linearGradient>
        </defs>
        <text x={left - 6} y={8} dy="0.35em" text-anchor="end">{ends[0]}</text>
        <rect x={left} y={3} width={BAR} height={10} fill={`url(#${gradient})`} />
        {reference && <ReferenceTick x={left + BAR * positionOn(score, reference.value)} />}
        <text x={left + BAR + 6} y={8} dy="0.35em">{ends[1]}</text>
      </svg>
      {reference && (
        <span class="gc-key">
          <svg class="gc-sample" width={8} height={16} aria-hidden="true" data-export=""><ReferenceTick x={4} /></svg>
          <span data-export-text="">{reference.label} {formatValue(score.axis, reference.value)}</span>
        </span>
      )}
    </span>
  );
}

function ReferenceTick({ x }: { readonly x: number }) {
  return (
    <>
      <path d={`M${x} 0V16`} stroke="var(--page)" stroke-width={5} />
      <path d={`M${x} 1V15`} stroke="var(--average)" stroke-width={2.25} />
    </>
  );
}
