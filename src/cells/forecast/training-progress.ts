/** How far a training is, in the words of a progress bar. Pure. */
import type { TrainReport } from '../../../workers/contract.ts';
import { capital } from './finding.ts';

type Told = Pick<TrainReport, 'models' | 'done' | 'total' | 'stepsPerSecond'>;

/** "Training, 12 models", "Training, 9 of 12 models" when some have ended, "Training, one model for 12 layers" */
export function trainingLabel({ label, models }: Pick<TrainReport, 'label' | 'models'>, layers: number): string {
  const running = models.filter(({ ended }) => ended === null).length;
  const which = models.length > 1 ? `, ${running < models.length ? `${running} of ` : ''}${models.length} models` : layers > 1 ? `, one model for ${layers} layers` : '';
  return capital(label) + which;
}

/** Iterations of one model, since all go forward together: the mean of them, where those that ended early have done all. */
export function trainingProgress({ models, done, total, stepsPerSecond }: Told) {
  const running = models.filter(({ ended }) => ended === null).length;
  const each = (sum: number): number => Math.round(sum / Math.max(1, models.length));
  return {
    done: each(done), total: total === undefined ? undefined : each(total), unit: 'iterations' as const,
    perSecond: stepsPerSecond > 0 ? stepsPerSecond : undefined,
    // Only those that run have anything left to do, and each of them its share of it.
    leftMs: total === undefined || running === 0 || !(stepsPerSecond > 0) ? undefined : ((total - done) / running / stepsPerSecond) * 1000,
  };
}
