import type { Checkpoint, HorizonForecast, LossPoint, ModelReport, ModelSpec, TrainedModel } from '../contract.ts';
import { toCheckpoint, type Standing } from './checkpoint.ts';
import type { Advance, Look, Session } from './engine.ts';
import type { Problem } from './problem.ts';
import { courseLength, holdsBack, nextValidation, phaseAfter, searchEnd } from './schedule.ts';

/** One model on its way through a training: which phase it is in, what it was seen to do, how it ended. */
export class Course {
  readonly model: number;
  readonly spec: ModelSpec;
  readonly problem: Problem;
  /** null while it trains. */
  ended: TrainedModel['ended'] | null = null;
  finishing = false;
  elapsedMs = 0;
  /** Whether the best weights are newer than the forecasts, and when those were made. */
  outdated = true;
  forecastAt = -Infinity;
  /** When its state was last read. */
  readAt = -Infinity;
  /** Set once it has ended. */
  checkpoint: Checkpoint | null = null;
  /** Whether it has ended, and its last forecasts and its checkpoint are there. */
  finished = false;
  readonly #session: Session;
  readonly #first: Standing;
  /** Iteration that its search pauses at; Infinity: it does not. */
  readonly #pauseAt: number;
  #iteration: number;
  #bestIteration: number;
  #losses: readonly LossPoint[];
  /** Points that were reported. */
  #reported = 0;
  #forecasts: readonly HorizonForecast[] = [];

  constructor(model: number, spec: ModelSpec, problem: Problem, first: Standing, session: Session) {
    this.model = model;
    this.spec = spec;
    this.problem = problem;
    this.#session = session;
    this.#first = first;
    this.#pauseAt = nextValidation(spec.pauseAt ?? Infinity);
    this.#iteration = first.state.iteration;
    this.#bestIteration = first.state.bestIteration;
    this.#losses = first.losses;
  }

  /** The untrained weights are the first to beat: for the pooled form they are the base forecast. */
  async start(): Promise<void> {
    const { state: { bestLoss }, diverged } = this.#first;
    if (diverged) this.ended = 'diverged';
    else {
      if (bestLoss === Infinity) {
        const look = await this.#session.look(this.model);
        this.#bestIteration = this.#iteration;
        if (Number.isFinite(look.validation)) this.#losses = [...this.#losses, this.#point(look)];
      }
      this.#beginNext();
    }
  }

  /** @param elapsedMs since training began */
  take({ iteration, end, bestIteration, looks }: Advance, elapsedMs: number): void {
    this.#iteration = iteration;
    this.elapsedMs = elapsedMs;
    if (bestIteration !== this.#bestIteration) this.outdated = true;
    this.#bestIteration = bestIteration;
    const points = looks.filter(({ train, validation }) => Number.isFinite(train) && Number.isFinite(validation)).map((look) => this.#point(look));
    if (points.length > 0) this.#losses = [...this.#losses, ...points];
    if (end === 'diverged') this.ended = 'diverged';
    else if (end !== 'running') this.#beginNext();
  }

  #beginNext(): void {
    const { spec: { settings }, problem: { examples } } = this;
    const next = phaseAfter(settings, examples, this.#iteration, { bestIteration: this.#bestIteration }, this.#pauseAt);
    if (next === 'paused') {
      this.ended = 'paused';
      return;
    }
    if (next) {
      this.finishing = next.phase.patience === null;
      this.#session.begin(this.model, next.phase, next.fromBest);
      return;
    }
    // A course that was resumed at its end has kept them before.
    if (this.finishing || !holdsBack(examples)) this.#session.keep(this.model);
    this.outdated = true;
    this.ended = holdsBack(examples) && searchEnd(settings, this.#bestIteration) < settings.iterations ? 'no-improvement' : 'all-iterations';
  }

  #point({ iteration, train, validation, parts }: Look): LossPoint {
    return { iteration, train, validation, parts: parts.length === this.spec.layers.length ? parts : [] };
  }

  async forecast(): Promise<void> {
    if (!this.outdated) return;
    this.outdated = false;
    this.#forecasts = this.problem.forecasts(await this.#session.forecast(this.model));
    this.forecastAt = performance.now();
  }

  /** As it is now, however far it gets until its state was read. */
  async read(): Promise<Checkpoint> {
    const [losses, diverged] = [this.#losses, this.ended === 'diverged'];
    this.readAt = performance.now();
    return toCheckpoint(this.problem.network, this.model, { state: await this.#session.state(this.model), losses, diverged });
  }

  /** Iterations of the whole course at most. */
  get total(): number {
    return courseLength(this.spec.settings, this.problem.examples, this.#pauseAt);
  }

  /** Training steps done here, without those before a checkpoint. */
  get steps(): number {
    return this.#iteration - this.#first.state.iteration;
  }

  /** Iterations of the course that lie behind; all of them once it has ended. */
  get done(): number {
    const { iterations } = this.spec.settings;
    if (this.ended) return this.total;
    // One that was to pause may end its search before, and finish.
    return this.finishing ? Math.min(this.total, iterations + this.#iteration - searchEnd(this.spec.settings, this.#bestIteration)) : this.#iteration;
  }

  report(): ModelReport {
    const firstPoint = this.#reported;
    this.#reported = this.#losses.length;
    return {
      model: this.model, iteration: this.#iteration, losses: this.#losses.slice(firstPoint), firstPoint, forecasts: this.#forecasts,
      ended: this.finished ? this.ended : null,
    };
  }

  /** Of a course that has ended. */
  trained(): TrainedModel {
    return { forecasts: this.#forecasts, losses: this.#losses, checkpoint: this.checkpoint!, ended: this.ended!, elapsedMs: this.elapsedMs };
  }
}
