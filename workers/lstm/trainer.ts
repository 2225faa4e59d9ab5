import { throwIfAborted } from '../../src/errors.ts';
import type { Checkpoint, LayerForecast, LossPoint, TrainedModel, TrainReport, TrainRequest } from '../contract.ts';
import { breathe, type Work } from '../serve.ts';
import { fromCheckpoint, toCheckpoint, type Standing } from './checkpoint.ts';
import type { Engine, Session } from './engine.ts';
import { initialWeights } from './network.ts';
import type { Problem } from './problem.ts';
import { problemOf } from './problems.ts';
import { FINISHING, nextPiece, searchEnd } from './schedule.ts';

/** Time between two reports, ms. */
const REPORT_EVERY = 200;
/** Time after which waiting messages (a cancel, say) are let in, ms. */
const BREATHE_EVERY = 30;
/** Forecasts of a new best are made during training only while they take at most this part of the time. */
const FORECAST_PART = 0.1;

/** One model of the request while it trains. */
interface Course {
  readonly model: number;
  readonly problem: Problem;
  readonly spec: TrainRequest['models'][number];
  /** Place in its session. */
  readonly at: number;
  standing: Standing;
  losses: LossPoint[];
  forecasts: readonly LayerForecast[];
  forecastMs: number;
  forecastAt: number;
  ended: TrainedModel['ended'] | null;
  elapsedMs: number;
}

/**
 * Trains every model of the request, as many at once as the engine takes. Reports at least every 250 ms where the engine
 * stops that often, and with a checkpoint at every validation.
 * Rejects with `cancelled` when the signal aborts, with `bad-setting` when a history is too short.
 */
export async function trainModels(request: TrainRequest, engine: Engine, work: Pick<Work<TrainReport>, 'signal' | 'onProgress'>): Promise<readonly TrainedModel[]> {
  const specs = request.models;
  const problems = specs.map((spec) => problemOf(spec, request));
  const total = specs.reduce((sum, { settings }) => sum + settings.iterations + FINISHING, 0);
  const trained: TrainedModel[] = [];
  let before = 0;
  for (let from = 0; from < specs.length; from += engine.modelsAtOnce) {
    const group = specs.slice(from, from + engine.modelsAtOnce);
    const courses = group.map((spec, at): Course => {
      const model = from + at;
      const checkpoint = request.resume?.find((one) => one.model === model);
      const standing = standingOf(problems[model], spec.seed, checkpoint);
      return {
        model, problem: problems[model], spec, at, standing, losses: [...standing.losses],
        forecasts: [], forecastMs: 0, forecastAt: -Infinity, ended: null, elapsedMs: 0,
      };
    });
    trained.push(...await trainGroup(courses, engine, work, { before, total }));
    before += group.reduce((sum, { settings }) => sum + settings.iterations + FINISHING, 0);
  }
  return trained;
}

function standingOf(problem: Problem, seed: number, checkpoint: Checkpoint | undefined): Standing {
  if (checkpoint) return fromCheckpoint(problem.network, checkpoint);
  const weights = initialWeights(problem.network, seed);
  const none = (): Float32Array => new Float32Array(weights.length);
  return {
    state: { iteration: 0, weights, first: none(), second: none() },
    bestWeights: weights, bestLoss: Infinity, bestIteration: 0, losses: [],
  };
}

