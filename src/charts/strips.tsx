import { useContext, useId, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { StepAxis } from './axes.tsx';
import { makeFrame, placed, type Cursor, type Frame, type StepSpan } from './frame.ts';
import { formatStep, spoken } from './format.ts';
import { Placeholder } from './placeholder.tsx';
import { linearScale, type Scale } from './scales.ts';
import { Surface } from './surface.tsx';
import { Tooltip } from './tooltip.tsx';
import { useNear } from '../ui/near.ts';
import { textWidth, useWidth } from './use-size.ts';
import { Whole } from './whole.ts';

export interface Strip {
  readonly id: string;
  /** Name of the layer. */
  readonly label: string;
  /** In order, covering the trace; empty while unknown. */
  readonly spans: readonly (StepSpan & { readonly state: 'transient' | 'stable' })[];
  /** Where the last stable span begins; null when the layer ends transient or is unknown. */
  readonly boundaryStep: number | null;
}

export interface StripsProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  readonly strips: readonly Strip[];
  readonly steps: StepSpan;
  readonly cursor?: Cursor;
  /** Stops of the crosshair; default every hundredth of the steps. */
  readonly stops?: ArrayLike<number>;
  readonly onSelect?: (span: StepSpan) => void;
  readonly onZoomOut?: () => void;
  readonly placeholder?: string;
  readonly loading?: boolean;
}

const TOP = 8;
const BOTTOM = 44;
/** About a screen of the lowest rows. */
const rowsAtOnce = 64;

/** Height of a strip: 24 px for a few layers, down to 12 px for many. */
function stripHeight(count: number): number {
  return count <= 12 ? 24 : count <= 32 ? 16 : 12;
}

/** Transient and stable spans of every layer over the steps: hatched and plain, so that colour is not needed. */
export function Strips(props: StripsProps) {
  const { label, strips, steps, cursor: shared, loading = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const hatch = useId();
  const own = useSignal<number | null>(null);
  const cursor = shared ?? own;
  const row = useSignal<number | null>(null);

  const each = stripHeight(strips.length);
  const height = TOP + BOTTOM + each * Math.max(1, strips.length);
  const names = Math.min(140, strips.reduce((most, strip) => Math.max(most, textWidth(strip.label)), 30));
  const frame = makeFrame(width, height, { left: names + 14, right: 22, top: TOP, bottom: BOTTOM });
  const x = linearScale([steps.fromStep, steps.toStep], [frame.left, frame.right]);
  const stops = props.stops ?? evenStops(steps);
  const empty = strips.every((strip) => strip.spans.length === 0);

  return (
    <div class="gc-strips" aria-busy={loading}>
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">layer</span>
        <ul class="gc-legend">
          <li><StateSample state="transient" /><span data-export-text="">transient</span></li>
          <li><StateSample state="stable" /><span data-export-text="">stable</span></li>
        </ul>
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <div role="img" class="gc-layer" aria-label={label} aria-describedby={words}>
              <svg class="gc-layer" width={width} height={height} aria-hidden="true" data-export="">
                <Hatch id={hatch} />
                <StepAxis frame={frame} x={x} />
              </svg>
              {Array.from({ length: Math.ceil(strips.length / rowsAtOnce) }, (_, part) => (
                <StripRows key={part} strips={strips.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce)} frame={frame} x={x} top={frame.top + part * rowsAtOnce * each} height={each} hatch={hatch} />
              ))}
            </div>
            {empty && <Placeholder frame={frame} text={loading ? 'Loading…' : (props.placeholder ?? (strips.length > 0 ? 'States unknown' : 'No layers to show'))} />}
            {!empty && (
              <>
                <StripsCrosshair frame={frame} x={x} strips={strips} cursor={cursor} row={row} height={each} />
                <Surface
                  label={`${label}, crosshair`} frame={frame} x={x} stops={stops} endStep={steps.toStep} snap="point" cursor={cursor}
                  rows={{ count: strips.length, row }} onSelect={props.onSelect} onZoomOut={props.onZoomOut}
                  describe={(step, i) => `step ${formatStep(step)}, ${strips[i].label}: ${stateAt(strips[i], step)}`}
                />
              </>
            )}
          </>
        )}
      </div>
      <p id={words} class="visually-hidden">{describeStrips(strips)}</p>
    </div>
  );
}

function evenStops({ fromStep, toStep }: StepSpan): Float64Array {
  const count = Math.max(1, Math.min(101, toStep - fromStep));
  return Float64Array.from({ length: count }, (_, i) => Math.round(fromStep + (i * (toStep - 1 - fromStep)) / Math.max(1, count - 1)));
}

