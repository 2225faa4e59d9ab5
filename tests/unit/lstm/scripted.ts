/** An engine that computes nothing: losses follow a script, so that the trainer's own doings show quickly and exactly. */
import { judge, type Phase, type PhaseEnd } from '../../../workers/lstm/course.ts';
import { VALIDATE_EVERY, type Advance, type Engine, type Entry, type ModelState, type Session } from '../../../workers/lstm/engine.ts';
import { forecastCount } from '../../../workers/lstm/network.ts';

export interface Script {
  /** Validation loss of a model after so many iterations; NaN breaks it. */
  readonly validation?: (model: number, iteration: number) => number;
  /** What a block of one look, a forecast and the reading of a state take. */
  readonly blockMs?: number;
  readonly forecastMs?: number;
  readonly stateMs?: number;
}

/** What was asked of the engine, in order: "begin 0 0-40", "keep 0". */
export interface ScriptedEngine extends Engine {
  readonly asked: readonly string[];
}

const wait = (ms: number): Promise<void> => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve());

/** The first weight of a model counts its iterations, so that one knows which weights are the best. */
export function scriptedEngine({ validation = (_, iteration) => 1 / (1 + iteration), blockMs = 0, forecastMs = 0, stateMs = 0 }: Script = {}): ScriptedEngine {
  const asked: string[] = [];
  const open = async (entries: readonly Entry[]): Promise<Session> => {
    const states: ModelState[] = entries.map(({ state }) => ({ ...state, weights: state.weights.slice(), bestWeights: state.bestWeights.slice() }));
    const phases: (Phase | null)[] = entries.map(() => null);
    const step = (model: number, phase: Phase): Advance => {
      const before = states[model];
      const iteration = Math.min(phase.until, before.iteration + VALIDATE_EVERY - ((before.iteration - phase.from) % VALIDATE_EVERY));
      const weights = before.weights.slice();
      weights[0] = iteration;
      let state: ModelState = { ...before, iteration, weights };
      let end: PhaseEnd = iteration >= phase.until ? 'limit' : 'running';
      const loss = validation(model, iteration);
      if (phase.patience !== null) {
        const judged = judge(state, phase, iteration, loss);
        end = judged.end;
        state = { ...state, ...judged.search, bestWeights: judged.search.bestLoss < state.bestLoss ? weights : state.bestWeights };
      }
      states[model] = state;
      if (end !== 'running') phases[model] = null;
      return {
        model, iteration, end, bestLoss: state.bestLoss, bestIteration: state.bestIteration,
        looks: [{ iteration, train: loss, validation: phase.patience === null ? NaN : loss, parts: [] }],
      };
    };
    return {
      begin(model, phase, fromBest) {
        asked.push(`begin ${model} ${phase.from}-${phase.until}${fromBest ? ' from best' : ''}`);
        phases[model] = phase;
        if (fromBest) states[model] = { ...states[model], weights: states[model].bestWeights };
      },
      async advance() {
        await wait(blockMs);
        return phases.flatMap((phase, model) => (phase ? [step(model, phase)] : []));
      },
      async state(model) {
        const state = states[model];
        await wait(stateMs);
        return { ...state, weights: state.weights.slice(), bestWeights: state.bestWeights.slice(), first: state.first.slice(), second: state.second.slice() };
      },
      look(model) {
        const state = states[model];
        const loss = validation(model, state.iteration);
        if (state.bestLoss === Infinity) states[model] = { ...state, bestLoss: loss, bestIteration: state.iteration, bestWeights: state.weights };
        return Promise.resolve({ iteration: state.iteration, train: NaN, validation: loss, parts: [] });
      },
      keep(model) {
        asked.push(`keep ${model}`);
        states[model] = { ...states[model], bestWeights: states[model].weights };
      },
      async forecast(model) {
        asked.push(`forecast ${model}`);
        await wait(forecastMs);
        const { network, examples } = entries[model];
        return new Float32Array(examples.queries.length * forecastCount(network));
      },
      close: () => void asked.push('close'),
    };
  };
  return { asked, open };
}
