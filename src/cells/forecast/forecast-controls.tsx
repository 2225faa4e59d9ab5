import type { TraceInfo } from '../../../workers/contract.ts';
import type { Parameter } from '../../forecast/contract.ts';
import { usualLstmValues, type LstmForm } from '../../forecast/lstm.ts';
import { isTrained } from '../../forecast/trained.ts';
import { forecasterOf, forecasters, type ForecastSettings } from '../../notebook/kinds/forecast.ts';
import { Details, NumberField, SelectField, SliderField } from '../../ui/index.ts';
import { ExpertsField } from '../experts-field.tsx';
import { LayerField } from '../layer-field.tsx';
import { ParameterFields, type ParameterFieldsProps } from '../parameter-fields.tsx';
import type { ForecastSpan } from '../resolve.ts';
import { bandChoices } from './band.ts';
import type { ChangeSettings } from '../use-settings.ts';

export interface ForecastControlsProps {
  readonly info: TraceInfo;
  readonly settings: ForecastSettings;
  readonly layer: number;
  readonly experts: readonly number[];
  readonly span: ForecastSpan;
  readonly change: ChangeSettings<'forecast'>;
}

/** Whether the forecaster looks at a window that the cell sets. */
export const usesWindow = ({ forecaster }: ForecastSettings): boolean => forecasterOf(forecaster).parameters.some(({ id }) => id === 'windowSteps');

/** Fields for some of the chosen forecaster's own parameters. */
function OwnFields({ settings, change, parameters }: Pick<ForecastControlsProps, 'settings' | 'change'> & { readonly parameters: readonly Parameter[] }) {
  const values = settings.values[settings.forecaster] ?? {};
  const onChange: ParameterFieldsProps['onChange'] = ({ id, label }, value) => {
    // Another form of the LSTM trains for as long as is usual there.
    const usual = settings.forecaster === 'lstm' && id === 'form' ? usualLstmValues(value as LstmForm) : {};
    change(label.toLowerCase(), { values: { ...settings.values, [settings.forecaster]: { ...values, [id]: value, ...usual } } });
  };
  return <ParameterFields parameters={parameters} values={values} onChange={onChange} />;
}

/** Those of a forecaster without training that are rarely changed. */
export function rareParameters({ forecaster }: ForecastSettings): readonly Parameter[] {
  return isTrained(forecaster) ? [] : forecasterOf(forecaster).parameters.filter(({ advanced }) => advanced);
}

/** Those that stand with the other controls: of the LSTM, whose settings are many, its form alone. */
function mainParameters({ forecaster }: ForecastSettings): readonly Parameter[] {
  return forecasterOf(forecaster).parameters.filter(({ id, advanced }) => (forecaster === 'lstm' ? id === 'form' : id !== 'windowSteps' && !advanced));
}

export function ForecastControls(props: ForecastControlsProps) {
  const { info, settings, layer, experts, span, change } = props;
  const stride = info.strideSteps;
  return (
    <>
      <SelectField
        label="Forecaster"
        help={forecasterOf(settings.forecaster).help}
        value={settings.forecaster}
        choices={forecasters.map(({ id, label }) => ({ value: id, label }))}
        onChange={(value) => change('forecaster', { forecaster: value })}
      />
      <OwnFields settings={settings} change={change} parameters={mainParameters(settings)} />
      <LayerField info={info} layer={layer} onChange={(value) => change('layer', { layer: value })} />
      <SliderField
        label="Window" unit="steps" help="How many past steps the forecaster looks at." integer scale="log"
        min={stride} max={span.longestWindow} value={span.windowSteps} disabled={!usesWindow(settings)}
        onInput={(value) => change('window', { windowSteps: value })}
      />
      <SliderField
        label="Horizon" unit="steps" help="How many steps ahead is forecast." integer scale="log"
        min={stride} max={span.longestHorizon} value={span.horizonSteps}
        onInput={(value) => change('horizon', { horizonSteps: value })}
      />
      <SliderField
        label="Origin" unit="step" help="The forecast knows the steps before this one and nothing else." integer
        min={span.firstOrigin} max={span.lastOrigin} step={Math.max(stride, Math.round((span.lastOrigin - span.firstOrigin) / 400 / stride) * stride)} value={span.originStep}
        onInput={(value) => change('origin', { originStep: value })}
      />
      <SelectField
        label="Band" help="The band around the forecast is to hold the mean share of the horizon this often."
        value={String(settings.bandCoverage)} choices={bandChoices(settings.bandCoverage)}
        onChange={(value) => change('band', { bandCoverage: Number(value) })}
      />
      <ExpertsField experts={experts} count={info.layers[layer].experts} onChange={(value) => change('experts', { experts: value })} />
    </>
  );
}

/** Rarely changed parameters of a forecaster that needs no training. */
export function RareFields({ settings, change }: Pick<ForecastControlsProps, 'settings' | 'change'>) {
  return <div class="training-fields"><OwnFields settings={settings} change={change} parameters={rareParameters(settings)} /></div>;
}

/** A trained forecaster's own settings, all but the form, which stands with the other controls; rarely changed ones are folded away. */
export function TrainingFields(props: ForecastControlsProps) {
  const { settings, change } = props;
  const own = forecasterOf(settings.forecaster).parameters.filter(({ id }) => id !== 'form' && id !== 'windowSteps');
  const values = settings.values[settings.forecaster] ?? {};
  const rare = own.filter(({ advanced }) => advanced);
  const changed = rare.filter((parameter) => (values[parameter.id] ?? parameter.default) !== parameter.default).length;
  return (
    <>
      <div class="training-fields">
        <OwnFields settings={settings} change={change} parameters={own.filter(({ advanced }) => !advanced)} />
        <NumberField
          label="Seed" help="The number that all random choices are made from. The same seed on the same machine gives the same result."
          min={0} max={2 ** 32 - 1} integer value={settings.seed} onInput={(value) => change('seed', { seed: value })}
        />
      </div>
      {rare.length > 0 && (
        <div class="training-more">
          <Details summary={changed > 0 ? `More settings, ${changed} changed` : 'More settings'}>
            <div class="training-fields"><OwnFields settings={settings} change={change} parameters={rare} /></div>
          </Details>
        </div>
      )}
    </>
  );
}
