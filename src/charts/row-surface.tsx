import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import { inFrame, placed, type Frame } from './frame.ts';
import { NONE, toggled, type LinkedProps } from './linked.ts';
import { walkKey } from './row-keys.ts';

/** A rectangle in pixels of the picture. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface RowSurfaceProps extends Pick<LinkedProps, 'ids' | 'selected' | 'hovered' | 'onPick'> {
  /** Accessible name: what is seen. */
  readonly label: string;
  readonly frame: Frame;
  /** Rows that can be reached, in the order in which the arrow keys walk: left and right, and up and down if it differs. */
  readonly order: readonly number[];
  readonly upwards?: readonly number[];
  /** The row at a pixel of the picture; null where there is none near. */
  readonly nearest: (x: number, y: number) => number | null;
  readonly describe: (row: number) => string;
  /** Pixel from the left at which this picture shows its row; null while another one leads. */
  readonly leading: Signal<number | null>;
  /** Rows inside a rectangle that was drawn with the pointer; without it none can be drawn. */
  readonly inside?: (box: Box) => readonly number[];
}

const DRAG_PX = 4;

/**
 * The part of a picture that answers to pointer and keyboard row by row: hovering, picking, selecting.
 * To a screen reader it is a slider over the rows whose value is the hovered one in words.
 */
export function RowSurface(props: RowSurfaceProps) {
  const { label, frame, ids, order, upwards = order, selected, hovered, onPick, inside } = props;
  const hint = useId();
  const said = useSignal('nothing chosen');
  const now = useSignal(0);
  const box = useSignal<Box | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);

  const placeOf = (event: TargetedPointerEvent<HTMLElement>): { x: number; y: number } => {
    const area = event.currentTarget.getBoundingClientRect();
    return { x: frame.left + event.clientX - area.left, y: frame.top + event.clientY - area.top };
  };
  const hover = (row: number | null, x = frame.right): void => {
    hovered.value = row === null ? null : ids[row];
    props.leading.value = row === null ? null : x;
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    const { x, y } = placeOf(event);
    const current = drag.current;
    if (current && inside && Math.hypot(x - current.x, y - current.y) >= DRAG_PX) current.moved = true;
    if (!current?.moved) {
      hover(props.nearest(x, y), x);
      return;
    }
    hover(null);
    const [atX, atY] = [Math.min(frame.right, Math.max(frame.left, x)), Math.min(frame.bottom, Math.max(frame.top, y))];
    box.value = { left: Math.min(current.x, atX), right: Math.max(current.x, atX), top: Math.min(current.y, atY), bottom: Math.max(current.y, atY) };
    selected.value = new Set(inside?.(box.value).map((row) => ids[row]));
  };
  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    drag.current = { ...placeOf(event), moved: false };
    if (inside) event.currentTarget.setPointerCapture(event.pointerId);
    onPointerMove(event);
  };
  const onPointerUp = (event: TargetedPointerEvent<HTMLElement>): void => {
    const current = drag.current;
    drag.current = null;
    box.value = null;
    if (!current || current.moved) return;
    const { x, y } = placeOf(event);
    const row = props.nearest(x, y);
    if (row !== null) onPick?.(ids[row]);
    else if (selected.peek().size > 0) selected.value = NONE;
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || order.length === 0) return;
    const id = hovered.peek();
    const row = id === null ? -1 : ids.indexOf(id);
    const result = walkKey(event.key, row, order, upwards);
    if (result === null) {
      if (event.key === 'Enter' && row >= 0 && onPick) onPick(ids[row]);
      else if (event.key === ' ' && row >= 0) selected.value = toggled(selected.peek(), ids[row]);
      else if (event.key === 'Escape' && row >= 0) hover(null);
      else if (event.key === 'Escape' && selected.peek().size > 0) selected.value = NONE;
      else return;
    } else {
      hover(result);
      now.value = order.indexOf(result);
    }
    event.preventDefault();
    event.stopPropagation();
    const reached = result ?? row;
    const marked = reached >= 0 && selected.peek().has(ids[reached]) ? ', selected' : '';
    said.value = hovered.peek() === null ? 'nothing chosen' : `${props.describe(reached)}${marked}`;
  };

  return (
    <>
      <div
        class={`gc-surface ${inside ? '' : 'gc-surface-scrolls'}`} role="slider" tabIndex={0} aria-label={label} aria-describedby={hint} aria-orientation="horizontal"
        aria-valuemin={0} aria-valuemax={Math.max(0, order.length - 1)} aria-valuenow={now} aria-valuetext={said} style={inFrame(frame)}
        onPointerMove={onPointerMove} onPointerDown={onPointerDown} onPointerUp={onPointerUp}
        onPointerLeave={(event) => {
          if (!drag.current && event.pointerType !== 'touch') hover(null);
        }}
        onPointerCancel={() => {
          // The finger scrolls.
          drag.current = null;
          box.value = null;
          hover(null);
        }}
        onKeyDown={onKeyDown} onBlur={() => hover(null)}
      />
      <DrawnBox box={box} />
      <p id={hint} class="visually-hidden">
        Arrow keys go from one to the next.{onPick && ' Enter opens it.'} Space selects it in all pictures, Escape clears the selection.
      </p>
    </>
  );
}

function DrawnBox({ box }: { readonly box: ReadonlySignal<Box | null> }) {
  if (!box.value) return null;
  const { left, right, top, bottom } = box.value;
  return <div class="gc-box" style={placed({ left, top, width: right - left, height: bottom - top })} />;
}
