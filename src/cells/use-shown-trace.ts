import { useMemo } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import type { OpenTrace } from '../app/session.ts';
import { useSoon } from './use-soon.ts';

export interface ShownTrace {
  readonly open: OpenTrace;
  /** Of the worker that answers for this trace; part of every question's key. */
  readonly generation: number;
}

/**
 * The open trace once the cell's turn to draw it has come, and until then the one before; null where there is none.
 * Cells fill one after the other, so that input is answered between them.
 */
export function useShownTrace(): ShownTrace | null {
  const { session } = useApp();
  const open = session.trace.value;
  const generation = session.generation.value;
  const { shown } = useSoon(useMemo(() => ({ shown: open && { open, generation } }), [open, generation])) ?? { shown: null };
  return shown;
}
