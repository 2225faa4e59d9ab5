import type { TraceInfo } from '../../../workers/contract.ts';
import { isTrained } from '../../forecast/trained.ts';
import { updateOnly, usualForecasters, type BacktestSettings } from '../../notebook/kinds/backtest.ts';
import { offeredContenders } from '../../notebook/kinds/contenders.ts';
import { Button, CheckField, Details, NumberField, SelectField } from '../../ui/index.ts';
import { endStep } from '../../trace/recorded-span.ts';
import type { ChangeSettings } from '../use-settings.ts';
import { LayersField } from './layers-field.tsx';
import { resolveOrigins } from './plan.ts';

type RefitPolicy = 'always' | 'some' | 'once';
const refitPolicies = [
  { value: 'always', label: 'At every origin' }, { value: 'some', label: 'At every few origins' }, { value: 'once', label: 'At the first origin alone' },
] as const satisfies readonly { readonly value: RefitPolicy; readonly label: string }[];
const refitEveryOf: Readonly<Record<RefitPolicy, number>> = { always: 1, some: 4, once: updateOnly };

function refitPolicy({ refitEvery }: BacktestSettings): RefitPolicy {
  if (refitEvery === 1) return 'always';
  return refitEvery >= updateOnly ? 'once' : 'some';
}

export interface BacktestControlsProps {
  readonly info: TraceInfo;
  readonly settings: BacktestSettings;
  readonly change: ChangeSettings<'backtest'>;
}

export function BacktestControls({ info, settings, change }: BacktestControlsProps) {
  const origins = resolveOrigins(settings, info);
  const first = info.firstStep + info.strideSteps;
  const last = endStep(info);
  const longest = Math.max(1, last - first);
  const [short, long = 0] = settings.horizons;
  return (
    <>
      <NumberField label="First origin" unit="step" help="The first forecast knows the steps before this one and nothing else." integer min={first} max={last} value={origins.firstOriginStep} onCommit={(value) => change('first origin', { firstOriginStep: value })} />
      <NumberField label="Last origin" unit="step" help="No origin lies after this one." integer min={first} max={last} value={origins.lastOriginStep} onCommit={(value) => change('last origin', { lastOriginStep: value })} />
      <NumberField label="Every" unit="steps" help="Distance from origin to origin." integer min={info.strideSteps} max={longest} value={origins.everySteps} onCommit={(value) => change('distance of origins', { everySteps: value })} />
      <NumberField label="Horizon" unit="steps" help="How many steps ahead is forecast." integer min={1} max={longest} value={short} onCommit={(value) => change('horizon', { horizons: long > 0 ? [value, long] : [value] })} />
      <NumberField label="Second horizon" unit="steps" help="A longer or shorter horizon that is compared as well; 0: none." integer min={0} max={longest} value={long} onCommit={(value) => change('second horizon', { horizons: value > 0 ? [short, value] : [short] })} />
      <LayersField layers={settings.layers} info={info} onChange={(value) => change('layers', { layers: value })} />
      <SelectField
        label="Fitted anew" help="Forecasters that are not take in what came and keep their coefficients and choices, where they can; the ridges and the combination cannot."
        value={refitPolicy(settings)} choices={refitPolicies} onChange={(policy) => change('refit', { refitEvery: refitEveryOf[policy] })}
      />
      {refitPolicy(settings) === 'some' && (
        <NumberField label="Refit every" unit="origins" help="Origins from one fit to the next." integer min={2} max={updateOnly - 1} value={settings.refitEvery} onCommit={(value) => change('refit', { refitEvery: value })} />
      )}
      <NumberField label="Coverage" unit="%" help="The share of truths that intervals should hold." min={50} max={99} value={Number((settings.coverage * 100).toFixed(2))} onCommit={(value) => change('coverage', { coverage: value / 100 })} />
      {offeredContenders.some(({ key, id }) => settings.forecasters.includes(key) && isTrained(id)) && (
        <NumberField label="Seed" help="Of what is trained: the same seed gives the same networks." integer min={0} max={2 ** 32 - 1} value={settings.seed} onCommit={(value) => change('seed', { seed: value })} />
      )}
    </>
  );
}

/** Which forecasters take part, each with its usual settings. */
export function ForecasterChecks({ settings, change }: Pick<BacktestControlsProps, 'settings' | 'change'>) {
  const chosen = settings.forecasters;
  const set = (ids: readonly string[]): void => change('forecasters', { forecasters: ids });
  return (
    <div class="backtest-forecasters">
      <Details summary={`Forecasters, ${chosen.length} of ${offeredContenders.length}`}>
        <div class="backtest-checks" role="group" aria-label="Forecasters that take part">
          {offeredContenders.map(({ key, label, help }) => (
            <CheckField
              key={key} label={label} help={help} checked={chosen.includes(key)}
              onChange={(checked) => set(checked ? [...chosen, key] : chosen.filter((one) => one !== key))}
            />
          ))}
        </div>
        <div class="export-buttons">
          <Button onClick={() => set(usualForecasters)}>The usual ones</Button>
          <Button onClick={() => set(offeredContenders.map(({ key }) => key))}>All</Button>
        </div>
      </Details>
    </div>
  );
}
