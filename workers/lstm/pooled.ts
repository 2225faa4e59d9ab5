import { GatecastError } from '../../src/errors.ts';
import type { LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory, LayerForecast } from '../contract.ts';
import type { Network } from './network.ts';
import { meanShare, prefixOf, type Prefix } from './prefix.ts';
import { toSimplex, type Batch, type Problem, type SampleSet } from './problem.ts';

export interface Choices {
  baseSteps: number;
  windows: number[];
  recentSteps: number;
  validSteps: number;   // span of val anchors beyond one
  validHorizon: number;
  horizons: (h: number) => number[];
  minAnchorSteps: number;
  dense: number;
  skip: boolean;
  clip: number;
  feats: string;
  std: boolean;
  targetStd: boolean;
}
export const CHOICES: Choices = {
  baseSteps: 500,
  windows: [50, 100, 200, 350, 700, 1000, 1400, 2000, 3000],
  recentSteps: 1000,
  validSteps: 0,
  validHorizon: 500,
  horizons: (h) => [...new Set([500, 1000, 2000, h])],
  minAnchorSteps: 300,
  dense: 16,
  skip: false,
  clip: 10,
  feats: 'rbth',
  std: false,
  targetStd: false,
};

interface Anchor { readonly at: number; readonly horizon: number }

export interface PooledProblem extends Problem { readonly all: SampleSet; readonly allBase: number }

export function pooledProblem(settings: LstmSettings, histories: readonly BinnedHistory[], horizonSteps: number, choices: Choices = CHOICES): PooledProblem {
  const layers = histories.map(prefixOf);
  const { grainSteps, bins: grains, originStep } = histories[0];
  const perBin = Math.max(1, Math.round(settings.binSteps / grainSteps));
  const bins = Math.max(1, Math.round(settings.windowSteps / settings.binSteps));
  const g = (steps: number): number => Math.max(1, Math.round(steps / grainSteps));
  const base = g(choices.baseSteps);
  const spans = choices.windows.map(g);
  const F = choices.feats;
  const statics = spans.length + F.length;
  const network: Network = { inputs: 1, bins, hidden: settings.hiddenUnits, statics, dense: choices.dense, outputs: 1, loss: 'absolute', zeroOutput: true, skip: choices.skip } as Network;

  const offsets: number[] = [];
  let series = 0;
  for (const layer of layers) { offsets.push(series); series += layer.experts; }
  const layerOf = new Int32Array(series);
  layers.forEach((layer, l) => layerOf.fill(l, offsets[l], offsets[l] + layer.experts));

  const minAnchor = g(choices.minAnchorSteps);
  const horizons = choices.horizons(horizonSteps).map(g);
  const recent = g(choices.recentSteps);
  const vh = g(Math.min(choices.validHorizon, horizonSteps));
  const vs = choices.validSteps > 0 ? g(choices.validSteps) : 0;
  const anchors = (horizons: number[], endFrom: number, endTo: number): Anchor[] => horizons.flatMap((horizon) => {
    const found: Anchor[] = [];
    for (let end = Math.max(endFrom, minAnchor + horizon); end <= endTo; end++) found.push({ at: end - horizon, horizon });
    return found;
  });
  const cut = grains - vs - vh;
  const validation = anchors([vh], grains - vs, grains);
  const training = anchors(horizons, cut - recent + 1, cut);
  const all = anchors(horizons, grains - recent + 1, grains);
  if (all.length === 0) throw new GatecastError({ code: 'bad-setting', message: 'too short' });

  const c = choices.clip;
  let scale: Float64Array | null = null;
  let ts = 1;
  const clip = (v: number): number => Math.max(-c, Math.min(c, v));
  const write = (layer: Prefix, expert: number, at: number, horizon: number, target: boolean, batch: Batch, row: number): void => {
    const E = layer.experts;
    const b = meanShare(layer, expert, Math.max(0, at - base), at);
    for (let t = 0; t < bins; t++) {
      const to = at - (bins - 1 - t) * perBin;
      const from = to - perBin;
      batch.windows[row * bins + t] = from < 0 ? 0 : clip((meanShare(layer, expert, from, to) - b) * E);
    }
    let o = row * statics;
    for (const w of spans) batch.statics[o++] = clip((meanShare(layer, expert, Math.max(0, at - w), at) - b) * E);
    if (F.includes('r')) batch.statics[o++] = clip(1 - b * E);
    if (F.includes('b')) batch.statics[o++] = Math.log(Math.max(1e-3, b * E));
    if (F.includes('t')) batch.statics[o++] = Math.log(Math.max(1, originStep - (grains - at) * grainSteps) / 2000);
    if (F.includes('h')) batch.statics[o++] = Math.log(horizon * grainSteps / 1000);
    if (scale) {
      for (let t = 0; t < bins; t++) batch.windows[row * bins + t] *= scale[statics];
      for (let j = 0; j < statics; j++) batch.statics[row * statics + j] *= scale[j];
    }
    if (target) batch.targets[row] = ts * (meanShare(layer, expert, at, at + horizon) - b) * E;
  };
  const set = (list: Anchor[]): SampleSet => ({
    count: list.length * series,
    write(index, batch, row) {
      const anchor = list[Math.floor(index / series)];
      const s = index % series;
      const layer = layers[layerOf[s]];
      write(layer, s - offsets[layerOf[s]], anchor.at, anchor.horizon, true, batch, row);
    },
  });
  if (choices.std) {
    const n = Math.min(all.length * series, 4000);
    const b: Batch = { rows: 1, windows: new Float32Array(bins), statics: new Float32Array(statics), targets: new Float32Array(1) };
    const sq = new Float64Array(statics + 1); let ta = 0;
    const every = all.length * series / n; const set0 = set(all);
    for (let i = 0; i < n; i++) { set0.write(Math.floor(i * every), b, 0); for (let j = 0; j < statics; j++) sq[j] += b.statics[j] ** 2 / n; for (let t = 0; t < bins; t++) sq[statics] += b.windows[t] ** 2 / n / bins; ta += Math.abs(b.targets[0]) / n; }
    scale = sq.map((q) => 1 / Math.max(0.01, Math.sqrt(q)));
    if (choices.targetStd) ts = 1 / Math.max(0.01, ta);
  }
  const hq = g(horizonSteps);
  const baseOf = (list: Anchor[]): number => {
    let sum = 0;
    for (const a of list) for (const layer of layers) for (let e = 0; e < layer.experts; e++) sum += Math.abs(meanShare(layer, e, a.at, a.at + a.horizon) - meanShare(layer, e, Math.max(0, a.at - base), a.at)) * layer.experts;
    return sum / (list.length * series);
  };
  return {
    network, training: set(training), validation: set(validation), all: set(all), allBase: baseOf(all),
    queries: { count: series, write(index, batch, row) { const layer = layers[layerOf[index]]; write(layer, index - offsets[layerOf[index]], grains, hq, false, batch, row); } },
    baseLoss: baseOf(validation),
    forecasts(outputs): readonly LayerForecast[] {
      return layers.map((layer, l) => {
        const mean = new Float64Array(layer.experts);
        for (let e = 0; e < layer.experts; e++) mean[e] = meanShare(layer, e, Math.max(0, grains - base), grains) + outputs[offsets[l] + e] / layer.experts / ts;
        return { layer: layer.layer, blocks: 1, mean: toSimplex(mean) };
      });
    },
  };
}
