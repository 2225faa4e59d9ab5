/** Makes one trial of a sweep again, as the sweep made it, and judges it at the same origins. */
import type { DeviceInfo } from '../../workers/contract.ts';
import { GatecastError } from '../errors.ts';
import { isTrained } from '../forecast/trained.ts';
import type { Progress } from '../progress.ts';
import { rungsOfPlan } from '../sweep/rungs.ts';
import type { SweepPlan, SweepTrial } from '../sweep/types.ts';
import { openOrThrow, workersHere, type ComparisonWorkers } from './comparison-run.ts';
import { dealtTrace } from './dealt-trace.ts';
import type { Gathering } from './origin-knowledge.ts';
import type { DevicePreference } from './runs.ts';
import type { Session } from './session.ts';
import { SpareGpu } from './spare-gpu.ts';
import { SweepJudge } from './sweep-judge.ts';
import { SweepTrainer } from './sweep-trainer.ts';

export interface Replayed {
  /** Mean error over layers at each inner origin; NaN where the numbers broke; empty where it could not be made. */
  readonly byOrigin: readonly number[];
  /** Why it failed. */
  readonly problem?: string;
  /** What trained; undefined where nothing was. */
  readonly device?: DeviceInfo;
}

export interface ReplayOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** On the open trace; rejects with what went wrong or `cancelled`. */
export type ReplayTrial = (plan: SweepPlan, trial: SweepTrial, options: ReplayOptions) => Promise<Replayed>;

/** @param prefer the device that trains, asked at the start of each */
export function createReplayTrial(
  { trace, workers }: { readonly trace: Session['trace']; readonly workers: Pick<Session['workers'], 'trace'> },
  prefer: () => DevicePreference,
  own: ComparisonWorkers = workersHere(),
): ReplayTrial {
  const spare = new SpareGpu(own.startGpu);

  async function trainAgain(plan: SweepPlan, trial: SweepTrial, gathering: Gathering, judge: SweepJudge, onProgress: ReplayOptions['onProgress']): Promise<Replayed> {
    const { signal } = gathering;
    const preferred = prefer();
    const client = spare.take(preferred);
    let device: DeviceInfo | undefined;
    const trainer = new SweepTrainer(plan, { client, device: { prefer: preferred, signal, onDevice: (used) => { device = used; } }, gathering, judge, onRecovered() {} });
    try {
      const [{ byOrigin, problem }] = await trainer.train([{ trial, pauseAt: pauseOf(trial, plan), checkpoints: [] }], plan.innerOrigins, ({ done, total }) => (
        onProgress({ done, total, unit: 'iterations', label: 'training again' })
      ));
      spare.keep(client, preferred);
      return { byOrigin, device, ...(problem === undefined ? {} : { problem }) };
    } catch (error) {
      client.kill();
      throw error;
    }
  }

  return async (plan, trial, { signal, onProgress }) => {
    const info = openOrThrow(trace.peek());
    const dealt = dealtTrace(workers.trace, info, plan.layers, own);
    const gathering = dealt.gathering(signal);
    const judge = new SweepJudge(gathering, plan);
    try {
      return isTrained(trial.forecaster) ? await trainAgain(plan, trial, gathering, judge, onProgress) : { byOrigin: await judge.fitted(trial.forecaster, trial.values, plan.innerOrigins) };
    } catch (error) {
      if (!(error instanceof GatecastError) || error.code !== 'bad-setting') throw error;
      return { byOrigin: [], problem: error.message };
    } finally {
      dealt.end();
    }
  };
}

/** Iterations after which the trial was last judged; null: at its end. */
function pauseOf({ scores }: SweepTrial, plan: SweepPlan): number | null {
  const rungs = rungsOfPlan(plan);
  const rung = Math.max(0, scores.length - 1);
  return rung < rungs.length - 1 ? rungs[rung] : null;
}
