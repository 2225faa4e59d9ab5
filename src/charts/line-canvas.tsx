import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { theme } from '../ui/theme.ts';
import { drawSoon, redrawSoon } from './draw-queue.ts';
import { placed } from './frame.ts';
import { inPieces, lineLook, linesAFrame, strokeLine, type LineLook, type Polyline } from './line-painting.ts';
import { markGroups, type MarkGroup } from './mark-groups.ts';
import { toneColour } from './tone-colour.ts';
import { useDevicePixels } from './use-size.ts';

export interface LineCanvasProps {
  readonly width: number;
  readonly height: number;
  readonly ids: readonly number[];
  /** Ids that are picked out; null: none is, and all are drawn alike. */
  readonly chosen: ReadonlySignal<ReadonlySet<number> | null>;
  readonly pruned: (row: number) => boolean;
  readonly tone: (row: number) => number | null;
  readonly lines: readonly Polyline[];
  /** How a group looks among so many lines; default `lineLook`. */
  readonly look?: (group: MarkGroup, count: number) => LineLook;
}

/**
 * Up to thousands of lines on a canvas, a few hundred a frame, so that the page is never blocked: they are painted on
 * the one of two canvases that is not seen, which then takes the other one's place. What is asked for meanwhile is
 * painted next. Give the same functions and lines while nothing changed.
 */
export function LineCanvas(props: LineCanvasProps) {
  const { width, height, ids, chosen, pruned, tone, lines } = props;
  const host = useRef<HTMLDivElement>(null);
  const ratio = useDevicePixels();
  const newest = useRef({ ...props, ratio });
  newest.current = { ...props, ratio };
  const state = useRef<{ shown: number; stop: (() => void) | null; again: boolean }>({ shown: 1, stop: null, again: false });

  const draw = useCallback(() => {
    const now = state.current;
    const canvases = host.current?.querySelectorAll('canvas');
    if (!canvases) return;
    if (now.stop) {
      now.again = true;
      return;
    }
    const next = 1 - now.shown;
    let ended = false;
    const stop = paint(canvases[next], newest.current, () => {
      ended = true;
      now.stop = null;
      now.shown = next;
      canvases.forEach((canvas, i) => {
        canvas.style.opacity = i === next ? '1' : '0';
        canvas.toggleAttribute('data-export', i === next);
      });
      if (now.again) redrawSoon(draw);
      now.again = false;
    });
    if (!ended) now.stop = stop;
  }, []);
  useLayoutEffect(() => {
    drawSoon(draw);
  }, [width, height, ratio, ids, pruned, tone, lines]);
  useSignalEffect(() => {
    void [chosen.value, theme.value];
    redrawSoon(draw);
  });
  useLayoutEffect(() => () => state.current.stop?.(), []);

  const place = placed({ left: 0, top: 0, width, height });
  return (
    <div ref={host}>
      {[0, 1].map((i) => <canvas key={i} class="gc-canvas gc-canvas-lines" style={place} aria-hidden="true" />)}
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, { width, height, ratio, ids, chosen, pruned, tone, lines, look: lookOf = lineLook }: LineCanvasProps & { readonly ratio: number }, done: () => void): () => void {
  const context = canvas.getContext('2d');
  if (!context) return () => undefined;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = 'round';
  const picked = chosen.peek();
  const groups = markGroups(ids.length, tone, pruned, picked && ((row) => picked.has(ids[row])));
  const rows = groups.flatMap((group) => group.rows.map((row) => ({ row, group })));
  const style = getComputedStyle(canvas);
  const dark = theme.peek() === 'dark';
  let before: MarkGroup | null = null;
  return inPieces(rows, linesAFrame(ids.length, (lines[0]?.length ?? 0) / 2), ({ row, group }) => {
    if (group !== before) {
      const look = lookOf(group, ids.length);
      context.lineWidth = look.width;
      context.globalAlpha = look.opacity;
      context.setLineDash([...look.dash]);
      context.strokeStyle = group.faint ? style.getPropertyValue('--rule-strong') : toneColour(group.tone, dark, (token) => style.getPropertyValue(token));
      before = group;
    }
    strokeLine(context, lines[row]);
  }, done);
}
