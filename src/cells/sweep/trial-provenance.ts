/** How a trial was made: enough to make it again. Pure. */
import { deviceWords } from '../../app/device-words.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import { forecasterOf } from '../../notebook/kinds/forecast.ts';
import type { SweepPlan, SweepTrial } from '../../sweep/types.ts';
import { formatCount } from '../../ui/index.ts';
import { listed } from './plan.ts';

/** What made a trial's last score, or that of a rung; undefined where it is not known. */
export function makingOf({ scores }: Pick<SweepTrial, 'scores'>, makings: readonly SweepMaking[], rung = scores.length - 1): SweepMaking | undefined {
  const making = scores[rung]?.making;
  return making === undefined ? undefined : makings[making];
}

/** "NVIDIA H100 (fused WebGPU engine)"; of forecasters that are not trained, that they were fitted. */
export function makerInWords({ forecaster }: Pick<SweepTrial, 'forecaster'>, { backend, engine, adapter }: SweepMaking): string {
  if (!isTrained(forecaster)) return 'the CPU (fitted, nothing was trained)';
  return backend === undefined ? 'not known' : deviceWords({ backend, engine, adapter });
}

/** When its last score came, as far as the time of the making and the time that the sweep ran say. */
export function madeAt({ atMs }: Pick<SweepTrial, 'atMs'>, { time, fromMs }: SweepMaking): Date {
  return new Date(new Date(time).getTime() + Math.max(0, atMs - fromMs));
}

/** Terms and what they are, as the panel lists them. @param fingerprint of the trace */
export function trialProvenance(plan: SweepPlan, trial: SweepTrial, fingerprint: string, makings: readonly SweepMaking[]): readonly (readonly [term: string, text: string])[] {
  const { forecaster, values, scores } = trial;
  const making = makingOf(trial, makings);
  const earlier = scores.slice(0, -1).flatMap((_, rung) => {
    const one = makingOf(trial, makings, rung);
    return one && making && (one.version !== making.version || makerInWords(trial, one) !== makerInWords(trial, making)) ? [`rung ${rung} on ${makerInWords(trial, one)}, Gatecast ${one.version}`] : [];
  });
  const trained = isTrained(forecaster);
  return [
    ['Forecaster', forecasterOf(forecaster).label],
    ['Settings', JSON.stringify(values)],
    ['Seed', String(plan.seed)],
    ['Judged at', `${plan.innerOrigins.length === 1 ? 'step' : 'steps'} ${listed(plan.innerOrigins)}, ${formatCount(plan.horizonSteps)} steps ahead, ${formatCount(plan.layers.length)} ${plan.layers.length === 1 ? 'layer' : 'layers'}`],
    ...(trained && scores.length > 0 ? [['Iterations', listed(scores.map(({ iterations }) => iterations))] as const] : []),
    ['Trace fingerprint', fingerprint],
    ['Made on', making ? makerInWords(trial, making) : 'not known: it was made by a version that did not keep it'],
    ...(trained && making?.variant !== undefined ? [['Kernels', making.variant] as const] : []),
    ...(earlier.length > 0 ? [['Earlier', earlier.join('; ')] as const] : []),
    ...(making ? [['Gatecast', making.version], ['Time', madeAt(trial, making).toISOString()]] as const : []),
  ];
}
