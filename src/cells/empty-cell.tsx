import { useLayoutEffect } from 'preact/hooks';
import { useCellRegistration } from '../app/cell-registry.ts';
import { useApp } from '../app/context.ts';
import { CellFrame, focusCell, focusedCell } from '../shell/index.ts';
import type { FrameBase } from './cell-props.ts';

/** A cell while there is no trace to draw, or its turn to be drawn has not come. */
export function EmptyCell({ id, frame }: { readonly id: string; readonly frame: FrameBase }) {
  const { session } = useApp();
  const opening = session.opening.value;
  useCellRegistration(id, { kind: 'empty' });
  // The filled cell takes this one's place, and the focus with it: a new cell has it from the start.
  useLayoutEffect(() => () => {
    if (focusedCell() === id) requestAnimationFrame(() => focusCell(id));
  }, [id]);
  return (
    <CellFrame {...frame} state={{ kind: 'empty' }}>
      <p class="cell-waiting">{opening ? `Reading ${opening.name}` : session.trace.value ? '' : 'Open a trace to see this.'}</p>
    </CellFrame>
  );
}
