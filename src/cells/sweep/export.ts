/** A sweep as files. Pure. */
import { tableCsv } from '../../charts/table.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { SweepMaking } from '../../notebook/kinds/sweep-making.ts';
import type { KeptSweep } from '../../notebook/sweep-result.ts';
import type { SweepTrial } from '../../sweep/types.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import type { Remarks } from './remarks.ts';
import { makerInWords, makingOf } from './trial-provenance.ts';

/** A row a trial and rung. Everything that makes a trial again stands in its row. */
export function sweepCsv(info: Pick<TraceInfo, 'name' | 'fingerprint'>, { plan, state, makings }: KeptSweep, remarks: Remarks): string {
  return tableCsv({
    columns: ['trace', 'fingerprint', 'gatecast', 'device', 'kernels', 'made since', 'origin', 'horizon', 'seed', 'trial', 'name', 'note', 'pinned', 'forecaster', 'settings', 'state', 'rung', 'iterations', plan.measure, 'ms'].map((label) => ({ label })),
    rows: () => state.trials.flatMap((trial) => {
      const { id, forecaster, values, state: how, scores, elapsedMs } = trial;
      const { name = '', note = '', pinned = false } = remarks.get(id) ?? {};
      return scores.map(({ rung, iterations, score }, place) => [
        info.name, info.fingerprint, ...madeIn(trial, makings, place), plan.originStep, plan.horizonSteps, plan.seed, id, name, note, pinned ? 'pinned' : '', forecaster, JSON.stringify(values), how, rung, iterations, score, Math.round(elapsedMs),
      ]);
    }),
  });
}

/** Version, device, kernels, and since when they made what came; empty where it is not known. */
function madeIn(trial: SweepTrial, makings: readonly SweepMaking[], rung: number): readonly string[] {
  const making = makingOf(trial, makings, rung);
  if (!making) return ['', '', '', ''];
  return [making.version, makerInWords(trial, making), isTrained(trial.forecaster) ? making.variant ?? '' : '', making.time];
}

/** Numbers that are not known are null. Scores name their making by its place. */
export function sweepJson({ name, fingerprint, layers }: Pick<TraceInfo, 'name' | 'fingerprint' | 'layers'>, { plan, state, ended, began, makings, version, time, device }: KeptSweep, remarks: Remarks): string {
  return JSON.stringify({
    format: 'gatecast-sweep', version: 1, gatecast: version, began, time: time.toISOString(), device: device ?? null,
    trace: { name, fingerprint }, ended, plan: { ...plan, layers: plan.layers.map((layer) => layers[layer].name) },
    makings, ...state, trials: state.trials.map((trial) => ({ ...trial, ...remarks.get(trial.id) })),
  }, null, 2);
}
