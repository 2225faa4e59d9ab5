/**
 * The two forms on the bank (`src/forecast/bank.ts`), which learn what forecasts without training miss. Every expert's
 * series is a sample, as in the pooled form. `residual`: the output corrects the mean of the bank. `gate`: a softmax
 * weighs the bank's members, expert by expert. Both practise at the anchors that the bank itself is fitted on, of which
 * nothing is held back: what came 600 steps ago is worth more than knowing when to stop, so they train a given number of
 * iterations.
 *
 * What the three recorded traces say (residual, load error 1,000 steps ahead, 21 origins): 12 anchors 1.29, 4.48, 1.76 %,
 * 20 anchors 1.33, 4.74, 1.79. Targets over the longer horizon as well help where loads are pulled back (2,000 steps
 * ahead 1.48 against 1.52 %) and help the gate nowhere.
 */
import { canPractise, type BankHistory, type PractisedAnchor } from '../../src/forecast/bank-history.ts';
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import type { BinnedHistory } from '../contract.ts';
import { partsOf, spread, tooShort } from './anchors.ts';
import { ANCHOR_FIELDS } from './examples.ts';
import { sideCount, type Network } from './network.ts';
import { CLIP, COLDEST } from './pooled-examples.ts';
import { meanShare, prefixOf, type Prefix } from './prefix.ts';
import { lossOf, type Problem } from './problem.ts';

/** What inputs and the gate's members are differences from: the mean of this many steps. */
const LEVEL_STEPS = 500;
/** Of a history that has enough resolved anchors (`canPractise`). */
const SHORTEST_STEPS = 300;
/** Most samples that the loss shown while training is a mean over. */
const MOST_WATCHED = 4096;

/** How many members the bank of a network has. */
export function membersOf({ statics }: Pick<Network, 'statics'>): number {
  return statics - 2;
}

/** @param members of the bank */
export function bankNetwork(settings: LstmSettings, members: number): Network {
  return {
    inputs: 1, bins: binsOf(settings), hidden: settings.hiddenUnits, layers: settings.layers, statics: members + 2,
    dense: settings.hiddenUnits, targets: 1, candidates: settings.form === 'gate' ? members : 0, loss: lossOf(settings, 'absolute'), zeroOutput: true,
  };
}

/** Names of the inputs after the LSTM, in order, for an exported model. */
export function bankStatics(members: readonly string[]): readonly string[] {
  return [...members.map((name) => `(${name} - level) * experts`), '1 - level * experts', `log(max(${COLDEST}, level * experts))`];
}

export const bankLevel = `mean of the last ${LEVEL_STEPS} steps`;

/**
 * @param histories of the model's layers: same origin, grain and number of bins
 * @param banks of the same layers, in the same order
 * @throws GatecastError `bad-setting` when too few steps lie before the origin
 */
