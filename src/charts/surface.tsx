import type { TargetedKeyboardEvent, TargetedMouseEvent, TargetedPointerEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import { chosenSpan, crosshairKey, type CrosshairState } from './crosshair-keys.ts';
import { inFrame, placed, type Cursor, type Frame, type StepSpan } from './frame.ts';
import { formatStep, spoken } from './format.ts';
import { lastAtMost, nearest, type Scale } from './scales.ts';

export interface SurfaceProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  readonly frame: Frame;
  /** Steps to pixels of the picture. */
  readonly x: Scale;
  /** Steps at which there are values, ascending. */
  readonly stops: ArrayLike<number>;
  /** The step after the last stop. */
  readonly endStep: number;
  /** `cell`: a stop lasts until the next; `point`: the nearest stop counts. */
  readonly snap: 'cell' | 'point';
  readonly cursor: Cursor;
  /** Rows from top to bottom (experts of a heatmap), of equal height unless `at` finds the one under a pixel of the picture. */
  readonly rows?: { readonly count: number; readonly row: Signal<number | null>; readonly at?: (step: number, y: number) => number };
  /** What the crosshair shows, for those who listen. */
  readonly describe: (step: number, row: number) => string;
  /** A range was chosen by dragging or with Shift and Enter. */
  readonly onSelect?: (span: StepSpan) => void;
  /** A click, or Enter, on what the crosshair shows. */
  readonly onPick?: (step: number, row: number) => void;
  /** Double click, or Escape when nothing is chosen. */
  readonly onZoomOut?: () => void;
}

const DRAG_PX = 4;

/**
 * The part of a picture that answers to pointer and keyboard: crosshair and choice of a range of steps.
 * To a screen reader it is a slider over the steps whose value is what the crosshair shows.
 */
export function Surface(props: SurfaceProps) {
  const { label, frame, x, stops, endStep, cursor, rows, onSelect, onZoomOut } = props;
  const hint = useId();
  const anchor = useSignal<number | null>(null);
  const said = useSignal('no crosshair');
  const now = useSignal<number | undefined>(undefined);
  const drag = useRef<{ stop: number; clientX: number; moved: boolean } | null>(null);

  const stopAt = (event: TargetedMouseEvent<HTMLElement>): number => {
    const step = x.invert(frame.left + event.clientX - event.currentTarget.getBoundingClientRect().left);
    return props.snap === 'cell' ? Math.max(0, lastAtMost(stops, step)) : nearest(stops, step);
  };
  const show = (stop: number | null): void => {
    cursor.value = stop === null ? null : stops[stop];
  };
  const shownStop = (): number | null => (cursor.peek() === null || stops.length === 0 ? null : nearest(stops, cursor.peek() ?? 0));

  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (stops.length === 0) return;
    const stop = stopAt(event);
    show(stop);
    if (rows) {
      const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
      const row = rows.at ? rows.at(stops[stop], frame.top + y) : Math.floor((y / (frame.bottom - frame.top)) * rows.count);
      rows.row.value = Math.min(rows.count - 1, Math.max(0, row));
    }
    const current = drag.current;
    if (!current) return;
    if (Math.abs(event.clientX - current.clientX) >= DRAG_PX) current.moved = true;
    if (current.moved) anchor.value = current.stop;
  };
  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (event.button !== 0 || stops.length === 0) return;
    if (onSelect) {
      drag.current = { stop: stopAt(event), clientX: event.clientX, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    anchor.value = null;
    onPointerMove(event);
  };
  const onPointerUp = (event: TargetedPointerEvent<HTMLElement>): void => {
    const current = drag.current;
    drag.current = null;
    if (!current?.moved) return;
    const stop = stopAt(event);
    anchor.value = null;
    if (stop !== current.stop) onSelect?.(chosenSpan(stops, current.stop, stop, endStep));
  };
  const onPointerLeave = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (drag.current || event.pointerType === 'touch') return;
    show(null);
    if (rows) rows.row.value = null;
  };

  const say = (state: CrosshairState): void => {
    if (state.stop !== null) now.value = stops[state.stop];
    if (state.stop === null) said.value = 'no crosshair';
    else if (state.anchor !== null && state.anchor !== state.stop) {
      const span = chosenSpan(stops, state.anchor, state.stop, endStep);
      said.value = spoken(`chosen: steps ${formatStep(span.fromStep)} up to ${formatStep(span.toStep)}`);
    } else said.value = spoken(props.describe(stops[state.stop], state.row));
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const state = { stop: shownStop(), row: rows?.row.peek() ?? 0, anchor: anchor.peek() };
    if (props.onPick && event.key === 'Enter' && state.stop !== null && state.anchor === null) {
      event.preventDefault();
      event.stopPropagation();
      props.onPick(stops[state.stop], state.row);
      return;
    }
    const result = crosshairKey(state, event.key, event.shiftKey && onSelect !== undefined, stops.length, rows?.count ?? 1);
    if (!result || (result.kind === 'zoom-out' && !onZoomOut)) return;
    event.preventDefault();
    event.stopPropagation();
    if (result.kind === 'zoom-out') {
      onZoomOut?.();
      return;
    }
    if (result.kind === 'apply') {
      if (state.anchor !== null && state.stop !== null) onSelect?.(chosenSpan(stops, state.anchor, state.stop, endStep));
      anchor.value = null;
      return;
    }
    show(result.state.stop);
    anchor.value = result.state.anchor;
    if (rows) rows.row.value = result.state.stop === null ? null : result.state.row;
    say(result.state);
  };

  return (
    <>
      <div
        class="gc-surface" role="slider" tabIndex={0} aria-label={label} aria-describedby={hint} aria-orientation="horizontal"
        aria-valuemin={stops[0] ?? 0} aria-valuemax={stops[stops.length - 1] ?? 0} aria-valuenow={now.value ?? stops[0] ?? 0} aria-valuetext={said}
        style={inFrame(frame)}
        onPointerMove={onPointerMove} onPointerDown={onPointerDown} onPointerUp={onPointerUp} onPointerLeave={onPointerLeave}
        onPointerCancel={() => {
          drag.current = null;
          anchor.value = null;
        }}
        onClick={props.onPick && (() => {
          const stop = shownStop();
          if (stop !== null) props.onPick?.(stops[stop], rows?.row.peek() ?? 0);
        })}
        onDblClick={onZoomOut} onKeyDown={onKeyDown}
        onBlur={() => {
          if (drag.current) return;
          anchor.value = null;
          show(null);
        }}
      />
      <Selection anchor={anchor} cursor={cursor} stops={stops} endStep={endStep} x={x} frame={frame} />
      <p id={hint} class="visually-hidden">
        Arrow keys move the crosshair.
        {props.onPick && ' Enter opens what it shows.'}
        {onSelect && ' Shift with the arrow keys chooses steps, Enter zooms to them, Escape clears the choice.'}
      </p>
    </>
  );
}

interface SelectionProps {
  readonly anchor: Signal<number | null>;
  readonly cursor: Cursor;
  readonly stops: ArrayLike<number>;
  readonly endStep: number;
  readonly x: Scale;
  readonly frame: Frame;
}

function Selection({ anchor, cursor, stops, endStep, x, frame }: SelectionProps) {
  if (anchor.value === null || cursor.value === null) return null;
  const span = chosenSpan(stops, anchor.value, nearest(stops, cursor.value), endStep);
  const left = Math.max(frame.left, x.at(span.fromStep));
  const right = Math.min(frame.right, x.at(span.toStep));
  return <div class="gc-selection" style={placed({ left, width: right - left, top: frame.top, height: frame.bottom - frame.top })} />;
}
