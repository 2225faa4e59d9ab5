/// <reference lib="webworker" />
import { GatecastError } from '../../../src/errors.ts';
import { giving, serve } from '../../serve.ts';
import type { Session } from '../engine.ts';
import { createWasmEngine } from './engine.ts';
import type { LaneApi } from './lane-api.ts';

let session: Session | null = null;

function opened(): Session {
  if (!session) throw new GatecastError({ code: 'internal', message: 'this lane has no models yet' });
  return session;
}

serve<LaneApi>({
  async open({ entries }) {
    session = await (await createWasmEngine()).open(entries);
    return null;
  },

  begin({ model, phase, fromBest }) {
    opened().begin(model, phase, fromBest);
    return null;
  },

  advance: () => opened().advance(),

  async state({ model }) {
    const state = await opened().state(model);
    return giving(state, [state.weights, state.first, state.second, state.bestWeights].map(({ buffer }) => buffer as ArrayBuffer));
  },

  look: ({ model }) => opened().look(model),

  keep({ model }) {
    opened().keep(model);
    return null;
  },

  async forecast({ model }) {
    const found = await opened().forecast(model);
    return giving(found, [found.buffer as ArrayBuffer]);
  },
});
