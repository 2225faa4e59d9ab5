import type { ReadonlySignal } from '@preact/signals';
import type { Cursor, Frame } from './frame.ts';
import { formatStep } from './format.ts';
import type { Scale } from './scales.ts';
import { valueAt, type LineSeries } from './series.ts';
import { Tooltip } from './tooltip.tsx';

interface LinesCrosshairProps {
  readonly frame: Frame;
  readonly x: Scale;
  readonly y: Scale;
  readonly series: readonly LineSeries[];
  /** Place of the series that a click would pick; null where nothing can be picked. */
  readonly picked: ReadonlySignal<number | null>;
  readonly xWord: string;
  readonly cursor: Cursor;
  readonly format: (value: number) => string;
}

/** The crosshair of a line picture with the values under it; the only part that is drawn again when it moves. */
export function LinesCrosshair({ frame, x, y, series, picked, xWord, cursor, format }: LinesCrosshairProps) {
  const step = cursor.value;
  if (step === null || step < x.domain[0] || step > x.domain[1]) return null;
  const at = x.at(step);
  const chosen = picked.value === null ? undefined : series[picked.value];
  const found = series.flatMap((one) => {
    const value = valueAt(one, step);
    return value ? [{ one, value }] : [];
  });
  const rows = found.map(({ one, value }) => ({
    id: one.id,
    label: one === chosen ? `▸ ${one.label}` : one.label,
    value: written(value, format),
    sample: { colour: one.kind === 'band' ? (one.fill ?? one.colour) : one.colour, dash: one.dash, marker: one.marker, band: one.kind === 'band' },
  }));
  return (
    <>
      <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true">
        <path class="gc-crosshair" d={`M${at} ${frame.top}V${frame.bottom}`} />
        {found.map(({ one, value }) => {
          const place = y.at(value.y);
          if (!(place >= frame.top - 1 && place <= frame.bottom + 1)) return null;
          return <circle key={one.id} cx={at} cy={place} r={one === chosen ? 6 : 3.5} fill={one.colour} stroke="var(--raised, white)" stroke-width={1.5} />;
        })}
      </svg>
      <Tooltip frame={frame} x={at} title={`${xWord} ${formatStep(step)}`} rows={rows} />
    </>
  );
}

function written(value: { readonly y: number; readonly low?: number; readonly high?: number }, format: (value: number) => string): string {
  const { y, low = NaN, high = NaN } = value;
  const band = `${format(low)} to ${format(high)}`;
  if (!Number.isFinite(y)) return band;
  return Number.isFinite(low) && Number.isFinite(high) ? `${format(y)} (${band})` : format(y);
}
