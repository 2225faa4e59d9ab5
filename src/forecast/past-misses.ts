/** What earlier forecasts of a layer turned out to miss by, and the intervals that follow from it. */
import { rowAtStep } from '../trace/trace.ts';
import type { Forecast, History } from './contract.ts';
import { meanOfRows, recentStride } from './history.ts';
import { splitConformal } from './series/split-conformal.ts';

/** Bounds of the horizon's mean shares, `[experts]`. */
export interface Interval {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface PastForecast {
  readonly originStep: number;
  /** Forecast of the horizon's mean shares, `[experts]`. */
  readonly mean: Float64Array;
}

/** Mean shares over the whole horizon, `[experts]`. */
export function meanOfBlocks({ blocks, mean }: Pick<Forecast, 'blocks' | 'mean'>, experts: number): Float64Array {
  if (blocks === 1) return mean;
  const sums = new Float64Array(experts);
  mean.forEach((share, i) => {
    sums[i % experts] += share / blocks;
  });
  return sums;
}

/** What a forecast missed by as far as it is known, in units of √(p (1 − p)), p the forecast share: as sampling spreads. */
export interface Miss {
  /** Mean over experts after the first part of the horizon (`earlySteps`); null while that is not over or nothing was recorded. */
  readonly early: number | null;
  /** Of the horizon's mean, absolute, `[experts]`; null while the horizon is not over. */
  readonly residuals: Float64Array | null;
}

/** Latest resolved forecasts that a radius is a quantile of. */
export const resolvedForecasts = 6;
/** Resolved forecasts that there have to be. */
export const fewestResolved = 3;
/** Forecasts that early misses are a mean over. */
export const earlyForecasts = 2;
/** Early misses below this are as good as none: keeps ratios of them finite. */
const leastEarly = 1e-9;

/** How much of a horizon the early misses look at: a quarter, at least one recorded row. */
export function earlySteps(strideSteps: number, horizonSteps: number): number {
  return Math.min(horizonSteps, strideSteps * Math.max(1, Math.round(horizonSteps / 4 / strideSteps)));
}

/** @param nowStep the origin: what is known ends before it */
export function missOf(history: History, nowStep: number, horizonSteps: number, past: PastForecast): Miss {
  const early = missUntil(history, nowStep, past, earlySteps(recentStride(history.steps), horizonSteps));
  return { early: early && early.reduce((sum, miss) => sum + miss, 0) / early.length, residuals: missUntil(history, nowStep, past, horizonSteps) };
}

function missUntil(history: History, nowStep: number, { originStep, mean }: PastForecast, aheadSteps: number): Float64Array | null {
  const first = rowAtStep(history.steps, originStep);
  const end = rowAtStep(history.steps, originStep + aheadSteps);
  if (originStep + aheadSteps > nowStep || end === first) return null;
  const truth = meanOfRows(history, first, end);
  return mean.map((share, expert) => Math.abs(share - truth[expert]) / scaleOf(share, mean.length));
}

/**
 * Split conformal with residuals brought up to now. Errors fall by orders of magnitude while a training settles, and those
 * of a long horizon are known long after they were made. So each residual is divided by what that forecast missed by early,
 * and multiplied by what the latest ones missed by early: that ratio stays, whatever the forecaster.
 * @param misses of forecasts with ascending origins
 * @param level coverage that the quantile aims at; over what the residuals can give, the largest of them stands in
 * @returns half-width in units of √(p (1 − p)); null with fewer than `fewestResolved` resolved forecasts
 */
export function intervalRadius(misses: readonly Miss[], level: number): number | null {
  const known = misses.filter((miss): miss is Miss & { readonly early: number } => miss.early !== null);
  const resolved = known.flatMap(({ residuals }, at) => (residuals ? [{ residuals, early: earlyMiss(known, at) }] : [])).slice(-resolvedForecasts);
  if (resolved.length < fewestResolved) return null;
  const now = earlyMiss(known, known.length - 1);
  const scaled = resolved.flatMap(({ residuals, early }) => Array.from(residuals, (residual) => (residual / early) * now));
  return splitConformal(Float64Array.from(scaled), 1, level).radii[0];
}

/** Mean of the early misses up to a place. */
function earlyMiss(known: readonly { readonly early: number }[], at: number): number {
  const latest = known.slice(Math.max(0, at - earlyForecasts + 1), at + 1);
  return Math.max(leastEarly, latest.reduce((sum, { early }) => sum + early, 0) / latest.length);
}

/** @param radius of `intervalRadius` */
export function intervalAround(mean: Float64Array, radius: number): Interval {
  const reach = mean.map((share) => radius * scaleOf(share, mean.length));
  return { lower: mean.map((share, expert) => Math.max(0, share - reach[expert])), upper: mean.map((share, expert) => Math.min(1, share + reach[expert])) };
}

/** Part of the experts whose truth lies in the interval, 0 to 1. */
export function coveredBy({ lower, upper }: Interval, truth: Float64Array): number {
  return truth.reduce((held, share, expert) => held + (share >= lower[expert] && share <= upper[expert] ? 1 : 0), 0) / truth.length;
}

/** Mean over experts, percentage points. */
export function widthOf({ lower, upper }: Interval): number {
  return (100 * upper.reduce((sum, bound, expert) => sum + bound - lower[expert], 0)) / upper.length;
}

/** √(p (1 − p)) of a share that is kept off 0 and 1: a forecast of nothing is not certain. */
function scaleOf(share: number, experts: number): number {
  const least = 0.01 / experts;
  const p = Math.min(1 - least, Math.max(least, share));
  return Math.sqrt(p * (1 - p));
}
