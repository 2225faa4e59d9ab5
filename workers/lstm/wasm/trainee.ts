/** One model of a session while it trains: its steps and looks as a course of small pieces of work. */
import { BETA1, BETA2, biasCorrection, EPSILON, judge, rateOf, type Phase, type PhaseEnd, type Search } from '../course.ts';
import { draw } from '../draws.ts';
import { VALIDATE_EVERY, type Advance, type Entry, type Look, type ModelState } from '../engine.ts';
import { forecastCount, tensors, weightCount, type WeightTensor } from '../network.ts';
import type { Instance } from './kernels.ts';
import type { Passes } from './passes.ts';

/** Where a model's flat arrays are kept. */
export interface Place {
  readonly weights: number;
  readonly first: number;
  readonly second: number;
}

/** What the models of a session share. */
export interface Room {
  readonly instance: Instance;
  /** Flat gradient of the model that is in the middle of a step. */
  readonly gradient: number;
  /** Flat weights that are read once. */
  readonly borrowed: number;
  /** Whose weights are packed. */
  packed: Trainee | null;
}

export class Trainee {
  readonly #entry: Entry;
  readonly #passes: Passes;
  readonly #room: Room;
  readonly #place: Place;
  readonly #tensors: readonly WeightTensor[];
  readonly #best: Float32Array;
  #iteration: number;
  #search: Search;
  #phase: Phase | null = null;
  /** Why the newest phase ended. */
  #end: PhaseEnd = 'running';
  /** Losses of the batches since the last look. */
  #lossSum = 0;
  #lossCount = 0;
  #looks: Look[] = [];

  constructor(entry: Entry, passes: Passes, room: Room, place: Place) {
    const { iteration, bestWeights, bestLoss, bestIteration, rateScale, cutAt } = entry.state;
    this.#entry = entry;
    this.#passes = passes;
    this.#room = room;
    this.#place = place;
    this.#tensors = tensors(entry.network);
    this.#best = bestWeights.slice();
    this.#iteration = iteration;
    this.#search = { bestLoss, bestIteration, rateScale, cutAt };
    this.#view(place.weights).set(entry.state.weights);
    this.#view(place.first).set(entry.state.first);
    this.#view(place.second).set(entry.state.second);
  }

  get running(): boolean {
    return this.#phase !== null;
  }

  begin(phase: Phase, fromBest: boolean): void {
    this.#phase = phase;
    this.#end = 'running';
    this.#looks = [];
    this.#forgetLosses();
    if (!fromBest) return;
    this.#view(this.#place.weights).set(this.#best);
    this.#weightsChanged();
  }

