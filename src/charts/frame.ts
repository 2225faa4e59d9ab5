import type { Signal } from '@preact/signals';

/** Where in a picture its values are drawn, CSS pixels from the picture's top left corner. */
export interface Frame {
  /** Of the whole picture. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Training steps, half open: `fromStep` is in, `toStep` is not. */
export interface StepSpan {
  readonly fromStep: number;
  readonly toStep: number;
}

/** The step under the crosshair, shared by all pictures of a cell; null when there is none. */
export type Cursor = Signal<number | null>;

/** A vertical line with a label: a boundary, the end of warm-up. */
export interface Mark {
  readonly id: string;
  readonly label: string;
  readonly step: number;
}

/** Where an element of the picture stands, as its style; numbers are CSS pixels. */
export function placed(place: { readonly left?: number; readonly right?: number; readonly top?: number; readonly width?: number; readonly height?: number }): Record<string, string> {
  return Object.fromEntries(Object.entries(place).map(([name, value]) => [name, `${value}px`]));
}

/** The place of the part in which values are drawn. */
export function inFrame(frame: Frame): Record<string, string> {
  return placed({ left: frame.left, top: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top });
}

export function makeFrame(width: number, height: number, margin: { left: number; right: number; top: number; bottom: number }): Frame {
  return {
    width, height,
    left: margin.left,
    right: Math.max(margin.left + 1, width - margin.right),
    top: margin.top,
    bottom: Math.max(margin.top + 1, height - margin.bottom),
  };
}
