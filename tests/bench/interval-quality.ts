import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLayer } from '../../src/forecast/comparison/compare-layer.ts';
import { meanOf } from '../../src/forecast/comparison/means.ts';
import type { ComparisonPoint } from '../../src/forecast/comparison/types.ts';
import { forecastBand } from '../../src/forecast/forecast-band.ts';
import { historyBefore } from '../../src/forecast/history.ts';
import { layerShares, type LayerShares } from '../../src/forecast/layer-shares.ts';
import { coveredBy, widthOf } from '../../src/forecast/past-misses.ts';
import { cheapForecaster } from '../../src/forecast/registry.ts';
import { truthFrom } from '../../src/forecast/truth.ts';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';

const usual = 'chosen-average,chosen-smoothing,chosen-holt,theta,ridge,combination';

type Held = Pick<ComparisonPoint, 'covered' | 'width'>;

/** Coverage in % and mean width in percentage points of intervals on the recorded traces. @param words `name=value` @param folder of the samples */
export async function measureIntervals(words: readonly string[], folder: string, print: (line: string) => void): Promise<void> {
  const given = new Map(words.map((word): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  const numbers = (name: string, otherwise: string): number[] => (given.get(name) ?? otherwise).split(',').map(Number);
  const horizons = numbers('horizons', '1000,2000');
  const [from, to, every] = [numbers('from', '2000')[0], numbers('to', '7000')[0], numbers('every', '250')[0]];
  const coverage = numbers('coverage', '90')[0] / 100;
  const traces = await Promise.all(numbers('traces', '0,1,2').map((index) => openSample(folder, samples[index].id)));
  const inCell = given.get('of') === 'cell';
  print(`coverage in % (mean width in percentage points) of bands for ${100 * coverage} %, ${horizons.join(' / ')} steps ahead, origins from ${from} to ${to} every ${every}, ${inCell ? 'as in the Forecast cell' : 'as in the Backtest'}`);
  print(`| | ${traces.map(({ id }) => id).join(' | ')} |`);
  for (const id of (given.get('forecasters') ?? usual).split(',')) {
    const cells: string[] = [];
    for (const { layers } of traces) {
      const held = inCell ? await inTheCell(layers, id, { horizons, from, to, every, coverage }) : await inTheBacktest(layers, id, { horizons, from, to, every, coverage });
      cells.push(held.map((some) => `${(100 * meanOf(some.map(({ covered }) => covered))).toFixed(1)} (${meanOf(some.map(({ width }) => width)).toFixed(2)})`).join(' / '));
    }
    print(`| ${id} | ${cells.join(' | ')} |`);
  }
}

async function openSample(folder: string, id: string): Promise<{ readonly id: string; readonly layers: readonly LayerShares[] }> {
  const { trace } = await openTrace(bytesSource(await readFile(join(folder, `${id}.npz`)), `${id}.npz`));
  return { id, layers: trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts)) };
}

interface Asked {
  readonly horizons: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly coverage: number;
}

async function inTheBacktest(layers: readonly LayerShares[], id: string, { horizons, from, to, every, coverage }: Asked): Promise<readonly Held[][]> {
  const held = horizons.map((): Held[] => []);
  const settings = {
    layers: [], contenders: [{ key: id, id, label: id, values: {} }], firstOriginStep: from, lastOriginStep: to, everySteps: every, horizons, refitEvery: 1, coverage, coldShare: 0, seed: 1,
  };
  for (const [index, layer] of layers.entries()) {
    for await (const { points } of compareLayer(index, layer, settings, { others: layers.filter((other) => other !== layer) })) {
      for (const point of points) held[point.horizon].push(point);
    }
  }
  return held;
}

async function inTheCell(layers: readonly LayerShares[], id: string, { horizons, from, to, every, coverage }: Asked): Promise<readonly Held[][]> {
  const held = horizons.map((): Held[] => []);
  const forecaster = cheapForecaster(id);
  for (const layer of layers) {
    const others = forecaster.pools ? layers.filter((other) => other !== layer) : [];
    for (let originStep = from; originStep <= to; originStep += every) {
      const model = await forecaster.fit(historyBefore(layer, originStep, others), {});
      for (const [index, horizonSteps] of horizons.entries()) {
        const truth = truthFrom(layer, originStep, horizonSteps, 0);
        if (!truth || truth.judgedSteps < horizonSteps) continue;
        const forecast = model.forecast(horizonSteps);
        const { interval } = await forecastBand(layer, { forecaster: { kind: 'cheap', id, values: {} }, originStep, horizonSteps, coverage, forecast }, others);
        held[index].push(interval ? { covered: coveredBy(interval, truth.mean), width: widthOf(interval) } : { covered: NaN, width: NaN });
      }
    }
  }
  return held;
}
