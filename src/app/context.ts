import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { NotebookStore } from '../notebook/store.ts';
import type { Toaster } from '../ui/toast.tsx';
import type { Comparisons } from './comparisons.ts';
import type { Runs } from './runs.ts';
import type { Replays } from './sweep-replays.ts';
import type { Sweeps } from './sweeps.ts';
import type { Session } from './session.ts';

/** What every cell may use. */
export interface App {
  readonly notebook: NotebookStore;
  readonly session: Session;
  readonly runs: Runs;
  readonly comparisons: Comparisons;
  readonly sweeps: Sweeps;
  readonly replays: Replays;
  readonly toaster: Toaster;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('the app context is missing');
  return app;
}
