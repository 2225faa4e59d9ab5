import type { TraceInfo } from '../../../workers/contract.ts';
import { samplerNames, mostTrials } from '../../notebook/kinds/search-space.ts';
import type { SweepSettings } from '../../notebook/kinds/sweep.ts';
import type { SamplerName, SweepPlan } from '../../sweep/types.ts';
import { CheckField, NumberField, SelectField } from '../../ui/index.ts';
import { LayersField } from '../backtest/layers-field.tsx';
import { measureLooks } from '../backtest/measures.ts';
import { endStep } from '../../trace/recorded-span.ts';
import type { ChangeSettings } from '../use-settings.ts';
import { ElsewhereField } from './elsewhere-field.tsx';
import { resolveOrigin } from './plan.ts';

const samplerLabels: Readonly<Record<SamplerName, string>> = { grid: 'Grid', random: 'Random', sobol: 'Sobol', tpe: 'Bayesian (TPE)' };

export interface SweepControlsProps {
  readonly info: TraceInfo;
  readonly settings: SweepSettings;
  readonly change: ChangeSettings<'sweep'>;
}

export function SweepControls({ info, settings, change }: SweepControlsProps) {
  const first = info.firstStep + info.strideSteps;
  const last = endStep(info);
  return (
    <>
      <SelectField
        label="Sampler" help="Grid: all combinations. Random and Sobol: spread over the space, Sobol more evenly. TPE: learns from what was tried where to look next."
        value={settings.sampler} choices={samplerNames.map((value) => ({ value, label: samplerLabels[value] }))} onChange={(sampler) => change('sampler', { sampler })}
      />
      <NumberField label="Trials" help="Settings that are tried, at most." integer min={1} max={mostTrials} value={settings.trials} onCommit={(trials) => change('trials', { trials })} />
      <NumberField label="Origin" unit="step" help="The search sees nothing from this step on; the best setting is tested there." integer min={first} max={last} value={resolveOrigin(settings, info)} onCommit={(originStep) => change('origin', { originStep })} />
      <NumberField label="Horizon" unit="steps" help="How many steps ahead is forecast." integer min={1} max={Math.max(1, last - first)} value={settings.horizonSteps} onCommit={(horizonSteps) => change('horizon', { horizonSteps })} />
      <NumberField label="Inner origins" help="Origins before the origin at which every trial is judged; their horizons end before it." integer min={1} max={8} value={settings.innerOrigins} onCommit={(innerOrigins) => change('inner origins', { innerOrigins })} />
      <LayersField layers={settings.layers} info={info} onChange={(layers) => change('layers', { layers })} />
      <CheckField label="Successive halving" help="What is trained is judged after a few iterations, and only the best goes on (ASHA)." checked={settings.halving} onChange={(halving) => change('halving', { halving })} />
      {settings.halving && <NumberField label="Grace" unit="iterations" help="Training before a trial is first judged." integer min={10} max={5000} value={settings.grace} onCommit={(grace) => change('grace', { grace })} />}
      {settings.halving && <NumberField label="Reduction" help="One of so many goes on whenever trials are judged." integer min={2} max={10} value={settings.reduction} onCommit={(reduction) => change('reduction', { reduction })} />}
      {settings.halving && <NumberField label="Rungs" help="How often trials are judged before their end, at most: after the grace, then after reduction times as many iterations, and so on. More rungs cost less and err more." integer min={1} max={10} value={settings.rungs} onCommit={(rungs) => change('rungs', { rungs })} />}
      <NumberField label="Time at most" unit="s" help="No trial is begun after it; 0: any time." integer min={0} max={1_000_000} value={settings.budgetSeconds ?? 0} onCommit={(seconds) => change('time', { budgetSeconds: seconds > 0 ? seconds : null })} />
      <ElsewhereField info={info} elsewhere={settings.elsewhere} onChange={(elsewhere) => change('other trace', { elsewhere })} />
      <SelectField
        label="Judged by" value={settings.measure} choices={measureLooks.filter(({ measure }) => measure !== 'mase').map(({ measure, label }) => ({ value: measure as SweepPlan['measure'], label }))}
        onChange={(measure) => change('measure', { measure })}
      />
      <NumberField label="Seed" help="The same seed gives the same sweep." integer min={0} max={2 ** 32 - 1} value={settings.seed} onCommit={(seed) => change('seed', { seed })} />
    </>
  );
}
