import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backtest } from '../../src/forecast/backtest.ts';
import { candidateWindows } from '../../src/forecast/choose-window.ts';
import { compareLayer } from '../../src/forecast/comparison/compare-layer.ts';
import type { ComparisonPoint } from '../../src/forecast/comparison/types.ts';
import type { Forecaster, ParameterValues } from '../../src/forecast/contract.ts';
import { historyBefore } from '../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../src/forecast/layer-shares.ts';
import { cheapForecaster, cheapForecasters } from '../../src/forecast/registry.ts';
import { gaussian, random } from '../../src/random.ts';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';

/** A line of the table. */
interface Line {
  readonly name: string;
  readonly forecaster: Forecaster;
  readonly values: ParameterValues;
  /** Whether the other layers are at hand. */
  readonly pooled: boolean;
}

/** Every forecaster with its defaults, and where it has choices with all of them; combinations without the other layers as well. */
function linesOf(forecasters: readonly Forecaster[]): readonly Line[] {
  return forecasters.flatMap((forecaster) => {
    const choices = forecaster.parameters.flatMap((parameter): ParameterValues[] => (
      parameter.kind === 'choice' ? parameter.choices.filter(({ value }) => value !== parameter.default).map(({ value }) => ({ [parameter.id]: value })) : []
    ));
    // A ridge has a choice for that.
    const ways = forecaster.id === 'combination' ? [true, false] : [forecaster.pools ?? false];
    return [{}, ...choices].flatMap((values) => ways.map((pooled) => ({
      name: [forecaster.id, ...Object.values(values), ...(forecaster.pools && !pooled ? ['(layer alone)'] : [])].join(' '), forecaster, values, pooled,
    })));
  });
}

export async function openSample(folder: string, id: string): Promise<readonly LayerShares[]> {
  const bytes = await readFile(join(folder, `${id}.npz`));
  const { trace } = await openTrace(bytesSource(bytes, `${id}.npz`));
  return trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts));
}

function openSamples(folder: string, indices: readonly number[]): Promise<readonly { readonly id: string; readonly layers: readonly LayerShares[] }[]> {
  return Promise.all(indices.map(async (index) => ({ id: samples[index].id, layers: await openSample(folder, samples[index].id) })));
}

/** Load error of the horizon's mean in %, mean over layers and origins. */
async function loadError(layers: readonly LayerShares[], { forecaster, values, pooled }: Line, origins: { readonly from: number; readonly every: number }, horizonSteps: number): Promise<number> {
  let sum = 0;
  let count = 0;
  for (const layer of layers) {
    const others = pooled ? layers.filter((other) => other !== layer) : [];
    const settings = { firstOriginStep: origins.from, lastOriginStep: Infinity, everySteps: origins.every, horizonSteps, coldShare: 0 };
    for await (const { scores } of backtest(layer, forecaster, values, settings, { others })) {
      sum += scores.loadBlock;
      count++;
    }
  }
  return sum / count;
}

