/** Shapes that an engine has to get right, and what is compared: for Node and the browser. */
import type { Update } from '../../../workers/lstm/course.ts';
import type { Engine, Entry, ModelState } from '../../../workers/lstm/engine.ts';
import { initialWeights, type Network } from '../../../workers/lstm/network.ts';
import { entryOf, examplesOf, filled, networkOf, phaseOf, runOut, startOf } from './entries.ts';

export interface Case {
  readonly network: Network;
  /** Rows of a batch. */
  readonly rows: number;
  readonly update: Partial<Update>;
}

/** Names and what is special about them: 3 inputs, 5 bins, 7 hidden units, 2 statics, 6 units in the tanh layer and 3 targets else. */
const cases: readonly (readonly [string, Partial<Network>, rows?: number, update?: Partial<Update>])[] = [
  ['the smallest', { inputs: 1, bins: 1, hidden: 4, statics: 0, dense: 0, targets: 1 }, 1],
  ['the pooled form', { inputs: 1, bins: 10, hidden: 16, statics: 11, dense: 16, targets: 1, loss: { kind: 'absolute' } }, 101],
  ['the joint form', { inputs: 17, bins: 9, hidden: 33, statics: 0, dense: 0, targets: 34 }, 67],
  ['many chunks', { inputs: 8, bins: 33, hidden: 64, statics: 0, dense: 0, targets: 8 }, 70],
  ['many units', { inputs: 5, bins: 3, hidden: 256 }, 5],
  ['many bins', { bins: 301, hidden: 5 }, 6],
  ['many inputs', { inputs: 130, bins: 2 }, 9],
  ['two layers', { layers: 2 }, 37],
  ['two layers of whole blocks', { layers: 2, inputs: 4, hidden: 16, bins: 12, statics: 0, dense: 0 }, 64],
  ['two layers of many units', { layers: 2, inputs: 3, hidden: 33, bins: 7 }, 50],
  ['no statics', { statics: 0 }],
  ['no tanh layer', { dense: 0 }],
  ['a tanh layer of more than a panel', { dense: 19 }],
  ['absolute loss', { loss: { kind: 'absolute' } }],
  ['Huber loss', { loss: { kind: 'huber', delta: 0.5 } }],
  ['pinball loss', { loss: { kind: 'pinball', levels: [0.1, 0.5, 0.9] } }],
  ['a gate', { candidates: 4, dense: 0 }],
  ['a gate behind a tanh layer', { candidates: 3, loss: { kind: 'absolute' } }],
  ['a gate with Huber loss behind two layers', { candidates: 5, layers: 2, loss: { kind: 'huber', delta: 1 } }],
  ['input dropout', {}, 50, { inputDropout: 0.3 }],
  ['dropout between layers', { layers: 2 }, 50, { layerDropout: 0.4 }],
  ['dropout everywhere', { layers: 2, inputs: 5, hidden: 12, bins: 11 }, 37, { inputDropout: 0.2, layerDropout: 0.5 }],
];
export const grid = cases.map(([name, part, rows = 23, update = {}]): readonly [string, Case] => (
  [name, { network: networkOf({ inputs: 3, bins: 5, hidden: 7, statics: 2, dense: 6, targets: 3, ...part }), rows, update }]
));

export function entryIn({ network, rows, update }: Case, more: Partial<Update> = {}, seed = 1): Entry {
  const examples = examplesOf(network, filled(network, rows + 3, seed));
  return entryOf(network, { ...examples, training: { from: 1, count: rows + 1 } }, {
    drawing: { order: 'random', seed, batchSize: rows },
    state: startOf(network, initialWeights(network, seed)),
    update: { ...update, ...more },
  });
}

/** States of models after some steps side by side, without validation. */
export async function trained(on: Engine, entries: readonly Entry[], steps: number): Promise<readonly ModelState[]> {
  const session = await on.open(entries);
  entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: steps, patience: null }), false));
  await runOut(session);
  const states = await Promise.all(entries.map((_, model) => session.state(model)));
  session.close();
  return states;
}
