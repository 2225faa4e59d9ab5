import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { download, pictureSvg, svgText, svgToPng } from './export.ts';
import { FoldedTable } from './folded-table.tsx';
import { tableCsv, type FigureTable } from './table.ts';
import { Whole } from './whole.ts';

export interface FigureProps {
  /** What is seen, not what it means: "Load share of layer 2". */
  readonly title: string;
  /** A sentence or two under the title. */
  readonly caption?: ComponentChildren;
  /** More for those who cannot see the picture; every picture already says its lowest, highest and trend. */
  readonly description?: string;
  /** The numbers behind the picture; without it there is neither table nor CSV. */
  readonly table?: FigureTable;
  /** Name of exported files without ending: "gpt-moe-125m-16e layer 2 load". */
  readonly exportName: string;
  /** The picture. */
  readonly children: ComponentChildren;
}

/** A picture with its title, its numbers as a folded table, and its exports. */
export function Figure({ title, caption, description, table, exportName, children }: FigureProps) {
  const titleId = useId();
  const wordsId = useId();
  const picture = useRef<HTMLDivElement>(null);
  const whole = useSignal(false);
  const [problem, setProblem] = useState('');
  const fileName = exportName.replace(/[\\/:*?"<>|\s]+/g, '-');

  const save = async (kind: 'svg' | 'png'): Promise<void> => {
    if (!picture.current) return;
    setProblem('');
    try {
      whole.value = true;
      // What was left out as far from the screen is drawn before the next task.
      await new Promise((drawn) => { setTimeout(drawn); });
      const svg = pictureSvg(picture.current, title);
      const content = kind === 'svg' ? new Blob([svgText(svg)], { type: 'image/svg+xml' }) : await svgToPng(svg);
      download(`${fileName}.${kind}`, content);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setProblem(`The ${kind.toUpperCase()} could not be made: ${reason}. Try ${kind === 'png' ? 'SVG' : 'PNG'}.`);
    } finally {
      whole.value = false;
    }
  };

  return (
    <figure class="gc-figure" aria-labelledby={titleId} aria-describedby={description ? wordsId : undefined}>
      <figcaption>
        <p class="gc-title" id={titleId}>{title}</p>
        {caption && <p class="gc-caption">{caption}</p>}
        {description && <p class="visually-hidden" id={wordsId}>{description}</p>}
      </figcaption>
      <div ref={picture} class="gc-figure-picture"><Whole.Provider value={whole}>{children}</Whole.Provider></div>
      <div class="gc-foot">
        {table && <FoldedTable table={table} title={title} />}
        <div class="gc-exports" role="group" aria-label={`Export ${title}`}>
          <button type="button" class="gc-button" onClick={() => void save('svg')}>SVG</button>
          <button type="button" class="gc-button" onClick={() => void save('png')}>PNG</button>
          {table && (
            <button type="button" class="gc-button" onClick={() => download(`${fileName}.csv`, new Blob([tableCsv(table)], { type: 'text/csv' }))}>
              CSV
            </button>
          )}
        </div>
      </div>
      <p class="gc-problem" role="status">{problem}</p>
    </figure>
  );
}
