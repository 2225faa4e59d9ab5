/** The suite of all engines on a real GPU, by hand: numbers against plain TensorFlow.js, and every way to cut against the plainest. */
import { useCpu, type GpuDevice } from '../../../workers/lstm/backends.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { relativeError } from '../../../workers/lstm/self-check.ts';
import { attempt } from '../../../workers/lstm/webgpu/attempt.ts';
import { createWebGpuEngine } from '../../../workers/lstm/webgpu/engine.ts';
import { variantName } from '../../../workers/lstm/webgpu/variant.ts';
import { agreement, grid, gridEntries, trainGrid, type Agreement } from '../../unit/lstm/engine-grid.ts';
import { tasksOf, type Bench } from './measure.ts';
import { entriesOf, rows, shapeName } from './shapes.ts';

/** Worst relative differences over the grid of shapes, losses and settings. */
export async function gridAgreement(gpu: GpuDevice, print: (line: string) => void): Promise<void> {
  await useCpu();
  const worst: Record<keyof Agreement, number> = { gradient: 0, weights: 0, bestWeights: 0, forecast: 0, losses: 0 };
  for (const one of Object.values(grid)) {
    const right = await trainGrid(referenceEngine, gridEntries(one));
    const mine = await trainGrid(createWebGpuEngine(gpu), gridEntries(one));
    mine.forEach((trained, model) => {
      for (const [name, distance] of Object.entries(agreement(trained, right[model])) as [keyof Agreement, number][]) worst[name] = Math.max(worst[name], distance);
    });
  }
  print(`${Object.keys(grid).length} cases against plain TensorFlow.js, worst relative differences: ${Object.entries(worst).map(([name, distance]) => `${name} ${distance.toExponential(1)}`).join(', ')}`);
}

/** The gradient of a first step by every way to cut the measured shapes, against the one that exchanges nothing between lanes. */
export async function cutAgreement(bench: Bench, print: (line: string) => void): Promise<void> {
  for (const shape of rows) {
    const entries = entriesOf(shape).slice(0, 12);
    const tasks = tasksOf(entries, bench, true);
    const plain = tasks.find(({ variant }) => variant.lanes === 0) ?? tasksOf(entries, bench, false).at(-1)!;
    const right = await attempt(bench.device, bench.pipelines, plain, entries);
    let worst = 0;
    let name = '';
    for (const task of tasks) {
      const { gradient } = await attempt(bench.device, bench.pipelines, task, entries);
      const distance = relativeError([gradient], [right.gradient]);
      if (distance > worst) [worst, name] = [distance, variantName(task.variant)];
    }
    print(`${shapeName({ ...shape, M: entries.length })}: ${tasks.length} ways to cut, gradients within ${worst.toExponential(1)} of each other (${name})`);
  }
}
