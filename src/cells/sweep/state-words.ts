import type { TrialState } from '../../sweep/types.ts';

export const stateWords: Readonly<Record<TrialState, string>> = { waiting: 'waiting', running: 'running', pruned: 'ended early', finished: 'finished', failed: 'failed' };
