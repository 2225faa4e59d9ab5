/** Errors of forecasts, per step (against every step's shares) and block mean (against the mean of the horizon). */
import type { Forecast } from './contract.ts';
import type { Scores } from './picture-types.ts';
import type { Truth } from './truth.ts';

export interface Judgement {
  readonly scores: Scores;
  /** Load error of each row, %. */
  readonly loadByRow: Float64Array;
}

/** Judges a forecast whose blocks are equal parts of the truth's horizon. */
export function judge(truth: Truth, forecast: Pick<Forecast, 'blocks' | 'mean'>): Judgement {
  const { experts, rows, shares, inverse, counted } = truth;
  const loadByRow = new Float64Array(rows);
  // Forecast of the judged rows' mean: blocks weigh by their rows, since the trace may end within the horizon.
  const forecastMean = new Float64Array(experts);
  let relativeSum = 0;
  let relativeRows = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    const block = blockOfStep(truth.steps[row] - truth.originStep, truth.horizonSteps, forecast.blocks);
    const mean = forecast.mean.subarray(block * experts, (block + 1) * experts);
    let load = 0;
    let relative = 0;
    for (let expert = 0; expert < experts; expert++, at++) {
      const difference = Math.abs(mean[expert] - shares[at]);
      load += difference;
      relative += difference * inverse[at];
    }
    loadByRow[row] = 100 * load;
    if (counted[row] > 0) {
      relativeSum += relative / counted[row];
      relativeRows++;
    }
    if (forecast.blocks > 1) for (let expert = 0; expert < experts; expert++) forecastMean[expert] += mean[expert] / rows;
  }
  if (forecast.blocks === 1) forecastMean.set(forecast.mean);
  const loadPerStep = loadByRow.reduce((sum, load) => sum + load, 0) / rows;
  const block = distances(truth, forecastMean);
  return {
    loadByRow,
    scores: {
      loadPerStep,
      loadBlock: block.load,
      relativePerStep: relativeRows > 0 ? (100 * relativeSum) / relativeRows : NaN,
      relativeBlock: block.relative,
      absolutePerStep: loadPerStep / experts,
      absoluteBlock: block.load / experts,
    },
  };
}

function blockOfStep(stepsAhead: number, horizonSteps: number, blocks: number): number {
  return Math.min(blocks - 1, Math.floor((stepsAhead / horizonSteps) * blocks));
}

/** Load and relative error, %, between shares and the truth's mean. */
function distances(truth: Truth, shares: Float64Array): { readonly load: number; readonly relative: number } {
  let load = 0;
  let relative = 0;
  for (let expert = 0; expert < truth.experts; expert++) {
    const difference = Math.abs(shares[expert] - truth.mean[expert]);
    load += difference;
    if (truth.cold[expert] === 0) relative += difference / truth.mean[expert];
  }
  const warm = truth.experts - truth.coldExperts;
  return { load: 100 * load, relative: warm > 0 ? (100 * relative) / warm : NaN };
}

/**
 * What even a perfect forecast errs by.
 * Per step, from routing N tokens: L1 Σ √(2/π) √(p (1 − p) / N) and relative √(2/π) √((1 − p) / (p N)), p the mean over
 * the horizon; NaN where the trace does not say N. Block: half the differences between the means of the odd and the even
 * rows, which also holds what the data's own fluctuation adds; NaN for a single row.
 */
export function noiseFloor(truth: Truth): Judgement {
  const { experts, rows, tokens, mean, cold, coldExperts } = truth;
  let loadFactor = 0;
  let relativeFactor = 0;
  for (let expert = 0; expert < experts; expert++) {
    const p = Math.min(1, mean[expert]);
    loadFactor += Math.sqrt(p * (1 - p));
    if (cold[expert] === 0) relativeFactor += Math.sqrt((1 - p) / p);
  }
  const scale = 100 * Math.sqrt(2 / Math.PI);
  const loadByRow = new Float64Array(rows).fill(NaN);
  let inverseRoots = 0;
  let routed = 0;
  tokens?.forEach((count, row) => {
    if (!(count > 0)) return;
    const inverseRoot = 1 / Math.sqrt(count);
    loadByRow[row] = scale * loadFactor * inverseRoot;
    inverseRoots += inverseRoot;
    routed++;
  });
  const perStep = routed > 0 ? (scale * inverseRoots) / routed : NaN;
  const warm = experts - coldExperts;
  const block = rows > 1 ? halfOddEven(truth) : { load: NaN, relative: NaN };
  return {
    loadByRow,
    scores: {
      loadPerStep: perStep * loadFactor,
      loadBlock: block.load,
      relativePerStep: warm > 0 ? (perStep * relativeFactor) / warm : NaN,
      relativeBlock: block.relative,
      absolutePerStep: (perStep * loadFactor) / experts,
      absoluteBlock: block.load / experts,
    },
  };
}

function halfOddEven(truth: Truth): { readonly load: number; readonly relative: number } {
  const { experts, rows, shares } = truth;
  const odd = new Float64Array(experts);
  const even = new Float64Array(experts);
  for (let row = 0; row < rows; row++) {
    const sums = row % 2 === 1 ? odd : even;
    const at = row * experts;
    for (let expert = 0; expert < experts; expert++) sums[expert] += shares[at + expert];
  }
  const odds = Math.floor(rows / 2);
  let load = 0;
  let relative = 0;
  for (let expert = 0; expert < experts; expert++) {
    const half = Math.abs(odd[expert] / odds - even[expert] / (rows - odds)) / 2;
    load += half;
    if (truth.cold[expert] === 0) relative += half / truth.mean[expert];
  }
  const warm = experts - truth.coldExperts;
  return { load: 100 * load, relative: warm > 0 ? (100 * relative) / warm : NaN };
}
