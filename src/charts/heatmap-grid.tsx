import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { HeatmapPicture } from '../../workers/contract.ts';
import { placed } from './frame.ts';
import { formatPercent } from './format.ts';
import { HeatCanvas } from './heat-canvas.tsx';
import { robustTop } from './heat-pixels.ts';
import { HeatLegend } from './heat-legend.tsx';
import { heatScaleOf } from './heatmap.tsx';
import { useWidth } from './use-size.ts';

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

/** Small heatmaps of all layers on one colour scale; a click or Enter picks a layer, arrows move between them. */
export function HeatmapGrid({ label, pictures, names, picked, onPick, colours = 'share', height = 64, ...rest }: HeatmapGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const robust = useMemo(() => pictures.reduce((most, picture) => Math.max(most, picture ? robustTop(picture.shares, picture.maximum) : 0), 0) || 1, [pictures]);
  const maximum = pictures.reduce((most, picture) => Math.max(most, picture?.maximum ?? 0), 0);
  const top = rest.maximum ?? robust;
  const experts = pictures.find((picture) => picture)?.experts ?? 1;
  const tabStop = picked !== null && picked < names.length ? picked : 0;

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

  return (
    <div class="gc-grid-box">
      <div class="gc-head">
        <span class="gc-y-name" data-export-text="">left to right: training step; top to bottom: expert</span>
        <HeatLegend scale={heatScaleOf(colours, top, maximum, experts)} />
      </div>
      <div ref={grid} class="gc-grid" role="group" aria-label={label}>
        {names.map((name, layer) => (
          <GridCell
            key={layer} name={name} picture={pictures[layer] ?? null} picked={layer === picked} focusable={layer === tabStop}
            colours={colours} top={top} height={height} onPick={() => onPick(layer)} onKeyDown={onKeyDown}
          />
        ))}
      </div>
    </div>
  );
}

interface GridCellProps {
  readonly name: string;
  readonly picture: HeatmapPicture | null;
  readonly picked: boolean;
  readonly focusable: boolean;
  readonly colours: 'share' | 'ratio';
  readonly top: number;
  readonly height: number;
  readonly onPick: () => void;
  readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => void;
}

function GridCell({ name, picture, picked, focusable, colours, top, height, onPick, onKeyDown }: GridCellProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const words = picture ? `${name}, largest share ${formatPercent(picture.maximum)}` : `${name}, loading`;
  return (
    <button type="button" class="gc-grid-cell" aria-pressed={picked} aria-label={words} tabIndex={focusable ? 0 : -1} onClick={onPick} onKeyDown={onKeyDown}>
      <span class="gc-grid-name" data-export-text="">{name}</span>
      <div ref={box} class="gc-grid-picture" style={placed({ height })}>
        {picture && width > 0 && (
          <HeatCanvas
            picture={picture} scale={heatScaleOf(colours, top, picture.maximum, picture.experts)}
            steps={picture} left={0} top={0} width={width} height={height}
          />
        )}
      </div>
    </button>
  );
}