  /** Trains until the next look, and takes it, a piece of work at a time. */
  *toLook(): Generator<void, void> {
    const phase = this.#phase!;
    if (this.#iteration >= phase.until) return this.#finish('limit');
    do yield* this.#step(phase);
    while ((this.#iteration - phase.from) % VALIDATE_EVERY !== 0 && this.#iteration !== phase.until);
    const train = this.#lossSum / this.#lossCount;
    this.#forgetLosses();
    const validated = phase.patience === null ? { validation: NaN, parts: [] } : yield* this.#validate();
    this.#looks.push({ iteration: this.#iteration, train, ...validated });
    if (!Number.isFinite(train)) return this.#finish('diverged');
    if (phase.patience === null) return this.#finish(this.#iteration >= phase.until ? 'limit' : 'running');
    const { search, end } = judge(this.#search, phase, this.#iteration, validated.validation);
    if (search.bestLoss < this.#search.bestLoss) this.keep();
    this.#search = search;
    return this.#finish(end);
  }

  /** How it came along since the last call. */
  report(model: number): Advance {
    const { bestLoss, bestIteration } = this.#search;
    const looks = this.#looks;
    this.#looks = [];
    return { model, iteration: this.#iteration, end: this.#end, bestLoss, bestIteration, looks };
  }

  state(): ModelState {
    const { weights, first, second } = this.#place;
    return {
      ...this.#search, iteration: this.#iteration,
      weights: this.#view(weights).slice(), first: this.#view(first).slice(), second: this.#view(second).slice(), bestWeights: this.#best.slice(),
    };
  }

  look(): Look {
    const course = this.#validate();
    let piece = course.next();
    while (!piece.done) piece = course.next();
    const { validation, parts } = piece.value;
    if (this.#search.bestLoss === Infinity && Number.isFinite(validation)) {
      this.keep();
      this.#search = { ...this.#search, bestLoss: validation, bestIteration: this.#iteration };
    }
    return { iteration: this.#iteration, train: NaN, validation, parts };
  }

  keep(): void {
    this.#best.set(this.#view(this.#place.weights));
  }

  forecast(): Float32Array {
    const { network, examples } = this.#entry;
    const count = forecastCount(network);
    const { borrowed } = this.#room;
    this.#view(borrowed).set(this.#best);
    this.#room.packed = null;
    this.#passes.pack(borrowed);
    const found = new Float32Array(examples.queries.length * count);
    for (const { from, count: rows } of this.#passes.pieces(examples.queries.length)) {
      this.#passes.gather(examples, examples.queries.subarray(from, from + rows), false);
      this.#passes.forward(rows, from, null);
      this.#passes.forecasts(rows, found.subarray(from * count));
    }
    return found;
  }

  /** One training step, a piece of its batch at a time. */
  *#step(phase: Phase): Generator<void, void> {
    const { examples, drawing: { order, seed, batchSize }, update: { inputDropout, layerDropout } } = this.#entry;
    const { gradient } = this.#room;
    const step = this.#iteration + 1;
    const dropping = { seed, step, inputDropout, layerDropout };
    const samples = Uint32Array.from({ length: batchSize }, (_, row) => phase.samples.from + draw(order, seed, step, row, batchSize, phase.samples.count));
    this.#view(gradient).fill(0);
    let sum = 0;
    for (const { from, count } of this.#passes.pieces(batchSize)) {
      this.#pack();
      this.#passes.gather(examples, samples.subarray(from, from + count), true);
      this.#passes.forward(count, from, dropping);
      for (const loss of this.#passes.losses(count, batchSize)) sum += loss;
      this.#passes.backward(count, from, dropping, gradient);
      yield;
    }
    this.#update(rateOf(this.#entry.update, phase, step, this.#search.rateScale), step);
    this.#lossSum += sum / batchSize;
    this.#lossCount++;
    this.#iteration = step;
  }

  #update(rate: number, step: number): void {
    const { weightDecay, decay, clipNorm } = this.#entry.update;
    const { gradient, instance: { kernels } } = this.#room;
    const { weights, first, second } = this.#place;
    const norm = Math.sqrt(kernels.squaredNorm(gradient, this.#best.length));
    const clip = clipNorm > 0 ? Math.min(1, clipNorm / norm) : 1;
    for (const { offset, size, decays } of this.#tensors) {
      const at = offset * 4;
      kernels.adam(
        weights + at, first + at, second + at, gradient + at, size,
        clip, decays && decay === 'coupled' ? weightDecay : 0, decays && decay === 'decoupled' ? 1 - rate * weightDecay : 1,
        BETA1, 1 - BETA1, BETA2, 1 - BETA2, rate / biasCorrection(BETA1, step), 1 / biasCorrection(BETA2, step), EPSILON,
      );
    }
    this.#weightsChanged();
  }

  /** Mean loss of the newest weights on the validation samples, and by part of them. */
  *#validate(): Generator<void, Pick<Look, 'validation' | 'parts'>> {
    const { validation, parts } = this.#entry.examples;
    const losses = new Float64Array(validation.length);
    for (const { from, count } of this.#passes.pieces(validation.length)) {
      this.#pack();
      this.#passes.gather(this.#entry.examples, validation.subarray(from, from + count), true);
      this.#passes.forward(count, from, null);
      losses.set(this.#passes.losses(count, count), from);
      yield;
    }
    const mean = (from: number, to: number): number => losses.subarray(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from);
    return { validation: mean(0, losses.length), parts: parts.map((end, part) => mean(part > 0 ? parts[part - 1] : 0, end)) };
  }

  /** After another model has worked, or a new step. */
  #pack(): void {
    if (this.#room.packed === this) return;
    this.#passes.pack(this.#place.weights);
    this.#room.packed = this;
  }

  #weightsChanged(): void {
    if (this.#room.packed === this) this.#room.packed = null;
  }

  #forgetLosses(): void {
    this.#lossSum = 0;
    this.#lossCount = 0;
  }

  #finish(end: PhaseEnd): void {
    this.#end = end;
    if (end !== 'running') this.#phase = null;
  }

  #view(at: number): Float32Array {
    return new Float32Array(this.#room.instance.buffer, at, weightCount(this.#entry.network));
  }
}
