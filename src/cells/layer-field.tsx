import { useMemo } from 'preact/hooks';
import { SelectField } from '../ui/index.ts';
import type { TraceInfo } from '../../workers/contract.ts';

export interface LayerFieldProps {
  /** default "Layer" */
  readonly label?: string;
  readonly info: TraceInfo;
  readonly layer: number;
  readonly onChange: (layer: number) => void;
}

export function LayerField({ label = 'Layer', info, layer, onChange }: LayerFieldProps) {
  const choices = useMemo(() => info.layers.map((one, index) => ({ value: String(index), label: one.name })), [info]);
  return (
    <SelectField
      label={label}
      value={String(layer)}
      choices={choices}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
