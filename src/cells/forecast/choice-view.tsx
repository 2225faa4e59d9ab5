import { useApp } from '../../app/context.ts';
import { usePicture } from '../../app/picture.ts';
import type { BankHistory } from '../../forecast/bank-history.ts';
import { DataTable, type Column } from '../../ui/index.ts';
import { autoSentence, bankSentence } from './choice.ts';

export interface ChoiceViewProps {
  readonly layer: number;
  readonly layerName: string;
  readonly originStep: number;
  readonly horizonSteps: number;
  /** null: the combination, which is never trained. */
  readonly auto: { readonly trained: boolean } | null;
}

const columns: readonly Column[] = [
  { key: 'name', label: 'Forecast of the bank' },
  { key: 'error', label: 'Past load error', unit: 'mean over past origins, %', numeric: true, best: 'lowest', format: (value) => value.toFixed(2) },
  { key: 'weight', label: 'Weight', unit: '%', numeric: true, format: (value) => value.toFixed(0) },
];

/** What a forecast is put together from, and why: a sentence and a table. */
export function ChoiceView({ layer, layerName, originStep, horizonSteps, auto }: ChoiceViewProps) {
  const { session } = useApp();
  const key = JSON.stringify([session.generation.value, session.trace.value?.info.fingerprint, layer, originStep, horizonSteps]);
  const { value: bank, error } = usePicture<BankHistory>(key, (work) => session.bankHistory(layer, originStep, [horizonSteps], work)).value;
  if (error && !bank) return <p>{`The bank could not be asked: ${error.message}.`}</p>;
  if (!bank) return <p>Asking the bank …</p>;
  const { members, asked: [{ errors, weights }] } = bank;
  return (
    <>
      <p>{`${auto ? `${autoSentence(bank, auto.trained)} ` : ''}${bankSentence(bank, layerName)}`}</p>
      <DataTable
        caption="Forecasts of the bank, how they did before the origin, and what they count" captionHidden columns={columns}
        rows={members.map((name, member) => ({ key: name, cells: { name, error: 100 * errors[member], weight: 100 * weights[member] } }))}
      />
    </>
  );
}
