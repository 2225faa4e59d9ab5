/** Outlines of the markers, the same in pictures and in the samples of their legends. Pure. */
import type { Marker } from './colour.ts';

type Points = readonly (readonly [x: number, y: number])[];

/** A circle of radius 3.2 as a polygon that looks round at this size. */
const CIRCLE: Points = Array.from({ length: 20 }, (_, i) => [3.2 * Math.cos((i * Math.PI) / 10), 3.2 * Math.sin((i * Math.PI) / 10)]);

const OUTLINES: Readonly<Record<Marker, { readonly lines: readonly Points[]; readonly closed: boolean }>> = {
  circle: { lines: [CIRCLE], closed: true },
  square: { lines: [[[-2.9, -2.9], [2.9, -2.9], [2.9, 2.9], [-2.9, 2.9]]], closed: true },
  triangle: { lines: [[[0, -3.7], [3.6, 2.8], [-3.6, 2.8]]], closed: true },
  diamond: { lines: [[[0, -4], [4, 0], [0, 4], [-4, 0]]], closed: true },
  cross: { lines: [[[-3, -3], [3, 3]], [[-3, 3], [3, -3]]], closed: false },
};

/** Draws a marker around 0, 0. */
export function drawMarker(marker: Marker, context: Pick<CanvasPath, 'moveTo' | 'lineTo' | 'closePath'>): void {
  const { lines, closed } = OUTLINES[marker];
  for (const line of lines) {
    line.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    if (closed) context.closePath();
  }
}

/** The outline as SVG path data. */
export function markerPath(marker: Marker): string {
  const parts: string[] = [];
  drawMarker(marker, {
    moveTo: (x, y) => parts.push(`M${x.toFixed(2)} ${y.toFixed(2)}`),
    lineTo: (x, y) => parts.push(`L${x.toFixed(2)} ${y.toFixed(2)}`),
    closePath: () => parts.push('Z'),
  });
  return parts.join('');
}
