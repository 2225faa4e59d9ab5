import type { TraceInfo } from '../../../workers/contract.ts';
import { lstmParameters } from '../../forecast/lstm.ts';
import type { ForecasterId, ForecastSettings } from '../../notebook/kinds/forecast.ts';
import { Details, NumberField, SelectField, SliderField } from '../../ui/index.ts';
import { ExpertsField } from '../experts-field.tsx';
import { LayerField } from '../layer-field.tsx';
import { ParameterFields, type ParameterFieldsProps } from '../parameter-fields.tsx';
import type { ForecastSpan } from '../resolve.ts';
import type { ChangeSettings } from '../use-settings.ts';

export const forecasterNames: Record<ForecasterId, string> = {
  'last-value': 'Last value',
  'sliding-average': 'Sliding average',
  lstm: 'LSTM',
};

export interface ForecastControlsProps {
  readonly info: TraceInfo;
  readonly settings: ForecastSettings;
  readonly layer: number;
  readonly experts: readonly number[];
  readonly span: ForecastSpan;
  readonly change: ChangeSettings<'forecast'>;
}

const lstmValue = (settings: ForecastSettings, id: string): number | string | undefined => settings.values['lstm']?.[id];

const changeLstm = (props: ForecastControlsProps, label: string, id: string, value: number | string): void =>
  props.change(label.toLowerCase(), { values: { ...props.settings.values, lstm: { ...props.settings.values['lstm'], [id]: value } } });

export function ForecastControls(props: ForecastControlsProps) {
  const { info, settings, layer, experts, span, change } = props;
  const stride = info.strideSteps;
  const form = lstmParameters.find((parameter) => parameter.id === 'form');
  return (
    <>
      <SelectField<ForecasterId>
        label="Forecaster"
        value={settings.forecaster}
        choices={(Object.keys(forecasterNames) as ForecasterId[]).map((id) => ({ value: id, label: forecasterNames[id] }))}
        onChange={(value) => change('forecaster', { forecaster: value })}
      />
      {settings.forecaster === 'lstm' && form?.kind === 'choice' && (
        <SelectField label={form.label} help={form.help} value={String(lstmValue(settings, 'form') ?? form.default)} choices={form.choices} onChange={(value) => changeLstm(props, form.label, 'form', value)} />
      )}
      <LayerField info={info} layer={layer} onChange={(value) => change('layer', { layer: value })} />
      <SliderField
        label="Window" unit="steps" help="How many past steps the forecaster looks at." integer scale="log"
        min={stride} max={span.longestWindow} value={span.windowSteps} disabled={settings.forecaster === 'last-value'}
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
      <ExpertsField experts={experts} count={info.layers[layer].experts} onChange={(value) => change('experts', { experts: value })} />
    </>
  );
}

/** The LSTM's own settings, all but its form, which stands with the other controls; rarely changed ones are folded away. */
export function TrainingFields(props: ForecastControlsProps) {
  const { settings, change } = props;
  const own = lstmParameters.filter(({ id }) => id !== 'form' && id !== 'windowSteps');
  const values = settings.values['lstm'] ?? {};
  const onChange: ParameterFieldsProps['onChange'] = (parameter, value) => changeLstm(props, parameter.label, parameter.id, value);
  const rare = own.filter(({ advanced }) => advanced);
  const changed = rare.filter((parameter) => (values[parameter.id] ?? parameter.default) !== parameter.default).length;
  return (
    <>
      <div class="training-fields">
        <ParameterFields parameters={own.filter(({ advanced }) => !advanced)} values={values} onChange={onChange} />
        <NumberField
          label="Seed" help="The number that all random choices are made from. The same seed on the same machine gives the same result."
          min={0} max={2 ** 32 - 1} integer value={settings.seed} onInput={(value) => change('seed', { seed: value })}
        />
      </div>
      {rare.length > 0 && (
        <div class="training-more">
          <Details summary={changed > 0 ? `More settings, ${changed} changed` : 'More settings'}>
            <div class="training-fields"><ParameterFields parameters={rare} values={values} onChange={onChange} /></div>
          </Details>
        </div>
      )}
    </>
  );
}
