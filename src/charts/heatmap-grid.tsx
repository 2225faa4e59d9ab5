import type { RefObject, TargetedKeyboardEvent } from 'preact';
import { useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { HeatmapPicture } from '../../workers/contract.ts';
import type { HeatScale } from './colour.ts';
import { drawSoon } from './draw-queue.ts';
import { placed } from './frame.ts';
import { formatPercent } from './format.ts';
import { HeatCanvas } from './heat-canvas.tsx';
import { robustTop } from './heat-pixels.ts';
import { HeatLegend } from './heat-legend.tsx';
import { heatScaleOf } from './heatmap.tsx';
import { useNear } from '../ui/near.ts';
import { useWidth } from './use-size.ts';
import { Whole } from './whole.ts';

export interface HeatmapGridProps {
  /** Accessible name: "Load share of every layer". */
  readonly label: string;
  /** One a layer; null until it comes, its place is kept. */
  readonly pictures: readonly (HeatmapPicture | null)[];
  /** Names of the layers, as many as pictures. */
  readonly names: readonly string[];
  /** The picked layer, an index; null when none is. */
  readonly picked: number | null;
  readonly onPick: (layer: number) => void;
  /** default `share`; all layers share one scale */
  readonly colours?: 'share' | 'ratio';
  /** Share at the top of the colours; default one that 99.5 % of the cells stay under. */
  readonly maximum?: number;
  /** Height of one small picture, pixels; default 64. */
  readonly height?: number;
}

const tops = new WeakMap<HeatmapPicture, number>();

/** Share that 99.5 % of a picture's cells stay under; found once for a picture. */
export function smallTop(picture: HeatmapPicture): number {
  const known = tops.get(picture);
  if (known !== undefined) return known;
  const top = robustTop(picture.shares, picture.maximum);
  tops.set(picture, top);
  return top;
}

/**
 * Small heatmaps of all layers on one colour scale; a click or Enter picks a layer, arrows move between them.
 * Of hundreds only those on the screen or near it are painted, one after the other.
 */
export function HeatmapGrid({ label, pictures, names, picked, onPick, colours = 'share', height = 64, ...rest }: HeatmapGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  // All are equally wide.
  const width = useWidth(first);
  const robust = useMemo(() => pictures.reduce((most, picture) => Math.max(most, picture ? smallTop(picture) : 0), 0) || 1, [pictures]);
  const maximum = pictures.reduce((most, picture) => Math.max(most, picture?.maximum ?? 0), 0);
  const top = rest.maximum ?? robust;
  const experts = pictures.find((picture) => picture)?.experts ?? 1;
  const tabStop = picked !== null && picked < names.length ? picked : 0;
  const pick = useRef(onPick);
  pick.current = onPick;

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (at < 0) return;
    const top = buttons[0].offsetTop;
    const columns = Math.max(1, buttons.filter((button) => button.offsetTop === top).length);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: buttons.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[moves[event.key]]?.focus();
  };

  const cells = useMemo(() => names.map((name, layer) => (
    <GridCell
      key={layer} name={name} picture={pictures[layer] ?? null} picked={layer === picked} focusable={layer === tabStop}
      colours={colours} top={top} width={width} height={height} measured={layer === 0 ? first : null} onPick={() => pick.current(layer)} onKeyDown={onKeyDown}
    />
  )), [names, pictures, picked, tabStop, colours, top, width, height]);

  return (
    <div class="gc-grid-box">
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">left to right: training step; top to bottom: expert</span>
        <HeatLegend scale={heatScaleOf(colours, top, maximum, experts)} />
      </div>
      <div ref={grid} class="gc-grid" role="group" aria-label={label}>{cells}</div>
    </div>
  );
}

/** Height of name, padding and border of a small picture; pixels, as the style sheet has them. */
const aroundPicture = 26;

interface GridCellProps {
  readonly name: string;
  readonly picture: HeatmapPicture | null;
  readonly picked: boolean;
  readonly focusable: boolean;
  readonly colours: 'share' | 'ratio';
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of the one whose width is followed. */
  readonly measured: RefObject<HTMLButtonElement | null> | null;
  readonly onPick: () => void;
  readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => void;
}

interface Painting {
  readonly picture: HeatmapPicture;
  readonly scale: HeatScale;
}

function GridCell({ name, picture, picked, focusable, colours, top, width, height, measured, onPick, onKeyDown }: GridCellProps) {
  const own = useRef<HTMLButtonElement>(null);
  const button = measured ?? own;
  const near = useNear(button);
  const whole = useContext(Whole).value;
  const newest = useMemo((): Painting | null => picture && { picture, scale: heatScaleOf(colours, top, picture.maximum, picture.experts) }, [picture, colours, top]);
  const [soon, setSoon] = useState<Painting | null>(null);
  useLayoutEffect(() => {
    const wanted = near ? newest : null;
    return wanted === soon ? undefined : drawSoon(() => setSoon(wanted));
  }, [near, newest, soon]);
  const painting = whole ? newest : soon;
  const words = picture ? `${name}, largest share ${formatPercent(picture.maximum)}` : `${name}, loading`;
  return (
    <button
      ref={button} type="button" class="gc-grid-cell" style={placed({ height: height + aroundPicture })}
      aria-pressed={picked} aria-label={words} tabIndex={focusable ? 0 : -1} onClick={onPick} onKeyDown={onKeyDown}
    >
      {(near || whole) && (
        <>
          <span class="gc-grid-name" data-export-text="">{name}</span>
          <div class="gc-grid-picture" style={placed({ height })}>
            {painting && width > 0 && <HeatCanvas {...painting} steps={painting.picture} left={0} top={0} width={width} height={height} />}
          </div>
        </>
      )}
    </button>
  );
}
