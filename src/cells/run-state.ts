import type { Progress } from '../progress.ts';
import type { CellState } from '../shell/index.ts';

/** What a cell whose Run takes a while shows of itself. */
export function runState(run: { readonly progress: Progress | null } | undefined, failed: boolean, stale: boolean, empty: boolean): CellState {
  if (run) {
    const { done, total } = run.progress ?? { done: 0 };
    return { kind: 'running', fraction: total ? done / total : undefined };
  }
  if (failed) return { kind: 'failed' };
  if (empty) return { kind: 'empty' };
  return { kind: stale ? 'stale' : 'fresh' };
}
