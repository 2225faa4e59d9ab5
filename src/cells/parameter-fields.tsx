import type { Parameter, ParameterValues } from '../forecast/contract.ts';
import { NumberField, SelectField, SliderField } from '../ui/index.ts';

export interface ParameterFieldsProps {
  readonly parameters: readonly Parameter[];
  readonly values: ParameterValues;
  readonly onChange: (parameter: Parameter, value: number | string) => void;
}

/** A form made from a forecaster's own parameters. */
export function ParameterFields({ parameters, values, onChange }: ParameterFieldsProps) {
  return parameters.map((parameter) => <ParameterField key={parameter.id} parameter={parameter} value={values[parameter.id] ?? parameter.default} onChange={(value) => onChange(parameter, value)} />);
}

function ParameterField({ parameter, value, onChange }: { readonly parameter: Parameter; readonly value: number | string; readonly onChange: (value: number | string) => void }) {
  if (parameter.kind === 'choice') {
    return <SelectField label={parameter.label} help={parameter.help} value={String(value)} choices={parameter.choices} onChange={onChange} />;
  }
  const shared = {
    label: parameter.label, help: parameter.help, unit: parameter.unit, min: parameter.minimum, max: parameter.maximum,
    integer: parameter.kind === 'integer', step: parameter.step, value: Number(value),
  };
  return parameter.scale
    ? <SliderField {...shared} scale={parameter.scale} onInput={onChange} />
    : <NumberField {...shared} onCommit={onChange} onInput={onChange} />;
}
