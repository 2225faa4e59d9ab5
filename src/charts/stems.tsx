import type { TargetedKeyboardEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { makeFrame, placed, type Frame } from './frame.ts';
import { MINUS, THIN_SPACE, formatFixed } from './format.ts';
import { markerPath } from './markers.ts';
import { Placeholder } from './placeholder.tsx';
import { linearScale, linearTicks, tickStep, type Scale } from './scales.ts';
import { describeStems, stemDomain, stemTexts, tickEvery, type Stem, type StemKind, type StemWords } from './stems-layout.ts';
import { Tooltip } from './tooltip.tsx';
import { textWidth, useWidth } from './use-size.ts';

export interface StemsProps {
  /** Accessible name: what is seen. */
  readonly label: string;
  /** From left to right; their places are kept while values are unknown. */
  readonly stems: readonly Stem[];
  /** Name of the y axis with its unit; values are fractions, shown in percent. */
  readonly yLabel: string;
  /** Name of the x axis: "layer". */
  readonly xLabel: string;
  /** What the zero line stands for: "average". */
  readonly zeroLabel: string;
  /** What being over, near and under the zero line means: "LSTM better", "tie", "average better". */
  readonly words: Readonly<Record<StemKind, string>>;
  /** Id of the stem that is marked; null for none. */
  readonly picked: string | null;
  readonly onPick: (id: string) => void;
  /** Pixels without the legend, kept before values come; default 240. */
  readonly height?: number;
  /** Shown while no value is known. */
  readonly placeholder: string;
}

const COLOURS: Readonly<Record<StemKind, string>> = { above: 'var(--forecast)', level: 'var(--muted)', below: 'var(--average)' };
const KINDS: readonly StemKind[] = ['above', 'level', 'below'];

/** A fraction as "+8", "−12" or "0" percent. */
function signed(value: number): string {
  const text = formatFixed(value * 100, 0);
  return `${value > 0 && text !== '0' ? '+' : ''}${text}`;
}

const signedPercent = (value: number): string => `${signed(value)}${THIN_SPACE}%`;
const written: StemWords = { short: signed, full: signedPercent };

/** A stem for each of many things, up or down from a zero line; a click or Enter picks one, arrows move between them. */
export function Stems(props: StemsProps) {
  const { label, stems, words, picked, onPick, height = 240 } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const described = useId();
  const pointed = useSignal<number | null>(null);
  const values = stems.flatMap(({ value }) => (value === null ? [] : [value]));
  const domain = stemDomain(values);
  const frame = makeFrame(width, height, { left: 48, right: textWidth(props.zeroLabel) + 14, top: 22, bottom: 44 });
  const y = linearScale(domain, [frame.bottom - 24, frame.top]);
  const column = (frame.right - frame.left) / Math.max(1, stems.length);
  const tabStop = Math.max(0, stems.findIndex(({ id }) => id === picked));

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>, index: number): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = stems.length - 1;
    const moves: Readonly<Record<string, number>> = { ArrowLeft: Math.max(0, index - 1), ArrowRight: Math.min(last, index + 1), Home: 0, End: last };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.parentElement?.querySelectorAll('button')[moves[event.key]]?.focus();
  };

  return (
    <div class="gc-stems">
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">{props.yLabel}</span>
        <ul class="gc-legend">
          {KINDS.map((kind) => <li key={kind}><KindSample kind={kind} /><span data-export-text="">{words[kind]}</span></li>)}
        </ul>
      </div>
      <div ref={box} class="gc-picture" style={placed({ height })}>
        {width > 0 && (
          <>
            <svg class="gc-layer" width={width} height={height} aria-hidden="true" data-export="">
              <Grid frame={frame} y={y} stems={stems} column={column} picked={values.length > 0 ? picked : null} xLabel={props.xLabel} zeroLabel={props.zeroLabel} />
              {stems.map((stem, i) => <StemMark key={stem.id} stem={stem} x={frame.left + (i + 0.5) * column} y={y} />)}
              {stemTexts(stems, picked, column, frame.left, frame.right, (value) => endOf(value, y), written, textWidth).map((one) => (
                <text key={stems[one.index].id} class="gc-halo" x={one.x} y={one.y} text-anchor="middle">{one.text}</text>
              ))}
            </svg>
            {values.length === 0 && <Placeholder frame={frame} text={props.placeholder} />}
            <div role="group" aria-label={label} aria-describedby={described}>
              {stems.map((stem, i) => (
                <button
                  key={stem.id} type="button" class="gc-stem" tabIndex={i === tabStop ? 0 : -1} aria-pressed={stem.id === picked} aria-label={say(stem, words)}
                  style={placed({ left: frame.left + i * column, width: column, top: frame.top - 18, height: frame.bottom - frame.top + 36 })}
                  onClick={() => onPick(stem.id)} onKeyDown={(event) => onKeyDown(event, i)}
                  onPointerEnter={() => { pointed.value = i; }} onPointerLeave={() => { pointed.value = null; }}
                  onFocus={() => { pointed.value = i; }} onBlur={() => { pointed.value = null; }}
                />
              ))}
            </div>
            <Pointed stems={stems} words={words} index={pointed.value} frame={frame} column={column} />
          </>
        )}
      </div>
      <p id={described} class="visually-hidden">{describeStems(stems, words, signedPercent)}</p>
    </div>
  );
}

