/** Trainings over a grid of shapes, by which every engine is compared with the plain reference; they run in Node and in the browser. */
import { gaussian, random } from '../../../src/random.ts';
import type { Update } from '../../../workers/lstm/course.ts';
import type { DrawOrder } from '../../../workers/lstm/draws.ts';
import type { Engine, Entry, Look, ModelState } from '../../../workers/lstm/engine.ts';
import { ANCHOR_FIELDS, type Examples } from '../../../workers/lstm/examples.ts';
import { initialWeights, sideCount, type Network } from '../../../workers/lstm/network.ts';
import { distance, networkOf, startOf, updateOf } from './entries.ts';

export interface GridCase {
  readonly network: Partial<Network>;
  readonly batchSize?: number;
  readonly order?: DrawOrder;
  readonly series?: number;
  readonly normed?: boolean;
  readonly based?: boolean;
  /** One model each. */
  readonly updates?: readonly Partial<Update>[];
}

const pinball = { kind: 'pinball', levels: [0.1, 0.5, 0.9] } as const;

export const grid: Readonly<Record<string, GridCase>> = {
  'one of everything': { network: { inputs: 1, targets: 1, hidden: 8 } },
  'inputs that fill no quad, a ragged batch': { network: { inputs: 3, targets: 3, hidden: 5, bins: 5 }, batchSize: 13 },
  'a batch of one': { network: { inputs: 4, targets: 4 }, batchSize: 1, normed: false },
  'the pooled form: statics and a tanh layer': { network: { inputs: 1, targets: 1, hidden: 16, bins: 5, statics: 9, dense: 16, loss: { kind: 'absolute' } }, batchSize: 21, series: 6 },
  'several horizons, as residuals of given bases': { network: { inputs: 2, targets: 6, loss: { kind: 'huber', delta: 0.5 } }, based: true },
  quantiles: { network: { inputs: 1, targets: 2, loss: pinball, statics: 3, dense: 5 } },
  'a gate': { network: { inputs: 1, targets: 2, statics: 2, dense: 4, candidates: 5, loss: { kind: 'absolute' } } },
  'two layers with dropout': { network: { inputs: 3, targets: 1, layers: 2, hidden: 7, statics: 2, dense: 4 }, updates: [{ inputDropout: 0.3, layerDropout: 0.4 }] },
  'many outputs': { network: { inputs: 40, targets: 240, hidden: 8 }, series: 1, normed: false },
  'three models of their own settings': {
    network: { inputs: 2, targets: 2, statics: 2 }, order: 'shuffled',
    updates: [{ clipNorm: 0, learningRate: 0.02 }, { decay: 'coupled', weightDecay: 0.1 }, { weightDecay: 0.1, clipNorm: 0.05, inputDropout: 0.2 }],
  },
};

/** Examples of a random walk whose windows overlap, as those of a trace do. */
export function walkExamples(network: Network, { series = 3, normed = true, based = false }: Pick<GridCase, 'series' | 'normed' | 'based'>, rows = 40): Examples {
  const next = random(4);
  const { inputs, bins, targets } = network;
  const row = series * inputs;
  const channels = targets % inputs === 0 ? inputs : 1;
  const count = rows - bins - targets / channels + 1;
  const filled = (length: number, of: (i: number) => number = () => gaussian(next)): Float32Array => Float32Array.from({ length }, (_, i) => of(i));
  const anchors = new Uint32Array(count * ANCHOR_FIELDS);
  for (let at = 0; at < count; at++) anchors.set([at * row, (at + bins) * row, at], at * ANCHOR_FIELDS);
  const samples = count * series;
  const trained = Math.floor(samples * 0.7);
  const validation = Uint32Array.from({ length: samples - trained }, (_, i) => trained + i);
  return {
    values: filled(rows * row), series, hop: row, channels, targetHop: row, anchors,
    norms: normed ? filled(count * row * 2, (i) => (i % 2 === 1 ? 0.5 + next() : 0.3 * gaussian(next))) : null,
    bases: based ? filled(samples * targets) : null,
    // Under some of the inputs.
    clip: 2.5,
    sides: filled(samples * sideCount(network)),
    training: { from: 0, count: trained }, all: { from: 0, count: samples },
    validation, parts: [Math.floor(validation.length / 3), validation.length],
    queries: Uint32Array.from({ length: series }, (_, one) => samples - series + one),
  };
}

export function gridEntries(one: GridCase): Entry[] {
  const network = networkOf(one.network);
  const examples = walkExamples(network, one);
  return (one.updates ?? [{}]).map((update, i) => ({
    network, examples,
    drawing: { order: one.order ?? 'random', seed: 11 + i, batchSize: one.batchSize ?? 13 },
    update: updateOf({ weightDecay: 0.01, ...update }),
    state: startOf(network, initialWeights(network, 3 + i)),
  }));
}

export interface Trained {
  readonly untrained: Look;
  /** After one step: its first moment is a tenth of the clipped gradient. */
  readonly first: ModelState;
  readonly last: ModelState;
  readonly looks: readonly Look[];
  readonly forecast: Float32Array;
}

/** One step, then ten more; every model's numbers. */
export async function trainGrid(engine: Engine, entries: readonly Entry[]): Promise<readonly Trained[]> {
  const session = await engine.open(entries);
  try {
    const untrained: Look[] = [];
    for (const model of entries.keys()) untrained.push(await session.look(model));
    const looks: Look[][] = entries.map(() => []);
    const run = async (from: number, until: number): Promise<ModelState[]> => {
      entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from, until, patience: 1000 }, false));
      for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) {
        for (const advance of advances) looks[advance.model].push(...advance.looks);
      }
      const states: ModelState[] = [];
      for (const model of entries.keys()) states.push(await session.state(model));
      return states;
    };
    const first = await run(0, 1);
    const last = await run(1, 11);
    const forecasts: Float32Array[] = [];
    for (const model of entries.keys()) forecasts.push(await session.forecast(model));
    return entries.map((_, model) => ({ untrained: untrained[model], first: first[model], last: last[model], looks: looks[model], forecast: forecasts[model] }));
  } finally {
    session.close();
  }
}

export interface Agreement {
  /** Relative L2 distances from the reference. */
  readonly gradient: number;
  readonly weights: number;
  readonly bestWeights: number;
  readonly forecast: number;
  /** Of all losses that were seen. */
  readonly losses: number;
}

export function agreement(mine: Trained, reference: Trained): Agreement {
  const losses = ({ untrained, looks }: Trained): number[] => [untrained, ...looks].flatMap(({ train, validation, parts }) => [train, validation, ...parts]).filter((loss) => !Number.isNaN(loss));
  return {
    gradient: distance(mine.first.first, reference.first.first),
    weights: distance(mine.last.weights, reference.last.weights),
    bestWeights: distance(mine.last.bestWeights, reference.last.bestWeights),
    forecast: distance(mine.forecast, reference.forecast),
    losses: distance(losses(mine), losses(reference)),
  };
}
