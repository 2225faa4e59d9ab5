import { useId, useMemo, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { HeatmapPicture } from '../../workers/contract.ts';
import { Annotations } from './annotations.tsx';
import { RowAxis, StepAxis } from './axes.tsx';
import type { HeatScale } from './colour.ts';
import { formatPercent, formatRatio, formatStep } from './format.ts';
import { makeFrame, placed, type Cursor, type Frame, type Mark, type StepSpan } from './frame.ts';
import { HeatCanvas } from './heat-canvas.tsx';
import { robustTop } from './heat-pixels.ts';
import { HeatLegend } from './heat-legend.tsx';
import { Placeholder } from './placeholder.tsx';
import { lastAtMost, linearScale, type Scale } from './scales.ts';
import { Surface } from './surface.tsx';
import { Tooltip } from './tooltip.tsx';
import { useWidth } from './use-size.ts';
import { describeHeat } from './words.ts';

export interface HeatmapProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** Null until it comes; its place is kept. */
  readonly picture: HeatmapPicture | null;
  /** Steps from the left to the right edge; default the picture's. */
  readonly steps?: StepSpan;
  /** `share`: viridis from 0 to the maximum; `ratio`: diverging around the uniform share. Default `share`. */
  readonly colours?: 'share' | 'ratio';
  /** Share at the top of the colours, to compare pictures; default one that 99.5 % of the cells stay under. */
  readonly maximum?: number;
  /** Height in pixels with the axis, without the legend; default 320. */
  readonly height?: number;
  /** Vertical lines: the boundary of the transient state, the origin. */
  readonly marks?: readonly Mark[];
  readonly cursor?: Cursor;
  readonly onSelect?: (span: StepSpan) => void;
  /** Called on double click and by the button that is shown while `zoomed`. */
  readonly onZoomOut?: () => void;
  readonly zoomed?: boolean;
  readonly placeholder?: string;
  readonly loading?: boolean;
}

const NOTHING: readonly never[] = [];

/** The scale of a heatmap's colours. @param top share at its upper end @param maximum largest share there is */
export function heatScaleOf(colours: 'share' | 'ratio', top: number, maximum: number, experts: number): HeatScale {
  if (colours === 'ratio') {
    const uniform = 1 / Math.max(1, experts);
    // As far as the loads go: a balanced layer would be all but white on the scale of a collapsed one.
    return { kind: 'ratio', uniform, limit: Math.min(2, Math.max(0.25, Math.log2(top / uniform))) };
  }
  return { kind: 'share', maximum: top, clipped: top < maximum };
}

