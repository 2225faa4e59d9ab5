import { useEffect } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { samples } from '../../trace/samples.ts';
import type { TraceRef } from '../../trace/trace-ref.ts';
import { SelectField } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { isTraceOf, traceName } from './plan.ts';

export interface ElsewhereFieldProps {
  /** Of the open trace, which is not offered. */
  readonly info: TraceInfo;
  readonly elsewhere: TraceRef | null;
  readonly onChange: (elsewhere: TraceRef | null) => void;
}

/** Which other trace the best trial is tested on: a sample, or one that this browser keeps. */
export function ElsewhereField({ info, elsewhere, onChange }: ElsewhereFieldProps) {
  const { keptTraces } = useApp().session;
  useEffect(() => void keptTraces.refresh(), [keptTraces]);
  const list = keptTraces.list.value;
  const offered: readonly TraceRef[] = [
    ...samples.map(({ id }): TraceRef => ({ kind: 'sample', id })),
    ...(list ?? []).map(({ name, fingerprint }): TraceRef => ({ kind: 'file', name, fingerprint, mapping: {} })),
  ].filter((ref) => !isTraceOf(ref, info));
  // A trace that the notebook names and that is not here is still what was chosen.
  const chosen = elsewhere && !isTraceOf(elsewhere, info) ? elsewhere : null;
  const missing = chosen !== null && !offered.some((ref) => keyOf(ref) === keyOf(chosen));
  const choices = [
    { value: '', label: 'No other trace' },
    ...offered.map((ref) => ({ value: keyOf(ref), label: traceName(ref) })),
    ...(missing ? [{ value: keyOf(chosen), label: `${traceName(chosen)} (not here)` }] : []),
  ];
  return (
    <SelectField
      label="Also test on" help="Another trace that the best setting is tested on as well, trained there and as it was trained here. The search sees nothing of it."
      note={missing && list !== null ? 'This browser does not keep that trace: open its file in the Trace cell once, or choose another one.' : undefined}
      value={chosen ? keyOf(chosen) : ''} choices={choices}
      onChange={(key) => onChange([...offered, ...(missing ? [chosen] : [])].find((ref) => keyOf(ref) === key) ?? null)}
    />
  );
}

const keyOf = (ref: TraceRef): string => (ref.kind === 'sample' ? `sample ${ref.id}` : `file ${ref.fingerprint}`);
