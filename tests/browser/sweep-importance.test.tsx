/** Which settings of a sweep matter: worked out by a worker, shown by the cell. */
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { AppContext, type App } from '../../src/app/context.ts';
import { ImportanceFigure, type ImportanceFigureProps } from '../../src/cells/sweep/importance-figure.tsx';
import { sweepPlan } from '../../src/cells/sweep/plan.ts';
import { GatecastError } from '../../src/errors.ts';
import { defaultSettings } from '../../src/notebook/kinds/index.ts';
import { random } from '../../src/random.ts';
import { importanceOf } from '../../src/sweep/importance/importance.ts';
import { emptySweep, type SweepState } from '../../src/sweep/types.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { ImportanceRequest, SweepWorkerApi, TraceInfo } from '../../workers/contract.ts';
import { cellRoom } from './cell-room.ts';

const room = cellRoom();
let root: HTMLElement;
beforeEach(() => { root = room(); });

const workers: WorkerClient<SweepWorkerApi>[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill();
});

function sweepWorker(): WorkerClient<SweepWorkerApi> {
  const client = new WorkerClient<SweepWorkerApi>(() => new Worker(new URL('../../workers/sweep.worker.ts', import.meta.url), { type: 'module' }));
  workers.push(client);
  return client;
}

const info = { steps: { first: 0, last: 1000, count: 1001 }, layers: [{}], rows: 1001, firstStep: 0, lastStep: 1000, stepSpan: 1 } as unknown as TraceInfo;
const plan = sweepPlan({
  ...defaultSettings('sweep'), originStep: 800, horizonSteps: 80, layers: [0],
  branches: [{
    forecaster: 'lstm', values: {},
    dimensions: [
      { parameter: 'learningRate', kind: 'range', from: 0.001, to: 0.1, scale: 'log', step: 0, gridPoints: 3 },
      { parameter: 'hiddenUnits', kind: 'choice', values: [8, 16, 32] },
    ],
  }],
}, info);

/** The learning rate makes all the difference. */
function trialsOf(count: number): SweepState {
  const next = random(7);
  return {
    ...emptySweep,
    trials: Array.from({ length: count }, (_, id) => {
      const rate = 0.001 * 100 ** next();
      return {
        id, forecaster: 'lstm', values: { learningRate: rate, hiddenUnits: [8, 16, 32][Math.floor(next() * 3)] }, state: 'finished',
        scores: [{ rung: 0, iterations: 10, score: 1 + Math.log10(rate) ** 2 }], byOrigin: [], curve: [], elapsedMs: 1, atMs: id,
      } as const;
    }),
  };
}

function show(importance: App['session']['importance'], props: Partial<ImportanceFigureProps>): void {
  const app = { session: { importance } } as unknown as App;
  render(<AppContext.Provider value={app}><ImportanceFigure plan={plan} state={emptySweep} forecaster="lstm" running={false} {...props} /></AppContext.Provider>, root);
}

const pending = () => page.getByText('Which settings matter: being worked out');
const figure = () => page.getByRole('figure', { name: 'Which settings matter' });

describe('which settings matter', () => {
  test('a worker works it out as the page would', async () => {
    const next = random(3);
    const points = Array.from({ length: 60 }, () => [next(), Math.floor(next() * 3)]);
    const request: ImportanceRequest = { points, kinds: ['number', { choices: 3 }], scores: points.map(([x, y]) => x * x + 0.1 * y), seed: 5 };
    const { kinds, scores, seed } = request;
    expect(await sweepWorker().call('importance', request)).toEqual(importanceOf(points, kinds, scores, seed));
  });

  test('the cell shows what the worker said, and keeps it while newer trials are worked on', async () => {
    const client = sweepWorker();
    let held = false;
    const asked: number[] = [];
    const importance: App['session']['importance'] = (request, work) => {
      asked.push(request.points.length);
      return held ? new Promise(() => {}) : client.call('importance', request, { signal: work?.signal });
    };
    show(importance, { state: trialsOf(40), running: true });
    await expect.element(pending()).toBeVisible();
    await expect.element(figure()).toBeVisible();
    held = true;
    show(importance, { state: trialsOf(60), running: true });
    await expect.poll(() => asked).toEqual([40, 60]);
    await expect.element(figure()).toBeVisible();
    expect(root.textContent).not.toContain('being worked out');
  });

  test('one more trial of a running sweep asks for nothing; its end does, and the newest of what came meanwhile', async () => {
    const asked: number[] = [];
    let answer: () => void = () => {};
    const importance: App['session']['importance'] = (request) => {
      asked.push(request.points.length);
      return new Promise((resolve) => { answer = () => resolve({ importance: null, reason: `of ${request.points.length}` }); });
    };
    show(importance, { state: trialsOf(40), running: true });
    await expect.poll(() => asked).toEqual([40]);
    for (const count of [41, 43, 50, 60, 61]) {
      show(importance, { state: trialsOf(count), running: true });
      await new Promise((frame) => { requestAnimationFrame(frame); });
    }
    expect(asked).toEqual([40]);
    answer();
    await expect.poll(() => asked).toEqual([40, 60]);
    answer();
    await expect.element(page.getByText('Which settings matter: of 60')).toBeVisible();
    show(importance, { state: trialsOf(61), running: false });
    await expect.poll(() => asked).toEqual([40, 60, 61]);
  });

  test('what went wrong is said, and can be tried again', async () => {
    let times = 0;
    const importance: App['session']['importance'] = () => (times++ === 0
      ? Promise.reject(new GatecastError({ code: 'worker-died', message: 'a background worker stopped: it was ended', remedy: 'it has been replaced; run again' }))
      : Promise.resolve({ importance: null, reason: 'All trials have the same score: no parameter made a difference.' }));
    show(importance, { state: trialsOf(40) });
    await expect.element(page.getByText('Which settings matter: it could not be worked out')).toBeVisible();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByText(/no parameter made a difference/)).toBeVisible();
    expect(root.textContent).not.toContain('could not');
  });
});
