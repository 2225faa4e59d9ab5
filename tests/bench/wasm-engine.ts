import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { referenceEngine } from '../../workers/lstm/reference/engine.ts';
import { createWasmEngine } from '../../workers/lstm/wasm/engine.ts';
import { shapes, stepFlops, stepMs } from './engine-shapes.ts';

async function startBackend(name: string): Promise<void> {
  if (name === 'wasm') setWasmPaths(join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  await tf.setBackend(name);
}

/** What this process has taken of the processor, ms: other programs count for less than on the wall's clock. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @param words of the command line: `name=value` */
export async function measure(words: readonly string[], print: (line: string) => void): Promise<void> {
  const given = new Map(words.map((word) => word.split('=', 2) as [string, string]));
  const against = (given.get('against') ?? 'cpu,wasm').split(',').filter(Boolean);
  const engine = await createWasmEngine();
  print(`processor time of a training step of all models, ms, medians; ${['SIMD engine', 'GFLOP/s', ...against.map((name) => `TensorFlow.js ${name} (times as long)`)].join(', ')}`);
  for (const shape of (given.get('shapes') ?? Object.keys(shapes).join()).split(',').map((index) => shapes[Number(index)])) {
    const { batch, models, network: { bins, inputs, hidden, statics, dense } } = shape;
    const ours = await stepMs(engine, shape, 3000, processorTime);
    const columns = [`${ours.median.toFixed(3)} (least ${ours.least.toFixed(3)})`, (stepFlops(shape) / ours.median / 1e6).toFixed(1)];
    for (const name of against) {
      await startBackend(name);
      const theirs = await stepMs(referenceEngine, shape, 3000, processorTime);
      columns.push(`${theirs.median.toFixed(1)} (${(theirs.median / ours.median).toFixed(1)})`);
    }
    print(`B ${batch}, T ${bins}, F ${inputs}, H ${hidden}${statics > 0 ? `, S ${statics}, tanh ${dense}` : ''}, M ${models}: ${columns.join(', ')}`);
  }
}
