/** Tries a way to cut a launch, on buffers of its own. */
import type { Phase } from '../course.ts';
import type { Entry } from '../engine.ts';
import { Group } from './group.ts';
import { standingOf } from './jobs.ts';
import type { Pipelines } from './pipelines.ts';
import { inPieces } from './pieces.ts';
import { Reader, whole } from './read.ts';
import type { Trial } from './tune.ts';
import type { Task } from './wgsl/piece.ts';

/** Steps of a measurement, time that is measured at least, ms, and how often: the fastest counts, since all that disturbs makes it slower. */
const TRIED_STEPS = 8;
const TRIED_MS = 20;
const TRIED_TIMES = 3;

/** A first step of the first model for its gradient, then steps of the whole launch for their time. */
export async function attempt(device: GPUDevice, pipelines: Pipelines, task: Task, entries: readonly Entry[]): Promise<Trial> {
  const group = await Group.create(device, pipelines, task, entries);
  const reader = new Reader(device);
  try {
    const all = entries.map((_, at) => at);
    const endless = (at: number): Phase => ({ samples: entries[at].examples.training, schedule: { kind: 'constant' }, from: 0, until: 2 ** 31, patience: null });
    group.writeSlots(all, (at) => ({ phase: endless(at), standing: standingOf(entries[at].state) }));
    const run = async (steps: number, models = all.length, stepMs = 0): Promise<number> => {
      const began = performance.now();
      const encoder = inPieces(device, steps, stepMs, (pass) => { group.step(pass, models); });
      await reader.read([whole(group.buffers.states!)], encoder);
      return (performance.now() - began) / steps;
    };
    await run(1, 1);
    const [numbers] = await reader.read([{ buffer: group.buffers.gradient!, from: 0, size: task.shape.quads * 16 }]);
    const rough = await run(TRIED_STEPS);
    const times: number[] = [];
    for (let n = 0; n < TRIED_TIMES; n++) times.push(await run(Math.max(TRIED_STEPS, Math.ceil(TRIED_MS / rough)), all.length, rough));
    return { stepMs: Math.min(...times), gradient: new Float32Array(numbers) };
  } finally {
    reader.close();
    group.destroy();
  }
}
