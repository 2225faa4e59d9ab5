import { useCellRegistration } from '../app/cell-registry.ts';
import { useApp } from '../app/context.ts';
import { CellFrame } from '../shell/index.ts';
import type { FrameBase } from './cell-view.tsx';

/** A cell while there is no trace to draw, or its turn to be drawn has not come. */
export function EmptyCell({ id, frame }: { readonly id: string; readonly frame: FrameBase }) {
  const { session } = useApp();
  const opening = session.opening.value;
  useCellRegistration(id, { kind: 'empty' });
  return (
    <CellFrame {...frame} state={{ kind: 'empty' }}>
      <p class="cell-waiting">{opening ? `Reading ${opening.name}` : session.trace.value ? '' : 'Open a trace to see this.'}</p>
    </CellFrame>
  );
}
