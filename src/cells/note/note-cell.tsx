import { useEffect, useRef, useState } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useCellRegistration } from '../../app/cell-registry.ts';
import { renderMarkdown } from '../../notebook/markdown.ts';
import { CellFrame } from '../../shell/index.ts';
import { Button, TextField } from '../../ui/index.ts';
import type { CellProps } from '../cell-props.ts';
import { useChangeSettings } from '../use-settings.ts';

/** The reader's own words, in Markdown. A click or Enter edits, leaving shows the text again. */
export function NoteCell({ cell, frame }: CellProps<'note'>) {
  const change = useChangeSettings<'note'>(cell.id);
  const { text } = cell.settings;
  const [editing, setEditing] = useState(text === '');
  const html = useSignal<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  useCellRegistration(cell.id, { kind: 'fresh' }, { run: () => setEditing(false) });
  useEffect(() => {
    let current = true;
    void renderMarkdown(text).then((rendered) => {
      if (current) html.value = rendered;
    });
    return () => {
      current = false;
    };
  }, [text]);
  useEffect(() => {
    const element = root.current;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setEditing(false);
    };
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  }, []);
  const edit = (): void => {
    setEditing(true);
    requestAnimationFrame(() => root.current?.querySelector('textarea')?.focus());
  };
  return (
    <CellFrame {...frame} state={{ kind: 'fresh' }}>
      <div class="note" ref={root}>
        {editing ? (
          <>
            <TextField label="Text, in Markdown" rows={Math.min(20, Math.max(4, text.split('\n').length + 1))} value={text} onInput={(value) => change('note', { text: value })} />
            <Button icon="check" onClick={() => setEditing(false)}>Done</Button>
          </>
        ) : (
          <>
            {html.value === null
              ? <div class="note-text">{text}</div>
              : <div class="note-text" dangerouslySetInnerHTML={{ __html: html.value }} />}
            <Button kind="quiet" icon="edit" class="note-edit" onClick={edit}>Edit</Button>
          </>
        )}
      </div>
    </CellFrame>
  );
}
