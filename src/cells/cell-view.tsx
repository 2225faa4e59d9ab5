import type { Signal } from '@preact/signals';
import { addKinds } from '../app/page-commands.ts';
import { add, duplicate, move, remove } from '../app/actions.ts';
import { useApp } from '../app/context.ts';
import type { Cell } from '../notebook/document.ts';
import { cellName } from '../notebook/cell-name.ts';
import { kinds, type CellKind } from '../notebook/kinds/index.ts';
import type { FrameBase } from './cell-props.ts';
import { ForecastCell } from './forecast/forecast-cell.tsx';
import { later } from './later.tsx';
import { LoadCell } from './load/load-cell.tsx';
import { NoteCell } from './note/note-cell.tsx';
import { StatesCell } from './states/states-cell.tsx';
import { TraceCell } from './trace/trace-cell.tsx';

const BacktestCell = later<'backtest'>(async () => (await import('./backtest/backtest-cell.tsx')).BacktestCell);
const SweepCell = later<'sweep'>(async () => (await import('./sweep/sweep-cell.tsx')).SweepCell);
const PaperCell = later<'paper'>(async () => (await import('./paper/paper-cell.tsx')).PaperCell);

export interface CellViewProps {
  readonly cell: Cell;
  readonly first: boolean;
  readonly last: boolean;
  /** The cell that has the focus. A signal, so that a cell whose own things did not change is not drawn again. */
  readonly current: Signal<string | null>;
  /** Whether this Trace cell is the one that shows opening, errors and what is asked for. */
  readonly showsTraceMessages: boolean;
}

export function CellView({ cell, first, last, current, showsTraceMessages }: CellViewProps) {
  const app = useApp();
  const frame: FrameBase = {
    id: cell.id,
    title: kinds[cell.kind].label,
    name: cellName(cell),
    current: current.value === cell.id,
    onCurrent: () => {
      current.value = cell.id;
    },
    actions: {
      onMoveUp: first ? undefined : () => move(app, cell.id, -1),
      onMoveDown: last ? undefined : () => move(app, cell.id, 1),
      onDuplicate: () => duplicate(app, cell.id),
      onRemove: () => remove(app, cell.id),
      kinds: addKinds,
      onAddBelow: (kind) => add(app, kind as CellKind, cell.id),
    },
  };
  switch (cell.kind) {
    case 'trace': return <TraceCell cell={cell} frame={frame} showsMessages={showsTraceMessages} />;
    case 'load': return <LoadCell cell={cell} frame={frame} />;
    case 'states': return <StatesCell cell={cell} frame={frame} />;
    case 'forecast': return <ForecastCell cell={cell} frame={frame} />;
    case 'backtest': return <BacktestCell cell={cell} frame={frame} />;
    case 'sweep': return <SweepCell cell={cell} frame={frame} />;
    case 'paper': return <PaperCell cell={cell} frame={frame} />;
    case 'note': return <NoteCell cell={cell} frame={frame} />;
  }
}
