import { throwIfAborted } from '../../src/errors.ts';
import type { Checkpoint, ModelSpec, TrainedModel, TrainReport, TrainRequest } from '../contract.ts';
import { breathe, type Work } from '../serve.ts';
import { buffersOf, fromCheckpoint, startOf, type Standing } from './checkpoint.ts';
import type { Engine, Entry, Session } from './engine.ts';
import { Course } from './model-course.ts';
import { networkKey, weightCount } from './network.ts';
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
/** Time between two readings of states for checkpoints, ms, and the part of all time that they may take. */
const CHECKPOINT_EVERY = 2000;
const CHECKPOINT_PART = 0.03;
/** Bytes of models' states that are read at once. */
const MOST_READ = 2 ** 26;
/** Models that are looked at and forecast side by side: to wait for a GPU takes milliseconds, for many hardly longer. */
export const SIDE_BY_SIDE = 64;
/** Forecasts of new best weights are made during training only while they take at most this part of the time. */
const FORECAST_PART = 0.03;

/**
 * Trains every model of the request side by side in one session of the engine. A model whose numbers break ends as
 * `diverged` with the best weights that it had; the others go on.
 * Rejects with `cancelled` when the signal aborts, with `bad-setting` when a history is too short.
 */
export async function trainModels(request: TrainRequest, engine: Engine, work: TrainWork): Promise<readonly TrainedModel[]> {
  const problems = problemsOf(request);
  const starts = new Map<string, Standing>();
  const standings = request.models.map(({ seed }, model): Standing => {
    const { network } = problems[model];
    const checkpoint = request.resume?.find((one) => one.model === model);
    if (checkpoint) return fromCheckpoint(network, checkpoint);
    // Models of one seed start alike.
    const key = JSON.stringify([networkKey(network), network.zeroOutput, seed]);
    const start = starts.get(key) ?? startOf(network, seed);
    starts.set(key, start);
    return start;
  });
  const session = await engine.open(request.models.map((spec, model) => entryOf(spec, problems[model], standings[model])));
  try {
    const courses = request.models.map((spec, model) => new Course(model, spec, problems[model], standings[model], session));
    return await new Training(courses, session, work, request.onlyFinalForecasts ?? false).run();
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
  readonly #onlyFinalForecasts: boolean;
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
  /** What goes on beside the training, if anything does, and whether it failed. */
  #beside: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  /** Not yet reported: of models that train, and of those that have ended. */
  #standing: Checkpoint[] = [];
  #last: Checkpoint[] = [];

  constructor(courses: readonly Course[], session: Session, work: TrainWork, onlyFinalForecasts: boolean) {
    this.#courses = courses;
    this.#session = session;
    this.#work = work;
    this.#onlyFinalForecasts = onlyFinalForecasts;
    this.#total = courses.reduce((sum, { total }) => sum + total, 0);
  }

  async run(): Promise<readonly TrainedModel[]> {
    await this.#sideBySide(this.#courses, (course) => course.start());
    this.#began = performance.now();
    // Before models that train are asked for anything, the device comes to a stop; then it goes on while they answer.
    let stopped = true;
    for (;;) {
      this.#workBeside(stopped);
      await breathe();
      throwIfAborted(this.#work.signal);
      stopped = !this.#beside && (this.#forecastIsDue() || this.#checkpointIsDue());
      const advances = await this.#session.advance(!stopped);
      if (advances.length === 0) {
        await this.#beside;
        if (this.#courses.every(({ finished }) => finished)) break;
      }
      if (this.#failure) throw this.#failure.error;
      for (const advance of advances) this.#courses[advance.model].take(advance, performance.now() - this.#began);
      if (performance.now() - this.#reported >= Math.max(REPORT_EVERY, Math.min(REPORT_LATEST, this.#reportMs / REPORT_PART))) this.#report();
    }
    // The answer holds all checkpoints.
    [this.#standing, this.#last] = [[], []];
    this.#report();
    return this.#courses.map((course) => course.trained());
  }

  /** Begins what is due beside the next blocks of steps. States of models that train are asked for before this returns. */
  #workBeside(stopped: boolean): void {
    if (this.#beside) return;
    const ended = this.#courses.filter((course) => course.ended && !course.finished);
    const work = [
      ...(stopped && this.#checkpointIsDue() ? [this.#checkpoint()] : []),
      ...(stopped && this.#forecastIsDue() ? [this.#forecastNewBest()] : []),
      ...(ended.length > 0 ? [this.#finish(ended)] : []),
    ];
    if (work.length === 0) return;
    this.#beside = Promise.all(work).then(() => {}, (error: unknown) => {
      this.#failure = { error };
    }).finally(() => {
      this.#beside = null;
    });
  }

  async #sideBySide(courses: readonly Course[], work: (course: Course) => Promise<void>): Promise<void> {
    for (let from = 0; from < courses.length; from += SIDE_BY_SIDE) {
      await Promise.all(courses.slice(from, from + SIDE_BY_SIDE).map(work));
      await this.#pause();
    }
  }

  async #finish(ended: readonly Course[]): Promise<void> {
    const read = async (): Promise<void> => {
      for (let left = ended; left.length > 0;) {
        const some = readable(left);
        left = left.slice(some.length);
        await Promise.all(some.map(async (course) => {
          course.checkpoint = await course.read();
          this.#last.push(course.checkpoint);
        }));
        await this.#pause();
      }
    };
    await Promise.all([this.#sideBySide(ended, (course) => course.forecast()), read()]);
    for (const course of ended) course.finished = true;
  }

  #forecastIsDue(): boolean {
    return !this.#onlyFinalForecasts && this.#forecastMs <= FORECAST_PART * (performance.now() - this.#began) && this.#courses.some(hasNewBest);
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

  /** Of as many as are read at once, those whose last one is the oldest. */
  async #checkpoint(): Promise<void> {
    this.#checkpointed = performance.now();
    const due = readable(this.#courses.filter(({ ended }) => !ended).toSorted((a, b) => a.readAt - b.readAt));
    const read = await Promise.all(due.map((course) => course.read()));
    this.#standing.push(...read);
    this.#checkpointMs = performance.now() - this.#checkpointed;
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
    // Those that have ended are kept for the answer.
    const transfer = this.#standing.flatMap(buffersOf);
    this.#work.onProgress({
      done: this.#courses.reduce((sum, course) => sum + course.done, 0), total: this.#total, unit: 'iterations',
      label: running.length > 0 && running.every(({ finishing }) => finishing) ? 'finishing on the newest steps' : 'training',
      stepsPerSecond: modelMs > 0 ? (1000 * steps) / modelMs : 0,
      models: this.#courses.map((course) => course.report()),
      checkpoints: [...this.#standing, ...this.#last],
    }, transfer);
    [this.#standing, this.#last] = [[], []];
    this.#reportMs = performance.now() - this.#reported;
  }
}

/** The first of these whose states may be read at once: one at least. */
function readable(courses: readonly Course[]): readonly Course[] {
  let bytes = 0;
  // Weights, best ones, and two moments of each.
  const end = courses.findIndex(({ problem }, i) => (bytes += 16 * weightCount(problem.network)) > MOST_READ && i > 0);
  return end < 0 ? courses : courses.slice(0, end);
}
