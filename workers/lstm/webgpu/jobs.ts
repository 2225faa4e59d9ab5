/** What the kernels are told of a model: its job in a launch, and where it stands. */
import type { Phase } from '../course.ts';
import { dropThreshold } from '../draws.ts';
import type { Entry, ModelState } from '../engine.ts';
import type { Placed } from './data.ts';
import { noLoss, noPatience, schedules, type jobFields, type stateFields } from './structs.ts';

/** Where a model stands, as the kernels keep it. */
export type Standing = Record<(typeof stateFields)[number][0], number>;

export type Job = Partial<Record<(typeof jobFields)[number][0], number>>;

/** A model's standing at the start of a phase, of what is told of it outside. */
export function standingOf({ iteration, bestLoss, bestIteration, rateScale, cutAt }: Omit<ModelState, 'weights' | 'first' | 'second' | 'bestWeights'>): Standing {
  return {
    iteration, ended: 0, best: Math.min(bestLoss, noLoss), bestAt: bestIteration, scale: rateScale, cutAt,
    lossSum: 0, lossSteps: 0, improved: 0, looks: 0, spare0: 0, spare1: 0,
  };
}

/** @param model its place among the weights of its group @param phase none for looks and forecasts from outside */
export function jobOf({ examples, drawing, update }: Entry, placed: ReadonlyMap<Entry['examples'], Placed>, model: number, phase: Phase | null | undefined): Job {
  const schedule = phase?.schedule ?? { kind: 'constant' };
  return {
    ...placed.get(examples),
    model, seed: drawing.seed, shuffled: drawing.order === 'shuffled' ? 1 : 0,
    series: examples.series, hop: examples.hop, targetHop: examples.targetHop, channels: examples.channels,
    bound: Math.min(examples.clip, noLoss),
    rate: update.learningRate, decay: update.weightDecay, coupled: update.decay === 'coupled' ? 1 : 0, clip: update.clipNorm,
    dropInput: dropThreshold(update.inputDropout), keepInput: 1 / (1 - update.inputDropout),
    dropLayer: dropThreshold(update.layerDropout), keepLayer: 1 / (1 - update.layerDropout),
    first: phase?.samples.from ?? 0, samples: phase?.samples.count ?? 1, start: phase?.from ?? 0, end: phase?.until ?? 0,
    schedule: schedules[schedule.kind],
    over: 'over' in schedule ? schedule.over : 1,
    floor: schedule.kind === 'cosine' ? schedule.floor : schedule.kind === 'plateau' ? schedule.factor : 0,
    plateau: schedule.kind === 'plateau' ? schedule.patience : 0,
    patience: phase?.patience ?? noPatience,
  };
}
