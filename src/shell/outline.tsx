import type { CellState } from './cell-state.ts';
import { stateText } from './cell-state.ts';

export interface OutlineEntry {
  readonly id: string;
  readonly title: string;
  readonly state: CellState;
}

export interface OutlineProps {
  readonly entries: readonly OutlineEntry[];
  readonly current?: string | null;
  readonly onJump: (id: string) => void;
}

/** Each cell's name and state; a click goes there. Buttons, because the address's hash belongs to share links. */
export function Outline({ entries, current, onJump }: OutlineProps) {
  return (
    <nav class="outline" aria-label="Cells">
      <ol>
        {entries.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              class="outline-entry"
              aria-current={entry.id === current ? 'true' : undefined}
              onClick={() => onJump(entry.id)}
            >
              <span class="outline-title">{entry.title}</span>
              <span class={`outline-state state-${entry.state.kind}`}>{stateText(entry.state)}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
