/** What the page's outline and keyboard need to know of each cell: its state, and how to run or cancel it. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { CellState } from '../shell/cell-state.ts';
import { withEntry, withoutEntry } from './map-entries.ts';

export interface CellCommands {
  run?(): void;
  cancel?(): void;
}

const states = signal<ReadonlyMap<string, CellState>>(new Map());
const commands = new Map<string, () => CellCommands>();

export const cellStates: ReadonlySignal<ReadonlyMap<string, CellState>> = states;

export function commandsOf(id: string): CellCommands {
  return commands.get(id)?.() ?? {};
}

/** Tells the page of a cell's state and commands for as long as the cell is shown. */
export function useCellRegistration(id: string, state: CellState, own: CellCommands = {}): void {
  const latest = useRef(own);
  latest.current = own;
  const key = JSON.stringify(state);
  useLayoutEffect(() => {
    states.value = withEntry(states.peek(), id, state);
  }, [id, key]);
  useEffect(() => {
    commands.set(id, () => latest.current);
    return () => {
      commands.delete(id);
      states.value = withoutEntry(states.peek(), id);
    };
  }, [id]);
}
