import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { drawSoon, redrawSoon } from './draw-queue.ts';
import { markGroups, type MarkGroup } from './mark-groups.ts';
import { toneColour } from './tone-colour.ts';

const SVG = 'http://www.w3.org/2000/svg';

export interface MarkLayerProps {
  readonly width: number;
  readonly height: number;
  readonly ids: readonly number[];
  /** Ids that are picked out; null: none is, and all are drawn alike. */
  readonly chosen: ReadonlySignal<ReadonlySet<number> | null>;
  readonly pruned: (row: number) => boolean;
  readonly tone: (row: number) => number | null;
  /** SVG path data of each row; empty for one that is not drawn. */
  readonly paths: readonly string[];
  /** Attributes of a group's path besides its data. */
  readonly look: (group: MarkGroup, colour: string) => Readonly<Record<string, string | number>>;
}

/**
 * Thousands of points as one SVG path for each way in which they are drawn. Drawn when its turn has come,
 * always in the newest state; give the same functions while nothing changed.
 */
export function MarkLayer(props: MarkLayerProps) {
  const { width, height, ids, chosen, pruned, tone, paths, look } = props;
  const host = useRef<SVGSVGElement>(null);
  const newest = useRef(props);
  newest.current = props;
  const draw = useCallback(() => {
    if (host.current) host.current.replaceChildren(...markPaths(newest.current, theme.peek() === 'dark'));
  }, []);
  const ask = useCallback(() => {
    if (host.current?.hasChildNodes()) redrawSoon(draw);
    else drawSoon(draw);
  }, []);
  useLayoutEffect(ask, [ids, pruned, tone, paths, look]);
  useSignalEffect(() => {
    void [chosen.value, theme.value];
    ask();
  });
  return <svg ref={host} class="gc-layer" width={width} height={height} aria-hidden="true" data-export="" />;
}

function markPaths({ ids, chosen, pruned, tone, paths, look }: MarkLayerProps, dark: boolean): SVGPathElement[] {
  const picked = chosen.peek();
  const groups = markGroups(ids.length, tone, pruned, picked && ((row) => picked.has(ids[row])));
  return groups.flatMap((group) => {
    const d = group.rows.map((row) => paths[row]).join('');
    if (d === '') return [];
    const element = document.createElementNS(SVG, 'path');
    const attributes: Readonly<Record<string, string | number>> = { d, ...look(group, group.faint ? 'var(--rule-strong)' : toneColour(group.tone, dark)) };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
  });
}
