import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelsOf, needsBank, plannedForecasts } from '../../src/app/training-plan.ts';
import { autoForms, autoSettings } from '../../src/forecast/auto.ts';
import { bankHistory } from '../../src/forecast/bank-history.ts';
import { candidateWindows, chooseWindow } from '../../src/forecast/choose-window.ts';
import { forecastBand, pastOrigins } from '../../src/forecast/forecast-band.ts';
import { historyBefore } from '../../src/forecast/history.ts';
import { layerShares } from '../../src/forecast/layer-shares.ts';
import { grainSteps, lstmParameters, usualLstmValues, type LstmForm, type LstmSettings } from '../../src/forecast/lstm.ts';
import { meanOfBlocks } from '../../src/forecast/past-misses.ts';
import { judge } from '../../src/forecast/scores.ts';
import { averageOfWindow } from '../../src/forecast/sliding-average.ts';
import { truthFrom } from '../../src/forecast/truth.ts';
import { binnedHistory } from '../../src/trace/pictures/binned.ts';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';
import type { Trace } from '../../src/trace/trace.ts';
import type { TrainedModel } from '../../workers/contract.ts';
import type { Engine } from '../../workers/lstm/engine.ts';
import { trainModels } from '../../workers/lstm/trainer.ts';
import { createWasmEngine } from '../../workers/lstm/wasm/engine.ts';

/** What was measured at one origin: load errors of the horizon's mean in %, mean over layers. */
export interface Measured {
  readonly lstm: number;
  /** The average with its window chosen on the past. */
  readonly chosen: number;
  /** The average, by window of `candidateWindows`. */
  readonly byWindow: readonly number[];
  readonly iterations: number;
  readonly ms: number;
  /** Forecasts of the horizon's mean, by layer. */
  readonly means: readonly Float64Array[];
}

/** The LSTM's default settings, but for some. */
export function lstmSettings(changed: Partial<LstmSettings> = {}): LstmSettings {
  return { ...(Object.fromEntries(lstmParameters.map(({ id, default: value }) => [id, value])) as unknown as LstmSettings), ...changed };
}

export async function openSample(id: string): Promise<Trace> {
  const bytes = await readFile(join(import.meta.dirname, '../../samples', `${id}.npz`));
  return (await openTrace(bytesSource(bytes, `${id}.npz`))).trace;
}

