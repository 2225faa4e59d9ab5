import type { Frame } from './frame.ts';
import { spread } from './label-layout.ts';
import { LineSample, MarkerShape } from './line-sample.tsx';
import type { Scale } from './scales.ts';
import { endName, lastPoint, type LineSeries } from './series.ts';
import { textWidth } from './use-size.ts';

/**
 * Names of the series above the picture: those that series share, and of those that have none at the end of their line.
 * @param named series that are named at their end
 */
export function Legend({ series, named }: { readonly series: readonly LineSeries[]; readonly named: readonly LineSeries[] }) {
  const said = new Map<string, LineSeries>();
  for (const one of series) {
    if (one.legend === undefined && named.includes(one)) continue;
    const name = one.legend ?? one.label;
    if (!said.has(name)) said.set(name, one);
  }
  return (
    <ul class="gc-legend">
      {[...said].map(([label, { colour, dash, marker, kind, fill }]) => (
        <li key={label}>
          <LineSample colour={kind === 'band' ? (fill ?? colour) : colour} dash={dash} marker={marker} band={kind === 'band'} />
          <span data-export-text="">{label}</span>
        </li>
      ))}
    </ul>
  );
}

const GAP = 16;
/** From the end of the lines to the text: a leader line and a piece of the line as it is drawn. */
const LEAD = 30;

/** Room that names at the ends of the lines need, pixels. */
export function endLabelRoom(series: readonly LineSeries[]): number {
  return series.reduce((room, one) => Math.max(room, LEAD + 4 + textWidth(endName(one) ?? '')), 0);
}

/** Which series can be named at the end of their line: drawn as lines, ending near the right edge, and not too many. */
export function endLabelled(series: readonly LineSeries[], from: number, to: number, widthPx: number, heightPx: number): readonly LineSeries[] {
  const ending = series.filter((one) => {
    const last = lastPoint(one, from, to);
    if (one.kind === 'band' || last === null || endName(one) === null) return false;
    return one.end !== undefined || last.x >= to - (to - from) * 0.04;
  });
  const fits = ending.length * GAP <= heightPx && endLabelRoom(ending) <= Math.min(200, widthPx * 0.3);
  return fits ? ending : [];
}

interface EndLabelsProps {
  readonly series: readonly LineSeries[];
  readonly frame: Frame;
  readonly x: Scale;
  readonly y: Scale;
  /** Whether the names stand where the longest line ends instead of right of the picture. */
  readonly growing: boolean;
}

/** Names at the ends of the lines, moved apart, each with a piece of its line, so that colour is never needed. */
export function EndLabels({ series, frame, x, y, growing }: EndLabelsProps) {
  const lasts = series.map((one) => lastPoint(one, x.domain[0], x.domain[1]));
  const ends = lasts.map((last) => {
    const at = last ? y.at(last.y) : Number.NaN;
    return Number.isFinite(at) ? Math.min(frame.bottom, Math.max(frame.top, at)) : frame.bottom;
  });
  const right = growing ? Math.min(frame.right, x.at(Math.max(x.domain[0], ...lasts.map((last) => last?.x ?? -Infinity)))) : frame.right;
  // Points at the very beginning are no lines yet: their names would be a fan over nothing.
  if (growing && right <= frame.left) return null;
  const places = spread(ends, GAP, frame.top + 4, frame.bottom - 2);
  return (
    <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true" data-export="">
      {series.map((one, i) => {
        const place = places[i];
        if (place === null) return null;
        const { id, colour, dash, marker } = one;
        return (
          <g key={id}>
            <path d={`M${right + 1} ${ends[i]}L${right + 8} ${place}`} stroke={colour} stroke-width={1} stroke-opacity={0.6} fill="none" />
            <path d={`M${right + 8} ${place}h18`} stroke={colour} stroke-width={2} stroke-dasharray={dash} fill="none" />
            {marker && <MarkerShape marker={marker} x={right + 17} y={place} colour={colour} />}
            <text x={right + LEAD} y={place} dy="0.35em">{endName(one)}</text>
          </g>
        );
      })}
    </svg>
  );
}
