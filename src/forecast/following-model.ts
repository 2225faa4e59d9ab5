import type { History, Model } from './contract.ts';

/**
 * A model that has a state at the end of what is known, and forecasts from it: an update makes the state anew from the
 * longer history. What was fitted or chosen stays in the functions.
 * @param meanOf mean shares of the horizon, `[experts]`, on the simplex; the model's own copy
 */
export function followingModel<State>(history: History, stateAt: (known: History) => State, meanOf: (state: State, horizonSteps: number) => Float64Array): Model {
  const { experts } = history;
  let state = stateAt(history);
  return {
    forecast: (horizonSteps) => ({ experts, blocks: 1, mean: meanOf(state, horizonSteps) }),
    update(known) {
      state = stateAt(known);
    },
  };
}

/** What is chosen for a horizon, once: an update keeps the choice. */
export function chosenOnce<Choice>(choose: (horizonSteps: number) => Choice): (horizonSteps: number) => Choice {
  const chosen = new Map<number, Choice>();
  return (horizonSteps) => {
    const known = chosen.get(horizonSteps) ?? choose(horizonSteps);
    chosen.set(horizonSteps, known);
    return known;
  };
}
