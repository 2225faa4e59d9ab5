import { SelectField } from '../ui/index.ts';
import type { TraceInfo } from '../../workers/contract.ts';

export function LayerField({ info, layer, onChange }: { readonly info: TraceInfo; readonly layer: number; readonly onChange: (layer: number) => void }) {
  return (
    <SelectField
      label="Layer"
      value={String(layer)}
      choices={info.layers.map((one, index) => ({ value: String(index), label: one.name }))}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
