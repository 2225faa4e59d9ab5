import type { Frame, Mark, StepSpan } from './frame.ts';
import type { Handle } from './handles.tsx';
import { placeFlags } from './label-layout.ts';
import type { Scale } from './scales.ts';
import { textWidth } from './use-size.ts';

/** Shaded steps: the window, the horizon. */
export interface ShadedSpan extends StepSpan {
  readonly id: string;
  readonly label: string;
  /** What was seen or what is asked for: tints that go with the lines. Default `window`. */
  readonly tone?: 'window' | 'horizon';
}

/** A horizontal line with a label: a threshold. */
export interface Rule {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  /** default the muted text colour */
  readonly colour?: string;
  /** default "4 3" */
  readonly dash?: string;
}

/** Shaded spans, under the lines. */
export function Spans({ spans, frame, x }: { readonly spans: readonly ShadedSpan[]; readonly frame: Frame; readonly x: Scale }) {
  const clamp = (step: number): number => Math.min(frame.right, Math.max(frame.left, x.at(step)));
  return (
    <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true" data-export="">
      {spans.map((span) => {
        const from = clamp(span.fromStep);
        const to = clamp(span.toStep);
        if (to - from < 0.5) return null;
        return <rect key={span.id} x={from} y={frame.top} width={to - from} height={frame.bottom - frame.top} fill={`var(--span-${span.tone ?? 'window'})`} />;
      })}
    </svg>
  );
}

interface AnnotationsProps {
  readonly frame: Frame;
  readonly x: Scale;
  readonly y?: Scale;
  readonly spans?: readonly ShadedSpan[];
  readonly marks?: readonly Mark[];
  readonly handles?: readonly Handle[];
  readonly rules?: readonly Rule[];
  /** Rows of labels above the picture. */
  readonly rows: number;
  /** Whether the lines reach up to their labels; over a heatmap they end at its edge. Default true. */
  readonly stems?: boolean;
  /** Name of the x axis, where it is not drawn elsewhere. */
  readonly xLabel?: string;
}

/** Vertical and horizontal lines with their names, and the names of the spans: over the lines, under the pointer. */
export function Annotations({ frame, x, y, spans = [], marks = [], handles = [], rules = [], rows, stems = true, xLabel }: AnnotationsProps) {
  const inside = (step: number): boolean => x.at(step) >= frame.left - 1 && x.at(step) <= frame.right + 1;
  const lines = [
    ...handles.map(({ id, label, step, main }) => ({ id, label, step, kind: main ? 'main' : 'handle' })).sort((a) => (a.kind === 'main' ? -1 : 1)),
    ...marks.map(({ id, label, step }) => ({ id, label, step, kind: 'mark' })),
  ].filter(({ step }) => inside(step));
  const flags = placeFlags(lines.map(({ step, label }) => ({ x: x.at(step), width: textWidth(label) })), 0, frame.width, rows);
  return (
    <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true" data-export="">
      {xLabel && <text class="gc-axis-name" x={frame.right} y={frame.bottom + 34} text-anchor="end">{xLabel}</text>}
      {spans.map((span) => <SpanName key={span.id} span={span} frame={frame} x={x} />)}
      {y && rules.map((rule) => <RuleLine key={rule.id} rule={rule} frame={frame} y={y} />)}
      {lines.map(({ id, label, step, kind }, i) => {
        const at = x.at(step);
        const flag = flags[i];
        const rise = !stems ? 0 : kind === 'mark' && flag ? 6 + 16 * flag.row : 6;
        return (
          <g key={id} class={`gc-vertical gc-vertical-${kind}`}>
            <path d={`M${at} ${frame.top - rise}V${frame.bottom}`} />
            {flag && <text x={flag.x} y={frame.top - 5 - 16 * flag.row} text-anchor={flag.anchor}>{label}</text>}
          </g>
        );
      })}
    </svg>
  );
}

function SpanName({ span, frame, x }: { readonly span: ShadedSpan; readonly frame: Frame; readonly x: Scale }) {
  const from = Math.max(frame.left, x.at(span.fromStep));
  const to = Math.min(frame.right, x.at(span.toStep));
  if (to - from < textWidth(span.label) + 8) return null;
  return <text class="gc-halo" x={(from + to) / 2} y={frame.top + 14} text-anchor="middle">{span.label}</text>;
}

function RuleLine({ rule, frame, y }: { readonly rule: Rule; readonly frame: Frame; readonly y: Scale }) {
  const at = y.at(rule.value);
  if (!(at >= frame.top - 1 && at <= frame.bottom + 1)) return null;
  const below = at - frame.top < 16;
  return (
    <g>
      <path d={`M${frame.left} ${at}H${frame.right}`} stroke={rule.colour ?? 'var(--muted)'} stroke-width={1.25} stroke-dasharray={rule.dash ?? '4 3'} fill="none" />
      <text class="gc-halo" x={frame.right - 4} y={below ? at + 14 : at - 5} text-anchor="end">{rule.label}</text>
    </g>
  );
}
