import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { brushBetween, brushKey, movedBrush, type Brush } from './brush.ts';
import { placed } from './frame.ts';
import { spoken } from './format.ts';
import { formatValue, type PlacedAxis } from './value-axis.ts';

export interface AxisBrushProps {
  readonly axis: PlacedAxis;
  /** Pixel of the axis from the left of the picture; its range lies from bottom to top. */
  readonly x: number;
  readonly brush: Brush | null;
  readonly onBrush: (brush: Brush | null) => void;
  /** What the ranges of all axes leave: "34 of 200 trials". */
  readonly left: string;
  /** Whether Tab reaches this axis; left and right go on to the others. */
  readonly tabStop: boolean;
  readonly onFocus: () => void;
  readonly onSideways: (by: 1 | -1) => void;
}

const WIDTH = 32;
const BAR = 14;
/** Above and below the axis, so that its ends can be grasped. */
const AIR = 8;
const GRIP_PX = 8;
const DRAG_PX = 3;

/** A range of one axis, drawn with the pointer, moved and resized, or set with the keyboard. */
export function AxisBrush({ axis, x, brush, onBrush, left, tabStop, onFocus, onSideways }: AxisBrushProps) {
  const drag = useRef<{ kind: 'range' | 'move'; from: number; start: number; brush: Brush | null; moved: boolean } | null>(null);
  const [bottom, top] = axis.range;
  const pixels = brush && { high: axis.at(brush[1]), low: axis.at(brush[0]) };
  const pixelOf = (event: TargetedPointerEvent<HTMLElement>): number => top - AIR + event.clientY - event.currentTarget.getBoundingClientRect().top;

  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = pixelOf(event);
    const atHigh = pixels && Math.abs(start - pixels.high) <= GRIP_PX;
    const atLow = pixels && Math.abs(start - pixels.low) <= GRIP_PX;
    const inside = pixels && start > pixels.high && start < pixels.low;
    // An end is drawn away from the other one, which stays.
    const from = pixels && atHigh ? pixels.low : pixels && atLow ? pixels.high : start;
    drag.current = { kind: inside && !atHigh && !atLow ? 'move' : 'range', from, start, brush, moved: false };
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    const current = drag.current;
    if (!current) return;
    const at = pixelOf(event);
    if (Math.abs(at - current.start) >= DRAG_PX) current.moved = true;
    if (!current.moved) return;
    onBrush(current.kind === 'move' && current.brush ? movedBrush(axis, current.brush, at - current.start) : brushBetween(axis, current.from, at));
  };
  const onPointerUp = (): void => {
    if (drag.current && !drag.current.moved && brush) onBrush(null);
    drag.current = null;
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const sideways = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : null;
    const next = sideways ? undefined : brushKey(axis, brush, event.key, event.shiftKey);
    if (sideways) onSideways(sideways);
    else if (next !== undefined) onBrush(next);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      class="gc-axis-brush" role="slider" aria-orientation="vertical" tabIndex={tabStop ? 0 : -1} aria-label={axis.axis.label}
      aria-valuemin={axis.domain[0]} aria-valuemax={axis.domain[1]} aria-valuenow={brush ? brush[1] : axis.domain[1]}
      aria-valuetext={brush ? `${rangeWords(axis, brush)}, ${left}` : 'all'}
      style={placed({ left: x - WIDTH / 2, width: WIDTH, top: top - AIR, height: bottom - top + 2 * AIR })}
      onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onKeyDown={onKeyDown} onFocus={onFocus}
    >
      {pixels && <div class="gc-axis-range" style={placed({ left: (WIDTH - BAR) / 2, width: BAR, top: pixels.high - top + AIR, height: Math.max(2, pixels.low - pixels.high) })} />}
    </div>
  );
}

/** "from 0.001 to 0.01"; of categories their names. */
function rangeWords({ axis }: PlacedAxis, [low, high]: Brush): string {
  if (axis.kind === 'category') return axis.names.slice(Math.ceil(low), Math.floor(high) + 1).join(', ');
  return spoken(`from ${formatValue(axis, low)} to ${formatValue(axis, high)}`);
}