/** Pixel of a stem's end; beyond the axis it stands at the axis's end. */
function endOf(value: number, y: Scale): number {
  return y.at(Math.min(y.domain[1], Math.max(y.domain[0], value)));
}

function say({ label, value, kind }: Stem, words: StemsProps['words']): string {
  return value === null ? `${label}, not known yet` : `${label}, ${signedPercent(value).replace(MINUS, 'minus ').replace(THIN_SPACE, ' ')}, ${words[kind]}`;
}

function StemMark({ stem: { value, kind }, x, y }: { readonly stem: Stem; readonly x: number; readonly y: Scale }) {
  if (value === null) return null;
  const end = endOf(value, y);
  return (
    <g>
      <path d={`M${x} ${y.at(0)}V${end}`} stroke={COLOURS[kind]} stroke-width={2} fill="none" />
      <KindShape kind={kind} x={x} y={end} />
    </g>
  );
}

/** Up, down and level are told by shape as well as by colour. */
function KindShape({ kind, x, y }: { readonly kind: StemKind; readonly x: number; readonly y: number }) {
  return <path d={markerPath(kind === 'level' ? 'circle' : 'triangle')} transform={`translate(${x} ${y})${kind === 'below' ? ' rotate(180)' : ''}`} fill={COLOURS[kind]} />;
}

function KindSample({ kind }: { readonly kind: StemKind }) {
  return <svg class="gc-sample" width={10} height={10} viewBox="0 0 10 10" aria-hidden="true" data-export=""><KindShape kind={kind} x={5} y={5} /></svg>;
}

interface GridProps {
  readonly frame: Frame;
  readonly y: Scale;
  readonly stems: readonly Stem[];
  readonly column: number;
  readonly picked: string | null;
  readonly xLabel: string;
  readonly zeroLabel: string;
}

function Grid({ frame, y, stems, column, picked, xLabel, zeroLabel }: GridProps) {
  const ticks = linearTicks(y.domain, 5);
  const step = tickStep(y.domain, 5);
  const every = tickEvery(stems.map(({ tick }) => textWidth(tick)), column);
  const at = stems.findIndex(({ id }) => id === picked);
  return (
    <>
      {at >= 0 && <rect x={frame.left + at * column} y={frame.top - 18} width={column} height={frame.bottom - frame.top + 36} rx={3} fill="var(--accent-tint)" />}
      <g class="gc-axis">
        {ticks.map((tick) => (
          <g key={tick} transform={`translate(${frame.left} ${y.at(tick)})`}>
            {tick !== 0 && <path class="gc-grid-line" d={`M0 0H${frame.right - frame.left}`} />}
            <text x={-8} dy="0.35em" text-anchor="end">{formatFixed(tick * 100, step < 0.01 ? 1 : 0)}</text>
          </g>
        ))}
        {stems.map(({ id, tick }, i) => (i % every === 0 || i === at) && (i === at || Math.abs(i - at) >= every || at < 0) && (
          <text key={id} class={i === at ? 'gc-picked' : undefined} x={frame.left + (i + 0.5) * column} y={frame.bottom + 12} text-anchor="middle">{tick}</text>
        ))}
        <text class="gc-axis-name" x={frame.right} y={frame.bottom + 34} text-anchor="end">{xLabel}</text>
      </g>
      <path d={`M${frame.left} ${y.at(0)}H${frame.right}`} stroke="var(--average)" stroke-width={1.5} stroke-dasharray="6 3" fill="none" />
      <text x={frame.right + 6} y={y.at(0)} dy="0.35em">{zeroLabel}</text>
    </>
  );
}

function Pointed({ stems, words, index, frame, column }: Pick<StemsProps, 'stems' | 'words'> & { readonly index: number | null; readonly frame: Frame; readonly column: number }) {
  const stem = index === null ? undefined : stems[index];
  if (!stem || index === null || stem.value === null) return null;
  const facts = [{ label: words[stem.kind], value: signedPercent(stem.value) }, ...(stem.facts ?? [])];
  return <Tooltip frame={frame} x={frame.left + (index + 0.5) * column} title={stem.label} rows={facts.map((fact) => ({ id: fact.label, ...fact }))} />;
}