export function bankProblem(settings: LstmSettings, histories: readonly BinnedHistory[], banks: readonly BankHistory[]): Problem {
  const [{ practised: all, asked }] = banks;
  const members = banks[0].members.length;
  const network = bankNetwork(settings, members);
  const prefix = prefixOf(histories);
  const { width, grains } = prefix;
  const { grainSteps } = histories[0];
  const gate = settings.form === 'gate';
  // The gate weighs alike whatever the horizon: it needs the short one alone.
  const shortest = Math.min(...all.map(({ horizonSteps }) => horizonSteps));
  const which = all.flatMap(({ horizonSteps }, i) => (gate && horizonSteps > shortest ? [] : [i]));
  if (!canPractise(banks[0])) {
    throw tooShort(grains * grainSteps, SHORTEST_STEPS, `move the origin to at least ${SHORTEST_STEPS} steps after the first one`);
  }
  const moments = [
    ...which.map((i) => ({ at: Math.max(0, grains - Math.ceil(all[i].beforeSteps / grainSteps)), of: (bank: BankHistory): PractisedAnchor['forecasts'] => bank.practised[i].forecasts })),
    ...asked.map((_, i) => ({ at: grains, of: (bank: BankHistory): PractisedAnchor['forecasts'] => bank.asked[i].forecasts })),
  ];

  const inGrains = (steps: number): number => Math.max(1, Math.round(steps / grainSteps));
  const spans = { bins: network.bins, bin: inGrains(settings.binSteps), level: inGrains(LEVEL_STEPS) };
  const windowSize = spans.bins * width;
  const values = new Float32Array(moments.length * windowSize + which.length * width);
  const anchors = new Uint32Array(moments.length * ANCHOR_FIELDS);
  const norms = new Float32Array(moments.length * width * 2);
  const bases = new Float32Array(moments.length * width);
  const sides = new Float32Array(moments.length * width * sideCount(network));
  for (const [row, { at, of }] of moments.entries()) {
    const targetAt = moments.length * windowSize + row * width;
    anchors.set([row * windowSize, row < which.length ? targetAt : 0, row], row * ANCHOR_FIELDS);
    let series = 0;
    for (const [layer, bank] of banks.entries()) {
      const forecasts = of(bank);
      if (row < which.length) values.set(banks[layer].practised[which[row]].outcome, targetAt + series);
      for (let expert = 0; expert < bank.experts; expert++, series++) {
        const place = row * width + series;
        const level = levelAt(prefix, series, spans.level, at);
        const own = forecasts.subarray(expert * members, (expert + 1) * members);
        norms.set([level, bank.experts], place * 2);
        bases[place] = baseOf(own);
        writeSides(own, level, bank.experts, gate, sides.subarray(place * sideCount(network), (place + 1) * sideCount(network)));
        writeWindow(prefix, series, spans, at, level, values.subarray(row * windowSize, (row + 1) * windowSize));
      }
    }
  }
  const span = { from: 0, count: which.length * width };
  const short = which.flatMap((i, row) => (all[i].horizonSteps === shortest ? [row] : []));
  const watched = spread(width, Math.ceil(MOST_WATCHED / short.length));
  return {
    network,
    examples: {
      values, series: width, hop: width, channels: 1, targetHop: 0, anchors, norms, bases: gate ? null : bases, clip: CLIP, sides,
      training: span, all: span,
      validation: Uint32Array.from({ length: watched.length * short.length }, (_, i) => short[i % short.length] * width + watched[Math.floor(i / short.length)]),
      parts: partsOf(watched, histories.map(({ experts }) => experts)).map((end) => end * short.length),
      queries: Uint32Array.from({ length: asked.length * width }, (_, i) => span.count + i),
    },
    forecasts(outputs) {
      let next = 0;
      return asked.flatMap(({ horizonSteps }) => banks.map(({ layer, experts }) => {
        const mean = new Float64Array(experts);
        for (let expert = 0; expert < experts; expert++, next++) {
          const place = span.count + next;
          mean[expert] = (gate ? norms[2 * place] : bases[place]) + outputs[next] / experts;
        }
        return { layer, horizonSteps, blocks: 1, mean: ontoSimplex(mean, experts) };
      }));
    },
  };
}

/** Mean of the members without the last one, the average, whose errors the others already correct. */
function baseOf(forecasts: Float64Array): number {
  const others = forecasts.length - 1;
  let sum = 0;
  for (let i = 0; i < others; i++) sum += forecasts[i];
  return sum / others;
}

/** Mean of the last `span` grains before `at`, of what there is of them. */
function levelAt(prefix: Prefix, series: number, span: number, at: number): number {
  return at > 0 ? meanShare(prefix, series, Math.max(0, at - span), at) : 1 / prefix.experts[series];
}

/** Bins that begin before the history hold the level, so that they become 0. */
function writeWindow(prefix: Prefix, series: number, { bins, bin }: { readonly bins: number; readonly bin: number }, at: number, level: number, into: Float32Array): void {
  for (let n = 0; n < bins; n++) {
    const from = at - (bins - n) * bin;
    into[n * prefix.width + series] = from < 0 ? level : meanShare(prefix, series, from, from + bin);
  }
}

/** What joins after the LSTM, and the members that a gate weighs, in units of a uniform share. */
function writeSides(forecasts: Float64Array, level: number, experts: number, gate: boolean, into: Float32Array): void {
  const clip = (value: number): number => Math.max(-CLIP, Math.min(CLIP, value));
  const members = forecasts.length;
  for (let i = 0; i < members; i++) {
    const ahead = (forecasts[i] - level) * experts;
    into[i] = clip(ahead);
    if (gate) into[members + 2 + i] = ahead;
  }
  into[members] = clip(1 - level * experts);
  into[members + 1] = Math.log(Math.max(COLDEST, level * experts));
}
