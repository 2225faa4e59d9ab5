import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Details } from '../ui/messages.tsx';
import { domIdOfCell } from './cell-focus.ts';
import type { CellState } from './cell-state.ts';
import { stateText } from './cell-state.ts';
import { CellToolbar } from './cell-toolbar.tsx';
import type { CellActions } from './cell-toolbar.tsx';
import { StaleCover } from './stale-cover.tsx';
import type { StaleProps } from './stale-cover.tsx';

export interface CellFrameProps {
  readonly id: string;
  readonly title: string;
  /** Accessible name of the region; default the title. */
  readonly name?: string;
  readonly state: CellState;
  /** One sentence, computed from the data. */
  readonly finding?: ComponentChildren;
  /** Fields, in one row where there is room. */
  readonly controls?: ComponentChildren;
  /** A RunSlot; its place at the row's end is kept. */
  readonly run?: ComponentChildren;
  /** A line under the controls whose height is reserved: progress while running, what was done after. */
  readonly status?: ComponentChildren;
  /** Shown with state `stale`. */
  readonly stale?: StaleProps;
  /** An ErrorPanel; takes the place of the output. */
  readonly error?: ComponentChildren;
  /** Folded: tables, provenance, export. */
  readonly details?: readonly { readonly id: string; readonly summary: string; readonly content: ComponentChildren }[];
  readonly current?: boolean;
  /** The cell or something in it got the focus. */
  readonly onCurrent?: () => void;
  readonly actions?: CellActions;
  /** The output. */
  readonly children?: ComponentChildren;
}

/** The frame that every cell has: title, finding, controls, output, folded details. */
export function CellFrame(props: CellFrameProps) {
  const { id, title, name = title, state, finding, controls, run, status, stale, error, details = [], current, onCurrent, actions, children } = props;
  const titleId = useId();
  const covered = state.kind === 'stale' && stale !== undefined && error === undefined;
  return (
    <section
      id={domIdOfCell(id)}
      class={current ? 'cell cell-current' : 'cell'}
      tabIndex={-1}
      aria-label={name === title ? undefined : name}
      aria-labelledby={name === title ? titleId : undefined}
      aria-busy={state.kind === 'running' ? 'true' : undefined}
      data-state={state.kind}
      onFocusIn={onCurrent}
    >
      <header class="cell-head">
        <h2 id={titleId}>{title}</h2>
        {state.kind !== 'fresh' && <span class={`cell-state state-${state.kind}`}>{stateText(state)}</span>}
        {actions && <CellToolbar title={title} actions={actions} />}
      </header>
      {finding && <p class="cell-finding">{finding}</p>}
      {(controls !== undefined || run !== undefined) && (
        <div class="cell-controls">
          <div class="cell-fields">{controls}</div>
          {run}
        </div>
      )}
      {status !== undefined && <div class="cell-status">{status}</div>}
      {error ?? (
        <div class={covered ? 'cell-output cell-output-stale' : 'cell-output'}>
          <div class="cell-picture">{children}</div>
          {covered && <StaleCover {...stale} />}
        </div>
      )}
      {details.length > 0 && (
        <div class="cell-details">
          {details.map((part) => <Details key={part.id} summary={part.summary}>{part.content}</Details>)}
        </div>
      )}
    </section>
  );
}
