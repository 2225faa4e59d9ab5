import { throwIfAborted } from '../../src/errors.ts';
import type { Checkpoint, ModelSpec, TrainedModel, TrainReport, TrainRequest } from '../contract.ts';
import { breathe, type Work } from '../serve.ts';
import { fromCheckpoint, startOf, toCheckpoint, type Standing } from './checkpoint.ts';
import type { Advance, Engine, Entry, Session } from './engine.ts';
import { Course } from './model-course.ts';
import type { Problem } from './problem.ts';
import { problemsOf } from './problems.ts';
import { updateOf } from './schedule.ts';

type TrainWork = Pick<Work<TrainReport>, 'signal' | 'onProgress'>;

/** Time between two reports, ms. Blocks of steps take up to 300 ms, so one that began in time may end as late as that. */
const REPORT_EVERY = 150;
/** Part of the time that reports may take, as long as they come this often, ms: one of hundreds of models takes a while to write down. */
const REPORT_PART = 0.03;
const REPORT_LATEST = 1000;
/** Time after which waiting messages (a cancel, say) are let in, ms. */
const BREATHE_EVERY = 30;
/** Time between two checkpoints of a model that trains, ms, and the part of all time that reading them may take. */
const CHECKPOINT_EVERY = 2000;
const CHECKPOINT_PART = 0.03;
/** Models whose starts, ends and checkpoints are waited for together: a read off a GPU takes milliseconds, many at once hardly longer. */
const SIDE_BY_SIDE = 64;
/** Forecasts of new best weights are made during training only while they take at most this part of the time. */
const FORECAST_PART = 0.03;

/**
 * Trains every model of the request side by side in one session of the engine. A model whose numbers break ends as
 * `diverged` with the best weights that it had; the others go on.
 * Rejects with `cancelled` when the signal aborts, with `bad-setting` when a history is too short.
 */
export async function trainModels(request: TrainRequest, engine: Engine, work: TrainWork): Promise<readonly TrainedModel[]> {
  const problems = problemsOf(request);
  const standings = request.models.map(({ seed }, model): Standing => {
    const checkpoint = request.resume?.find((one) => one.model === model);
    return checkpoint ? fromCheckpoint(problems[model].network, checkpoint) : startOf(problems[model].network, seed);
  });
  const session = await engine.open(request.models.map((spec, model) => entryOf(spec, problems[model], standings[model])));
  try {
    const courses = request.models.map((spec, model) => new Course(model, spec, problems[model], standings[model], session));
    return await new Training(courses, session, work).run();
  } finally {
    session.close();
  }
}

export function entryOf({ settings, seed }: ModelSpec, { network, examples }: Problem, { state }: Standing): Entry {
  return { network, examples, state, drawing: { order: settings.drawOrder, seed, batchSize: settings.batchSize }, update: updateOf(settings) };
}

const hasNewBest = ({ ended, outdated }: Course): boolean => outdated && !ended;

class Training {
  readonly #courses: readonly Course[];
  readonly #session: Session;
  readonly #work: TrainWork;
  readonly #total: number;
  #began = performance.now();
  #breathed = this.#began;
  #reported = -Infinity;
  /** Time that the last report took. */
  #reportMs = 0;
  #checkpointed = this.#began;
  #checkpointMs = 0;
  /** Time that forecasts took since training began. */
  #forecastMs = 0;
  /** Not yet reported. */
  #checkpoints: Checkpoint[] = [];

  constructor(courses: readonly Course[], session: Session, work: TrainWork) {
    this.#courses = courses;
    this.#session = session;
    this.#work = work;
    this.#total = courses.reduce((sum, { total }) => sum + total, 0);
  }

