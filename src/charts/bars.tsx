import { useId, useRef } from 'preact/hooks';
import { makeFrame, placed } from './frame.ts';
import { formatFixed, spoken } from './format.ts';
import { Placeholder } from './placeholder.tsx';
import { linearScale, linearTicks, tickStep } from './scales.ts';
import { tickEvery } from './stems-layout.ts';
import { textWidth, useWidth } from './use-size.ts';

export interface BarSeries {
  readonly id: string;
  readonly label: string;
  /** A CSS colour. */
  readonly colour: string;
  /** Told from the others without colour: filled, only outlined, or outlined with dots. */
  readonly look: 'filled' | 'outlined' | 'dotted';
  /** One a group; NaN: no bar. */
  readonly values: readonly number[];
}

export interface BarsProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** Names of the groups under the picture, and of what they are: "2,000". */
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  readonly yLabel: string;
  readonly xLabel: string;
  /** Pixels, kept before values come; default 280. */
  readonly height?: number;
  readonly placeholder: string;
}

const GAP = 0.24;

/** A few bars side by side in each of some groups, from 0. */
export function Bars({ label, groups, series, yLabel, xLabel, height = 280, placeholder }: BarsProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const described = useId();
  const top = Math.max(0, ...series.flatMap(({ values }) => values.filter(Number.isFinite)));
  const frame = makeFrame(width, height, { left: 48, right: 4, top: 18, bottom: 44 });
  const y = linearScale([0, top > 0 ? top * 1.05 : 1], [frame.bottom, frame.top]);
  const step = tickStep(y.domain, 5);
  const group = (frame.right - frame.left) / Math.max(1, groups.length);
  const bar = (group * (1 - GAP)) / Math.max(1, series.length);
  const every = tickEvery(groups.map(textWidth), group);
  return (
    <div class="gc-bars">
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">{yLabel}</span>
        <ul class="gc-legend">
          {series.map((one) => (
            <li key={one.id}>
              <svg class="gc-sample" width={14} height={14} aria-hidden="true" data-export=""><BarShape {...one} x={1} y={1} width={12} height={12} /></svg>
              <span data-export-text="">{one.label}</span>
            </li>
          ))}
        </ul>
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <svg class="gc-layer" width={width} height={height} role="img" aria-label={label} aria-describedby={described} data-export="">
            <g class="gc-axis">
              {linearTicks(y.domain, 5).map((tick) => (
                <g key={tick} transform={`translate(${frame.left} ${y.at(tick)})`}>
                  <path class="gc-grid-line" d={`M0 0H${frame.right - frame.left}`} />
                  <text x={-8} dy="0.35em" text-anchor="end">{formatFixed(tick, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))}</text>
                </g>
              ))}
              {groups.map((name, i) => i % every === 0 && <text key={name} x={frame.left + (i + 0.5) * group} y={frame.bottom + 17} text-anchor="middle">{name}</text>)}
              <text class="gc-axis-name" x={frame.right} y={frame.bottom + 34} text-anchor="end">{xLabel}</text>
            </g>
            {groups.map((name, i) => series.map((one, k) => {
              const value = one.values[i];
              if (!Number.isFinite(value)) return null;
              const left = frame.left + (i + GAP / 2) * group + k * bar;
              const text = formatFixed(value, 2);
              return (
                <g key={`${name} ${one.id}`}>
                  <BarShape {...one} x={left + 1} y={y.at(value)} width={Math.max(1, bar - 2)} height={frame.bottom - y.at(value)} />
                  {textWidth(text) + 2 <= bar && <text class="gc-halo" x={left + bar / 2} y={y.at(value) - 5} text-anchor="middle">{text}</text>}
                </g>
              );
            }))}
          </svg>
        )}
        {width > 0 && groups.length === 0 && <Placeholder frame={frame} text={placeholder} />}
      </div>
      <p id={described} class="visually-hidden">
        {groups.length === 0 ? 'No values yet.' : spoken(groups.map((name, i) => `${name}: ${series.map((one) => `${one.label} ${formatFixed(one.values[i], 2)}`).join(', ')}.`).join(' '))}
      </p>
    </div>
  );
}

function BarShape({ colour, look, x, y, width, height }: Pick<BarSeries, 'colour' | 'look'> & { readonly x: number; readonly y: number; readonly width: number; readonly height: number }) {
  return <rect x={x} y={y} width={width} height={height} fill={look === 'filled' ? colour : 'none'} stroke={colour} stroke-width={1.5} stroke-dasharray={look === 'dotted' ? '1.5 3' : undefined} />;
}