async function trainGroup(
  courses: readonly Course[], engine: Engine, { signal, onProgress }: Pick<Work<TrainReport>, 'signal' | 'onProgress'>, counts: { before: number; total: number },
): Promise<readonly TrainedModel[]> {
  const session = engine.open(courses.map(({ problem, spec, standing }) => ({
    problem, seed: spec.seed, batchSize: spec.settings.batchSize, weightDecay: spec.settings.weightDecay, state: standing.state,
  })));
  const started = performance.now();
  const startIterations = courses.map(({ standing }) => standing.state.iteration);
  let breathed = started;
  let reported = -Infinity;

  const report = (course: Course, doneNow: number, checkpoint?: Checkpoint): void => {
    reported = performance.now();
    const iteration = course.standing.state.iteration + doneNow;
    const others = courses.filter((one) => one !== course).reduce((sum, one) => sum + progressOf(one, 0), 0);
    const seconds = (reported - started) / 1000;
    onProgress({
      done: counts.before + others + progressOf(course, doneNow), total: counts.total, unit: 'iterations',
      label: iteration > searchEnd(course.spec.settings, course.standing.bestIteration) ? 'finishing on the newest steps' : 'training',
      model: course.model,
      iterationsPerSecond: seconds > 0 ? (iteration - startIterations[course.at]) / seconds : 0,
      losses: [...course.losses],
      forecasts: course.forecasts,
      checkpoint,
    });
  };

  try {
    for (const course of courses) await firstLook(course, session);
    for (;;) {
      throwIfAborted(signal);
      const pieces = courses.flatMap((course) => {
        const piece = course.ended ? null : nextPiece(course.spec.settings, course.standing.state.iteration, course.standing.bestIteration);
        return piece ? [{ course, ...piece }] : [];
      });
      if (pieces.length === 0) break;
      const [leading] = pieces;
      const losses = await session.advance(
        pieces.map(({ course, phase, learningRates }) => ({ model: course.at, samples: phase === 'searching' ? 'training' : 'all', learningRates })),
        async (done) => {
          const now = performance.now();
          if (now - breathed >= BREATHE_EVERY) {
            await breathe();
            breathed = performance.now();
          }
          throwIfAborted(signal);
          if (now - reported >= REPORT_EVERY) report(leading.course, Math.min(done, leading.learningRates.length));
        },
      );
      for (const [i, { course, phase }] of pieces.entries()) {
        await look(course, phase, losses[i], session);
        course.elapsedMs = performance.now() - started;
        throwIfAborted(signal);
        report(course, 0, toCheckpoint(course.problem.network, course.model, course.standing));
      }
    }
    return await Promise.all(courses.map((course) => finish(course, session)));
  } finally {
    session.close();
  }
}

/** Iterations of its course that a model has behind it; all of them once it has ended. */
function progressOf({ spec: { settings }, standing, ended }: Course, doneNow: number): number {
  const all = settings.iterations + FINISHING;
  if (ended) return all;
  const { state, bestIteration } = standing;
  const end = searchEnd(settings, bestIteration);
  const iteration = state.iteration + doneNow;
  return Math.min(all, iteration > end ? settings.iterations + iteration - end : iteration);
}

/** The untrained weights are the first to beat: for the pooled form they are the base forecast. */
async function firstLook(course: Course, session: Session): Promise<void> {
  const { standing } = course;
  if (standing.bestLoss === Infinity) {
    course.standing = { ...standing, bestLoss: await session.validate(course.at, standing.bestWeights) };
  }
  await forecast(course, session);
}

/** After a piece of training: notices numbers that are none, a new best, the end of the search. */
async function look(course: Course, phase: 'searching' | 'finishing', train: number, session: Session): Promise<void> {
  const { settings } = course.spec;
  const state = await session.state(course.at);
  const good = Number.isFinite(train) && state.weights.every(Number.isFinite);
  const validation = good && phase === 'searching' ? await session.validate(course.at, state.weights) : NaN;
  if (!good || (phase === 'searching' && !Number.isFinite(validation))) {
    course.ended = 'diverged';
    return;
  }
  if (phase === 'finishing') {
    course.standing = { ...course.standing, state };
    return;
  }
  course.losses.push({ iteration: state.iteration, train, validation });
  const { bestLoss } = course.standing;
  const best = validation < bestLoss ? { bestWeights: state.weights, bestLoss: validation, bestIteration: state.iteration } : {};
  course.standing = { ...course.standing, ...best, state, losses: course.losses };
  if (validation < bestLoss && performance.now() - course.forecastAt > course.forecastMs / FORECAST_PART) await forecast(course, session);
  if (state.iteration >= searchEnd(settings, course.standing.bestIteration)) {
    const restored = { ...state, weights: course.standing.bestWeights };
    session.restore(course.at, restored);
    course.standing = { ...course.standing, state: restored };
  }
}

async function forecast(course: Course, session: Session): Promise<void> {
  const began = performance.now();
  course.forecasts = course.problem.forecasts(await session.answer(course.at, course.standing.bestWeights));
  course.forecastAt = performance.now();
  course.forecastMs = course.forecastAt - began;
}

/** The finished weights become the best ones. A course that diverged keeps the best it had. */
async function finish(course: Course, session: Session): Promise<TrainedModel> {
  const { spec: { settings }, standing } = course;
  if (!course.ended) {
    course.standing = { ...standing, bestWeights: standing.state.weights };
    course.ended = searchEnd(settings, standing.bestIteration) < settings.iterations ? 'no-improvement' : 'all-iterations';
  }
  await forecast(course, session);
  return {
    forecasts: course.forecasts,
    losses: course.losses,
    checkpoint: toCheckpoint(course.problem.network, course.model, course.standing),
    ended: course.ended,
    elapsedMs: course.elapsedMs,
  };
}