  async run(): Promise<readonly TrainedModel[]> {
    await this.#sideBySide(this.#courses, async (course) => {
      await course.start();
      if (course.ended) await this.#finish(course);
    });
    this.#began = performance.now();
    for (;;) {
      // Before work beside the training the device comes to a stop; otherwise it goes on while this side takes down what it did.
      const stops = this.#forecastIsDue() || this.#checkpointIsDue();
      const advances = await this.#session.advance(!stops);
      if (advances.length === 0) break;
      await this.#take(advances);
      if (stops) {
        await this.#forecastNewBest();
        await this.#checkpointAll();
      }
      if (performance.now() - this.#reported >= Math.max(REPORT_EVERY, Math.min(REPORT_LATEST, this.#reportMs / REPORT_PART))) this.#report();
      await breathe();
      throwIfAborted(this.#work.signal);
    }
    this.#report();
    return this.#courses.map((course) => course.trained());
  }

  async #take(advances: readonly Advance[]): Promise<void> {
    const took = advances.map((advance) => {
      const course = this.#courses[advance.model];
      course.take(advance, performance.now() - this.#began);
      return course;
    });
    await this.#sideBySide(took.filter(({ ended }) => ended), (course) => this.#finish(course));
  }

  async #sideBySide(courses: readonly Course[], work: (course: Course) => Promise<void>): Promise<void> {
    for (let from = 0; from < courses.length; from += SIDE_BY_SIDE) {
      await Promise.all(courses.slice(from, from + SIDE_BY_SIDE).map(work));
      await this.#pause();
    }
  }

  async #finish(course: Course): Promise<void> {
    await course.forecast();
    const checkpoint = toCheckpoint(course.problem.network, course.model, await course.standing());
    course.checkpoint = checkpoint;
    this.#checkpoints.push(checkpoint);
  }

  #forecastIsDue(): boolean {
    return this.#forecastMs <= FORECAST_PART * (performance.now() - this.#began) && this.#courses.some(hasNewBest);
  }

  /** The models that have waited longest come first. */
  async #forecastNewBest(): Promise<void> {
    const waiting = this.#courses.filter(hasNewBest).toSorted((a, b) => a.forecastAt - b.forecastAt);
    for (let from = 0; from < waiting.length && this.#forecastIsDue(); from += SIDE_BY_SIDE) {
      const now = performance.now();
      await this.#sideBySide(waiting.slice(from, from + SIDE_BY_SIDE), (course) => course.forecast());
      this.#forecastMs += performance.now() - now;
    }
  }

  #checkpointIsDue(): boolean {
    return performance.now() - this.#checkpointed >= Math.max(CHECKPOINT_EVERY, this.#checkpointMs / CHECKPOINT_PART);
  }

  async #checkpointAll(): Promise<void> {
    if (!this.#checkpointIsDue()) return;
    const now = performance.now();
    await this.#sideBySide(this.#courses.filter(({ ended }) => !ended), async (course) => {
      this.#checkpoints.push(toCheckpoint(course.problem.network, course.model, await course.standing()));
    });
    this.#checkpointed = performance.now();
    this.#checkpointMs = this.#checkpointed - now;
  }

  /** Between two pieces of work that are no training: a cancel may be waiting. */
  async #pause(): Promise<void> {
    if (performance.now() - this.#breathed < BREATHE_EVERY) return;
    await breathe();
    this.#breathed = performance.now();
    throwIfAborted(this.#work.signal);
  }

  #report(): void {
    this.#reported = performance.now();
    const running = this.#courses.filter(({ ended }) => !ended);
    const elapsedMs = this.#reported - this.#began;
    const modelMs = this.#courses.reduce((sum, { ended, elapsedMs: own }) => sum + (ended ? own : elapsedMs), 0);
    const steps = this.#courses.reduce((sum, course) => sum + course.steps, 0);
    this.#work.onProgress({
      done: this.#courses.reduce((sum, course) => sum + course.done, 0), total: this.#total, unit: 'iterations',
      label: running.length > 0 && running.every(({ finishing }) => finishing) ? 'finishing on the newest steps' : 'training',
      stepsPerSecond: modelMs > 0 ? (1000 * steps) / modelMs : 0,
      models: this.#courses.map((course) => course.report()),
      checkpoints: this.#checkpoints,
    });
    this.#checkpoints = [];
    this.#reportMs = performance.now() - this.#reported;
  }
}