/** Trains on all layers at an origin and judges what came. */
export async function measureAt(trace: Trace, originStep: number, horizonSteps: number, settings: LstmSettings, engine: Engine, seed = 1, auto = false): Promise<Measured> {
  const layers = trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts));
  const error = (forecasts: readonly { readonly blocks: number; readonly mean: Float64Array }[]): number => (
    layers.reduce((sum, layer, i) => sum + judge(truthFrom(layer, originStep, horizonSteps, 0)!, forecasts[i]).scores.loadBlock, 0) / layers.length
  );
  const known = layers.map((layer) => historyBefore(layer, originStep));
  const average = (windowOf: (layer: number) => number): number => error(known.map((history, layer) => ({ blocks: 1, mean: averageOfWindow(history, windowOf(layer)) })));
  const all = layers.map((_, layer) => layer);
  const histories = all.map((layer) => binnedHistory(trace, layer, originStep, grainSteps(settings)));
  const plan = { auto, settings, seed, layers: all, horizonSteps };
  const started = performance.now();
  const banks = needsBank(plan)
    ? layers.map((layer, i) => bankHistory(i, historyBefore(layer, originStep, layers.filter((other) => other !== layer)), originStep, [horizonSteps]))
    : [];
  const trained: readonly TrainedModel[] = await trainModels(
    { models: modelsOf(plan), histories, banks, horizonSteps }, engine, { signal: new AbortController().signal, onProgress: () => {} },
  );
  const ms = performance.now() - started;
  const forecasts = plannedForecasts(plan, trained, banks);
  return {
    ms,
    means: forecasts.map((forecast, layer) => meanOfBlocks(forecast, layers[layer].experts)),
    lstm: error(forecasts),
    chosen: average((layer) => chooseWindow(known[layer], horizonSteps)),
    byWindow: candidateWindows.map((steps) => average(() => steps)),
    iterations: trained.reduce((sum, { checkpoint }) => sum + checkpoint.iteration, 0),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @param words of the command line: `name=value` */
export async function measure(words: readonly string[], print: (line: string) => void): Promise<void> {
  const given = new Map(words.map((word): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  const number = (name: string, otherwise: number): number => Number(given.get(name) ?? otherwise);
  const horizonSteps = number('horizon', 1000);
  const changed = lstmParameters.flatMap(({ id, kind }): [string, string | number][] => {
    const word = given.get(id);
    return word === undefined ? [] : [[id, kind === 'choice' ? word : Number(word)]];
  });
  const auto = given.get('form') === 'auto';
  const settings = auto ? autoSettings(autoForms[0]) : lstmSettings({ ...usualLstmValues((given.get('form') ?? 'pooled') as LstmForm), ...Object.fromEntries(changed) });
  const engine = await createWasmEngine();
  print(`load error of the mean of ${horizonSteps} steps, %, mean over layers and origins; ${JSON.stringify(settings)}`);
  for (const index of (given.get('traces') ?? '0,1,2').split(',').map(Number)) {
    const { id } = samples[index];
    const trace = await openSample(id);
    const rows: Measured[] = [];
    const means = new Map<number, readonly Float64Array[]>();
    for (let origin = number('from', 2000); origin + horizonSteps <= trace.steps.length; origin += number('every', 1000)) {
      rows.push(await measureAt(trace, origin, horizonSteps, settings, engine, number('seed', 1), auto));
      means.set(origin, rows.at(-1)!.means);
      if (given.has('verbose')) print(`  ${origin}: LSTM ${rows.at(-1)!.lstm.toFixed(2)}, average chosen ${rows.at(-1)!.chosen.toFixed(2)}, ${rows.at(-1)!.iterations} iterations`);
    }
    print(`${id}: ${summary(rows)}`);
    if (given.has('bands')) print(`  90 % bands: ${await bands(trace, horizonSteps, means, number('bands', 250))}`);
  }
}

/**
 * What the Forecast cell's bands hold and how wide they are, at every so many steps as far as the earlier forecasts that
 * they rest on were made: with `every=50`, of all.
 */
async function bands(trace: Trace, horizonSteps: number, means: ReadonlyMap<number, readonly Float64Array[]>, everySteps: number): Promise<string> {
  const held: number[] = [];
  const width: number[] = [];
  for (const [originStep, forecasts] of means) {
    const past = pastOrigins({ firstStep: trace.steps[0], strideSteps: 1 }, originStep, horizonSteps);
    if (originStep % everySteps !== 0 || past.length === 0 || !past.every((one) => means.has(one))) continue;
    for (const [index, { values, experts }] of trace.layers.entries()) {
      const forecast = { blocks: 1, mean: forecasts[index] };
      const pastForecasts = past.map((one) => ({ originStep: one, mean: means.get(one)![index] }));
      const band = await forecastBand(layerShares(values, trace.steps, experts), { forecaster: { kind: 'given', ...forecast, pastForecasts }, originStep, horizonSteps, coverage: 0.9, forecast });
      if (band.held === null) continue;
      held.push(band.held / experts);
      width.push(band.width);
    }
  }
  return `hold ${(100 * mean(held)).toFixed(1)} %, ${mean(width).toFixed(2)} points wide, ${held.length / trace.layers.length} origins`;
}

function summary(rows: readonly Measured[]): string {
  const byWindow = candidateWindows.map((_, window) => mean(rows.map((row) => row.byWindow[window])));
  const best = byWindow.indexOf(Math.min(...byWindow));
  const lstm = rows.map((row) => row.lstm);
  return [
    `LSTM ${mean(lstm).toFixed(2)} (skill ${(100 * (1 - mean(lstm) / byWindow[best])).toFixed(0)} %)`,
    `best average in hindsight ${byWindow[best].toFixed(2)} (window ${candidateWindows[best]}), chosen on the past ${mean(rows.map(({ chosen }) => chosen)).toFixed(2)}`,
    `medians ${median(lstm).toFixed(2)} and ${median(rows.map((row) => row.byWindow[best])).toFixed(2)}`,
    `${rows.length} origins, ${(median(rows.map(({ ms }) => ms)) / 1000).toFixed(1)} s and ${median(rows.map(({ iterations }) => iterations))} iterations a training`,
  ].join('; ');
}
