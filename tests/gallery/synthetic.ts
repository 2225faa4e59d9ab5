/** Seeded load shares that look like a training run: restless at first, then settled. */
import type { HeatmapPicture } from '../../workers/contract.ts';

/** Numbers from 0 to 1, always the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param skew 0 for balanced loads, 3 for a few experts that take nearly all */
export function heat(layer: number, experts: number, columns: number, steps: number, skew = 0.3): HeatmapPicture {
  const next = random(layer * 977 + experts);
  const shares = new Float32Array(experts * columns);
  const columnSteps = Float64Array.from({ length: columns }, (_, i) => Math.floor((i * steps) / columns));
  const level = Array.from({ length: experts }, () => (next() - 0.5) * 2 * skew);
  const wave = Array.from({ length: experts }, () => next() * 6.28);
  let maximum = 0;
  for (let c = 0; c < columns; c++) {
    const early = Math.exp((-6 * c) / Math.max(1, columns));
    let sum = 0;
    for (let e = 0; e < experts; e++) {
      const logit = level[e] + early * 1.2 * Math.sin(wave[e] + c / (4 + 20 * (1 - early))) + (next() - 0.5) * (0.1 + 0.9 * early);
      shares[e * columns + c] = Math.exp(logit);
      sum += shares[e * columns + c];
    }
    for (let e = 0; e < experts; e++) {
      shares[e * columns + c] /= sum;
      maximum = Math.max(maximum, shares[e * columns + c]);
    }
  }
  return { layer, experts, columns, shares, columnSteps, maximum, fromStep: 0, toStep: steps };
}

/** One expert's shares of a heatmap. */
export function row(picture: HeatmapPicture, expert: number): Float32Array {
  return picture.shares.slice(expert * picture.columns, (expert + 1) * picture.columns);
}
