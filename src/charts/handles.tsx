import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { placed, type Frame } from './frame.ts';
import { formatStep, spoken } from './format.ts';
import type { Scale } from './scales.ts';

/** A vertical line that a person can move: the origin, the start of the window, the end of the horizon. */
export interface Handle {
  readonly id: string;
  /** "origin", "window start" */
  readonly label: string;
  readonly step: number;
  /** Smallest and largest step that it may take. */
  readonly min: number;
  readonly max: number;
  /** It takes multiples of this many steps, and `min` and `max`; default 1. */
  readonly stride?: number;
  /** The one that a picture is about is drawn stronger. */
  readonly main?: boolean;
  /** What a screen reader says instead of "step 5000". */
  readonly valueText?: (step: number) => string;
  /** @param final false while it is being dragged */
  readonly onMove: (step: number, final: boolean) => void;
}

/** The nearest step that a handle may take. */
export function snapHandle({ min, max, stride = 1 }: Pick<Handle, 'min' | 'max' | 'stride'>, step: number): number {
  if (step <= min) return min;
  if (step >= max) return max;
  return Math.min(max, Math.max(min, Math.round(step / stride) * stride));
}

/** Where a key moves a handle: arrows a stride (ten with Shift), Page keys a tenth of the range, Home and End to its ends. */
export function handleKey(handle: Pick<Handle, 'min' | 'max' | 'stride' | 'step'>, key: string, shift: boolean): number | null {
  const { min, max, stride = 1, step } = handle;
  const one = stride * (shift ? 10 : 1);
  const page = Math.max(stride, (max - min) / 10);
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: step - one, ArrowDown: step - one, ArrowRight: step + one, ArrowUp: step + one,
    PageDown: step - page, PageUp: step + page, Home: min, End: max,
  };
  return key in targets ? snapHandle(handle, targets[key]) : null;
}

/** Height of the part above the picture, pixels. */
const KNOB = 18;

interface GripProps {
  readonly handle: Handle;
  readonly frame: Frame;
  readonly x: Scale;
}

/** The part of a handle that is grabbed and focused; it lies over the `Surface`. */
export function Grip({ handle, frame, x }: GripProps) {
  const drag = useRef<{ offset: number; step: number } | null>(null);
  const { step, min, max, label, onMove } = handle;
  // Outside the picture it waits at the edge: taking it away would take the keyboard's focus with it.
  const at = Math.min(frame.right, Math.max(frame.left, x.at(step)));
  const away = Math.abs(at - x.at(step)) > 1;

  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { offset: event.clientX - at, step };
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    const current = drag.current;
    if (!current) return;
    event.stopPropagation();
    const next = snapHandle(handle, x.invert(event.clientX - current.offset));
    if (next === current.step) return;
    current.step = next;
    onMove(next, false);
  };
  const onEnd = (event: TargetedPointerEvent<HTMLElement>): void => {
    const current = drag.current;
    if (!current) return;
    event.stopPropagation();
    drag.current = null;
    onMove(current.step, true);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = handleKey(handle, event.key, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== step) onMove(next, true);
  };

  return (
    <div
      class={`gc-grip${handle.main ? ' gc-grip-main' : ''}${away ? ' gc-grip-away' : ''}`} role="slider" tabIndex={0}
      aria-label={label} aria-orientation="horizontal" aria-valuemin={min} aria-valuemax={max} aria-valuenow={step}
      aria-valuetext={handle.valueText?.(step) ?? spoken(`step ${formatStep(step)}`)}
      style={placed({ left: at, top: frame.top - KNOB, height: frame.bottom - frame.top + KNOB })}
      onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onEnd} onPointerCancel={onEnd}
      onDblClick={(event) => event.stopPropagation()} onKeyDown={onKeyDown}
    >
      <span class="gc-grip-knob" />
    </div>
  );
}
