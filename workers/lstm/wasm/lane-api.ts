/** What a lane answers: the session of an engine, in a worker of its own. A lane has one session in its life. */
import type { Method } from '../../contract.ts';
import type { Phase } from '../course.ts';
import type { Advance, Entry, Look, ModelState } from '../engine.ts';

export interface LaneApi {
  open: Method<{ readonly entries: readonly Entry[] }, null>;
  begin: Method<{ readonly model: number; readonly phase: Phase; readonly fromBest: boolean }, null>;
  advance: Method<Record<string, never>, readonly Advance[]>;
  state: Method<{ readonly model: number }, ModelState>;
  look: Method<{ readonly model: number }, Look>;
  keep: Method<{ readonly model: number }, null>;
  forecast: Method<{ readonly model: number }, Float32Array>;
}
