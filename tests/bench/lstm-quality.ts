import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { averageOfWindow } from '../../src/forecast/sliding-average.ts';
import { candidateWindows, chooseWindow } from '../../src/forecast/choose-window.ts';
import { historyBefore } from '../../src/forecast/history.ts';
import { layerShares } from '../../src/forecast/layer-shares.ts';
import { grainSteps, lstmParameters, type LstmSettings } from '../../src/forecast/lstm.ts';
import { judge } from '../../src/forecast/scores.ts';
import { truthFrom } from '../../src/forecast/truth.ts';
import { binnedHistory } from '../../src/trace/binned.ts';
import { openTrace } from '../../src/trace/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/sources.ts';
import type { ModelSpec } from '../../workers/contract.ts';
import { referenceEngine } from '../../workers/lstm/reference-engine.ts';
import { trainModels } from '../../workers/lstm/trainer.ts';

const root = join(import.meta.dirname, '../..');

export async function main(words: readonly string[]): Promise<void> {
  const given = Object.fromEntries(words.map((word) => word.split('=')));
  const number = (name: string, otherwise: number): number => Number(given[name] ?? otherwise);
  const horizonSteps = number('horizon', 1000);
  const settings = Object.fromEntries(lstmParameters.map((parameter) => {
    const word = given[parameter.id];
    return [parameter.id, word === undefined ? parameter.default : parameter.kind === 'choice' ? word : Number(word)];
  })) as unknown as LstmSettings;

  const require = createRequire(import.meta.url);
  setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  await tf.setBackend('wasm');
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  print(`load error of the mean of ${horizonSteps} steps, %, mean over layers and origins; ${JSON.stringify(settings)}`);

  for (const index of (given['traces'] ?? '0,1,2').split(',').map(Number)) {
    const sample = samples[index];
    const { trace } = await openTrace(bytesSource(await readFile(join(root, 'samples', `${sample.id}.npz`)), `${sample.id}.npz`));
    const layers = trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts));
    const rows: { origin: number; lstm: number; chosen: number; byWindow: number[]; ms: number; iterations: number }[] = [];
    for (let origin = number('from', 2000); origin + horizonSteps <= trace.steps.length; origin += number('every', 1000)) {
      const truths = layers.map((layer) => truthFrom(layer, origin, horizonSteps, 0)!);
      const error = (forecasts: readonly { readonly blocks: number; readonly mean: Float64Array }[]): number => (
        forecasts.reduce((sum, forecast, layer) => sum + judge(truths[layer], forecast).scores.loadBlock, 0) / layers.length
      );
      const known = layers.map((layer) => historyBefore(layer, origin));
      const average = (windowSteps: number): number => error(known.map((history) => ({ blocks: 1, mean: averageOfWindow(history, windowSteps) })));
      const histories = trace.layers.map((_, layer) => binnedHistory(trace, layer, origin, grainSteps(settings)));
      const all = trace.layers.map((_, layer) => layer);
      const models: readonly ModelSpec[] = settings.form === 'pooled'
        ? [{ settings, seed: number('seed', 1), layers: all }]
        : all.map((layer) => ({ settings, seed: number('seed', 1), layers: [layer] }));
      const started = performance.now();
      const trained = await trainModels({ models, histories, horizonSteps }, referenceEngine, { signal: new AbortController().signal, onProgress: () => {} });
      rows.push({
        origin, ms: performance.now() - started,
        lstm: error(trained.flatMap(({ forecasts }) => forecasts)),
        chosen: error(known.map((history) => ({ blocks: 1, mean: averageOfWindow(history, chooseWindow(history, horizonSteps)) }))),
        byWindow: candidateWindows.map(average),
        iterations: trained.reduce((sum, { checkpoint }) => sum + checkpoint.iteration, 0),
      });
      if (given['verbose']) {
        const row = rows.at(-1)!;
        print(`  ${origin}: LSTM ${row.lstm.toFixed(2)}, average chosen ${row.chosen.toFixed(2)}, ${row.iterations} iterations, ${trained[0].ended}, ${(row.ms / 1000).toFixed(1)} s`);
      }
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
    const byWindow = candidateWindows.map((_, i) => mean(rows.map((row) => row.byWindow[i])));
    const best = Math.min(...byWindow);
    const lstm = mean(rows.map((row) => row.lstm));
    print([
      sample.id.padEnd(34), `LSTM ${lstm.toFixed(3)} (${(100 * (1 - lstm / best)).toFixed(1)} %)`,
      `best average ${best.toFixed(3)} (window ${candidateWindows[byWindow.indexOf(best)]})`, `chosen average ${mean(rows.map((row) => row.chosen)).toFixed(3)}`,
      `medians ${median(rows.map((row) => row.lstm)).toFixed(3)} against ${median(rows.map((row) => row.byWindow[byWindow.indexOf(best)])).toFixed(3)}`,
      `${rows.length} origins`, `${(median(rows.map((row) => row.ms)) / 1000).toFixed(1)} s and ${median(rows.map((row) => row.iterations))} iterations a training`,
    ].join('  '));
  }
}