function asked(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(words.map((word): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

const numbersIn = (given: ReadonlyMap<string, string>) => (name: string, otherwise: string): number[] => (given.get(name) ?? otherwise).split(',').map(Number);

/** @param words of the command line: `name=value` @param folder of the samples */
export async function measureQuality(words: readonly string[], folder: string, print: (line: string) => void): Promise<void> {
  const given = asked(words);
  const numbers = numbersIn(given);
  const horizons = numbers('horizons', '1000,2000');
  const traces = await openSamples(folder, numbers('traces', '0,1,2'));
  const origins = { from: numbers('from', '2000')[0], every: numbers('every', '250')[0] };
  const lines = linesOf(given.get('forecasters')?.split(',').map(cheapForecaster) ?? cheapForecasters.filter(({ cost }) => cost === 'cheap'));
  print(`load error of the mean of ${horizons.join(' / ')} steps, %, mean over layers and origins from ${origins.from} every ${origins.every}`);
  print(`| | ${traces.map(({ id }) => id).join(' | ')} |`);
  const row = async (name: string, errorOf: (layers: readonly LayerShares[], horizon: number) => Promise<number>): Promise<void> => {
    const cells: string[] = [];
    for (const { layers } of traces) {
      const errors: string[] = [];
      for (const horizon of horizons) errors.push((await errorOf(layers, horizon)).toFixed(2));
      cells.push(errors.join(' / '));
    }
    print(`| ${name} | ${cells.join(' | ')} |`);
  };
  for (const slid of ['held', 'recursive']) {
    await row(`average, ${slid}, best window in hindsight`, async (layers, horizon) => {
      const byWindow: number[] = [];
      for (const windowSteps of candidateWindows) {
        const line: Line = { name: 'average', forecaster: cheapForecaster('sliding-average'), values: { windowSteps, slid }, pooled: false };
        byWindow.push(await loadError(layers, line, origins, horizon));
      }
      return Math.min(...byWindow);
    });
  }
  for (const line of lines) await row(line.name, (layers, horizon) => loadError(layers, line, origins, horizon));
}

/** Load error and time by how often a forecaster is fitted anew: at every origin, at every fourth, at the first alone. */
export async function measureRefits(words: readonly string[], folder: string, print: (line: string) => void): Promise<void> {
  const given = asked(words);
  const horizons = [1000, 2000];
  const traces = await openSamples(folder, numbersIn(given)('traces', '0,1,2'));
  print(`load error of the mean of ${horizons.join(' / ')} steps, %, mean over layers and origins from 2000 every 250, and seconds of fitting, updating and forecasting`);
  for (const id of (given.get('forecasters') ?? 'chosen-average,chosen-smoothing,chosen-holt,chosen-trend,theta').split(',')) {
    for (const refitEvery of [1, 4, 10_000]) {
      const cells: string[] = [];
      for (const { layers } of traces) {
        const settings = { layers: [], contenders: [{ key: id, id, label: id, values: {} }], firstOriginStep: 2000, lastOriginStep: Infinity, everySteps: 250, horizons, refitEvery, coverage: 0.9, coldShare: 0, seed: 1 };
        const points: ComparisonPoint[] = [];
        for (const [index, layer] of layers.entries()) for await (const batch of compareLayer(index, layer, settings)) points.push(...batch.points);
        const errors = horizons.map((_, horizon) => {
          const own = points.filter((point) => point.horizon === horizon);
          return (own.reduce((sum, { scores }) => sum + scores.loadBlock, 0) / own.length).toFixed(2);
        });
        const elapsedMs = points.filter(({ horizon }) => horizon === 0).reduce((sum, point) => sum + point.elapsedMs, 0);
        cells.push(`${errors.join(' / ')}, ${(elapsedMs / 1000).toFixed(1)} s`);
      }
      print(`| ${id}, fitted every ${refitEvery} | ${cells.join(' | ')} |`);
    }
  }
}

/** Median time of fit and forecast, by size of a layer. The others of a pool are as large. */
export async function measureSpeed(print: (line: string) => void): Promise<void> {
  const sizes = [{ experts: 16, rows: 8000, layers: 12 }, { experts: 64, rows: 8000, layers: 8 }, { experts: 256, rows: 20_000, layers: 4 }];
  print('milliseconds a forecast of 1,000 steps, median of 30, of 3 where each expert is fitted by itself');
  for (const { experts, rows, layers } of sizes) {
    const next = random(1);
    const made = Array.from({ length: layers }, () => layerShares(
      Float32Array.from({ length: rows * experts }, () => Math.max(0, 1 + 0.2 * gaussian(next))), Float64Array.from({ length: rows }, (_, row) => row), experts,
    ));
    print(`${layers} layers of ${experts} experts, ${rows} rows`);
    for (const { name, forecaster, values, pooled } of linesOf(cheapForecasters)) {
      const times: number[] = [];
      const runs = forecaster.cost === 'cheap' ? 30 : 3;
      for (let i = 0; i < runs; i++) {
        const history = historyBefore(made[0], rows - i, pooled ? made.slice(1) : []);
        const started = performance.now();
        (await forecaster.fit(history, values)).forecast(1000);
        times.push(performance.now() - started);
      }
      print(`  ${name}: ${times.toSorted((a, b) => a - b)[runs >> 1].toFixed(2)}`);
    }
  }
}
