import type { Frame } from './frame.ts';
import { formatTick } from './format.ts';
import { linearTicks, ticksThatFit, tickStep, type Scale } from './scales.ts';

/** Axis of steps under a picture that is not drawn by Plot: ticks, numbers and the axis's name. */
export function StepAxis({ frame, x, label = 'training step' }: { readonly frame: Frame; readonly x: Scale; readonly label?: string }) {
  const most = ticksThatFit(frame.right - frame.left);
  const [first, end] = x.domain;
  // A single step has one number, not a beginning and an end.
  const ticks = end - first <= 1 ? [first] : linearTicks(x.domain, most, true);
  const step = ticks.length > 1 ? tickStep(x.domain, most, true) : 1;
  return (
    <g class="gc-axis">
      {ticks.map((tick) => {
        const at = x.at(tick);
        // Outer numbers lean inwards instead of leaving the picture.
        const anchor = at > frame.width - 18 ? 'end' : at < 18 ? 'start' : 'middle';
        return (
          <g key={tick} transform={`translate(${at} ${frame.bottom})`}>
            <path d="M0 0V5" />
            <text y={17} text-anchor={anchor}>{formatTick(tick, step)}</text>
          </g>
        );
      })}
      <text class="gc-axis-name" x={frame.right} y={frame.bottom + 34} text-anchor="end">{label}</text>
    </g>
  );
}

/** Axis of rows of equal height, numbered from 0 at the top; each number stands at the middle of its row. */
export function RowAxis({ frame, count }: { readonly frame: Frame; readonly count: number }) {
  const height = frame.bottom - frame.top;
  const most = Math.max(2, Math.min(7, Math.floor(height / 18)));
  const ticks = count <= most ? Array.from({ length: count }, (_, i) => i) : linearTicks([0, count - 1], most, true);
  return (
    <g class="gc-axis">
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${frame.left} ${frame.top + ((tick + 0.5) / count) * height})`}>
          <path d="M0 0H-5" />
          <text x={-8} dy="0.35em" text-anchor="end">{tick}</text>
        </g>
      ))}
    </g>
  );
}