/** Load share by training step (left to right) and expert (top to bottom), as colours on a canvas. */
export function Heatmap(props: HeatmapProps) {
  const { label, picture, colours = 'share', height = 320, marks = NOTHING, cursor: shared, zoomed = false, loading = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = useId();
  const own = useSignal<number | null>(null);
  const cursor = shared ?? own;
  const row = useSignal<number | null>(null);

  const steps = props.steps ?? (picture ? { fromStep: picture.fromStep, toStep: picture.toStep } : { fromStep: 0, toStep: 1 });
  const frame = useMemo(
    () => makeFrame(width, height, { left: 44, right: 22, top: props.marks ? 24 : 8, bottom: 44 }),
    [width, height, props.marks !== undefined],
  );
  const x = linearScale([steps.fromStep, steps.toStep], [frame.left, frame.right]);
  const robust = useMemo(() => (picture ? robustTop(picture.shares, picture.maximum) : 1), [picture]);
  const scale = heatScaleOf(colours, props.maximum ?? robust, picture?.maximum ?? 0, picture?.experts ?? 1);
  const described = useMemo(
    () => (picture ? describeHeat(picture.shares, picture.experts, picture.columns, picture.columnSteps, formatPercent) : 'No values yet.'),
    [picture],
  );
  const empty = !picture || picture.columns === 0 || picture.experts === 0;

  return (
    <div class="gc-heatmap" aria-busy={loading}>
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">expert</span>
        {zoomed && props.onZoomOut && <button type="button" class="gc-button" onClick={props.onZoomOut}>Show all steps</button>}
        <HeatLegend scale={scale} />
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <div class="gc-layer" role="img" aria-label={label} aria-describedby={words}>
              {!empty && (
                <HeatCanvas
                  picture={picture} scale={scale} steps={steps}
                  left={frame.left} top={frame.top} width={frame.right - frame.left} height={frame.bottom - frame.top}
                />
              )}
              <svg class="gc-layer" width={frame.width} height={frame.height} aria-hidden="true" data-export="">
                <rect
                  class="gc-border" x={frame.left - 0.5} y={frame.top - 0.5}
                  width={frame.right - frame.left + 1} height={frame.bottom - frame.top + 1}
                />
                {(picture || props.steps) && <StepAxis frame={frame} x={x} />}
                {!empty && <RowAxis frame={frame} count={picture.experts} />}
              </svg>
            </div>
            <div class="gc-on-heat"><Annotations frame={frame} x={x} marks={marks} rows={1} stems={false} /></div>
            {empty && <Placeholder frame={frame} text={loading ? 'Loading…' : (props.placeholder ?? 'No steps to show')} />}
            {!empty && <HeatCrosshair frame={frame} x={x} picture={picture} cursor={cursor} row={row} endStep={steps.toStep} />}
            {!empty && (
              <Surface
                label={`${label}, crosshair`} frame={frame} x={x} stops={picture.columnSteps} endStep={picture.toStep} snap="cell" cursor={cursor}
                rows={{ count: picture.experts, row }} onSelect={props.onSelect} onZoomOut={props.onZoomOut}
                describe={(step, expert) => {
                  const share = shareAt(picture, step, expert);
                  return `step ${formatStep(step)}, expert ${expert}: ${formatPercent(share)}, ${formatRatio(share * picture.experts)} uniform`;
                }}
              />
            )}
          </>
        )}
      </div>
      <p id={words} class="visually-hidden">{described}</p>
    </div>
  );
}

function shareAt(picture: HeatmapPicture, step: number, expert: number): number {
  const column = Math.max(0, lastAtMost(picture.columnSteps, step));
  return picture.shares[expert * picture.columns + column];
}

interface HeatCrosshairProps {
  readonly frame: Frame;
  readonly x: Scale;
  readonly picture: HeatmapPicture;
  readonly cursor: Cursor;
  readonly row: ReadonlySignal<number | null>;
  readonly endStep: number;
}

/** Crosshair through the middle of a cell, with its values; without a row (another picture leads) a vertical line. */
function HeatCrosshair({ frame, x, picture, cursor, row, endStep }: HeatCrosshairProps) {
  const step = cursor.value;
  const expert = row.value;
  if (step === null || step < x.domain[0] || step >= x.domain[1]) return null;
  const column = Math.max(0, lastAtMost(picture.columnSteps, step));
  const next = column + 1 < picture.columns ? picture.columnSteps[column + 1] : endStep;
  const at = expert === null ? x.at(step) : x.at((picture.columnSteps[column] + next) / 2);
  const y = expert === null ? null : frame.top + ((expert + 0.5) / picture.experts) * (frame.bottom - frame.top);
  const share = expert === null ? 0 : shareAt(picture, step, expert);
  return (
    <>
      <svg class="gc-layer gc-on-heat" width={frame.width} height={frame.height} aria-hidden="true">
        <path class="gc-crosshair" d={`M${at} ${frame.top}V${frame.bottom}`} />
        {y !== null && <path class="gc-crosshair" d={`M${frame.left} ${y}H${frame.right}`} />}
      </svg>
      {expert !== null && (
        <Tooltip
          frame={frame} x={at} title={cellTitle(picture.columnSteps[column], next)}
          rows={[
            { id: 'share', label: `expert ${expert}`, value: formatPercent(share) },
            { id: 'ratio', label: 'to uniform', value: formatRatio(share * picture.experts) },
          ]}
        />
      )}
    </>
  );
}

/** A cell is the mean over its steps, which the title says. */
function cellTitle(from: number, next: number): string {
  return next - from > 1 ? `mean of steps ${formatStep(from)}–${formatStep(next - 1)}` : `step ${formatStep(from)}`;
}