function stateAt(strip: Strip, step: number): string {
  return strip.spans.find(({ fromStep, toStep }) => step >= fromStep && step < toStep)?.state ?? 'unknown';
}

function describeStrips(strips: readonly Strip[]): string {
  if (strips.length === 0) return 'No layers.';
  const said = strips.map(({ label, spans, boundaryStep }) => {
    if (spans.length === 0) return `${label} is unknown`;
    return boundaryStep === null ? `${label} ends transient` : `${label} is stable from step ${formatStep(boundaryStep)}`;
  });
  return spoken(`${said.join('; ')}.`);
}

function Hatch({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={id} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={6} height={6} fill="var(--transient-tint)" />
        <path d="M0 0V6" stroke="var(--transient)" stroke-width={3} />
      </pattern>
    </defs>
  );
}

function StateSample({ state }: { readonly state: 'transient' | 'stable' }) {
  const id = useId();
  return (
    <svg class="gc-sample" width={22} height={12} viewBox="0 0 22 12" aria-hidden="true" data-export="">
      {state === 'transient' && <Hatch id={id} />}
      <rect width={22} height={12} fill={state === 'transient' ? `url(#${id})` : 'var(--stable)'} />
    </svg>
  );
}

interface StripRowsProps {
  readonly strips: readonly Strip[];
  readonly frame: Frame;
  readonly x: Scale;
  readonly top: number;
  /** Of one row. */
  readonly height: number;
  readonly hatch: string;
}

/** Rows that are drawn together, on the screen or near it: hundreds of layers reach far below it. */
function StripRows({ strips, frame, x, top, height, hatch }: StripRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box);
  const whole = useContext(Whole).value;
  const high = strips.length * height;
  return (
    <div ref={box} class="gc-strip-rows" style={placed({ top, width: frame.width, height: high })}>
      {(near || whole) && (
        <svg class="gc-layer" width={frame.width} height={high} data-export="">
          {strips.map((strip, i) => <StripRow key={strip.id} strip={strip} frame={frame} x={x} top={i * height} height={height} hatch={hatch} />)}
        </svg>
      )}
    </div>
  );
}

interface StripRowProps {
  readonly strip: Strip;
  readonly frame: Frame;
  readonly x: Scale;
  readonly top: number;
  readonly height: number;
  readonly hatch: string;
}

function StripRow({ strip, frame, x, top, height, hatch }: StripRowProps) {
  const clamp = (step: number): number => Math.min(frame.right, Math.max(frame.left, x.at(step)));
  const bar = height - (height > 14 ? 6 : 3);
  const boundary = strip.boundaryStep === null ? null : x.at(strip.boundaryStep);
  const inside = boundary !== null && boundary > frame.left + 1 && boundary < frame.right;
  const text = strip.boundaryStep === null ? '' : formatStep(strip.boundaryStep);
  const fits = inside && height >= 16 && boundary + 8 + textWidth(text) < frame.right;
  return (
    <g>
      <text class="gc-row-name" x={frame.left - 8} y={top + height / 2} dy="0.35em" text-anchor="end">{strip.label}</text>
      {strip.spans.length === 0 && <rect x={frame.left} y={top + (height - bar) / 2} width={frame.right - frame.left} height={bar} fill="var(--rule)" fill-opacity={0.5} />}
      {strip.spans.map(({ fromStep, toStep, state }) => (
        <rect
          key={fromStep} x={clamp(fromStep)} y={top + (height - bar) / 2} width={Math.max(0, clamp(toStep) - clamp(fromStep))} height={bar}
          fill={state === 'transient' ? `url(#${hatch})` : 'var(--stable)'}
        />
      ))}
      {inside && <path class="gc-boundary" d={`M${boundary} ${top}v${height}`} />}
      {fits && <text class="gc-on-stable" x={boundary + 6} y={top + height / 2} dy="0.35em">{text}</text>}
    </g>
  );
}

interface StripsCrosshairProps {
  readonly frame: Frame;
  readonly x: Scale;
  readonly strips: readonly Strip[];
  readonly cursor: Cursor;
  readonly row: Cursor;
  readonly height: number;
}

function StripsCrosshair({ frame, x, strips, cursor, row }: StripsCrosshairProps) {
  const step = cursor.value;
  const strip = row.value === null ? undefined : strips[row.value];
  if (step === null || step < x.domain[0] || step >= x.domain[1]) return null;
  const at = x.at(step);
  return (
    <>
      <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true">
        <path class="gc-crosshair" d={`M${at} ${frame.top}V${frame.bottom}`} />
      </svg>
      {strip && <Tooltip frame={frame} x={at} title={`step ${formatStep(step)}`} rows={[{ id: strip.id, label: strip.label, value: stateAt(strip, step) }]} />}
    </>
  );
}
