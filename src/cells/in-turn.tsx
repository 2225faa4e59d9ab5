import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useSoon } from './use-soon.ts';

export interface InTurnProps {
  /** What takes long to draw; it may have less room until its turn has come. */
  readonly children: ComponentChildren;
}

/** Draws a part of a cell in a task of its own, after the parts that asked before; what it showed stays until then. */
export function InTurn({ children }: InTurnProps) {
  const shown = useSoon(useMemo(() => ({ children }), [children]));
  return <>{shown?.children}</>;
}
