/** A sweep as files. Pure. */
import { tableCsv } from '../../charts/table.ts';
import type { KeptSweep } from '../../notebook/sweep-result.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import type { Remarks } from './remarks.ts';

/** A row a trial and rung. Everything that makes a trial again stands in its row. */
export function sweepCsv(info: Pick<TraceInfo, 'name' | 'fingerprint'>, { plan, state, version, device }: KeptSweep, remarks: Remarks): string {
  return tableCsv({
    columns: ['trace', 'fingerprint', 'gatecast', 'device', 'origin', 'horizon', 'seed', 'trial', 'name', 'note', 'pinned', 'forecaster', 'settings', 'state', 'rung', 'iterations', plan.measure, 'ms'].map((label) => ({ label })),
    rows: () => state.trials.flatMap(({ id, forecaster, values, state: how, scores, elapsedMs }) => {
      const { name = '', note = '', pinned = false } = remarks.get(id) ?? {};
      return scores.map(({ rung, iterations, score }) => [
        info.name, info.fingerprint, version, device ?? '', plan.originStep, plan.horizonSteps, plan.seed, id, name, note, pinned ? 'pinned' : '', forecaster, JSON.stringify(values), how, rung, iterations, score, Math.round(elapsedMs),
      ]);
    }),
  });
}

/** Numbers that are not known are null. */
export function sweepJson({ name, fingerprint, layers }: Pick<TraceInfo, 'name' | 'fingerprint' | 'layers'>, { plan, state, ended, began, version, time, device }: KeptSweep, remarks: Remarks): string {
  return JSON.stringify({
    format: 'gatecast-sweep', version: 1, gatecast: version, began, time: time.toISOString(), device: device ?? null,
    trace: { name, fingerprint }, ended, plan: { ...plan, layers: plan.layers.map((layer) => layers[layer].name) },
    ...state, trials: state.trials.map((trial) => ({ ...trial, ...remarks.get(trial.id) })),
  }, null, 2);
}
