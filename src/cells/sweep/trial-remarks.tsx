import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import type { TrialRemarks } from '../../notebook/kinds/sweep-remarks.ts';
import { TextField } from '../../ui/index.ts';
import { setRemark } from './remarks.ts';

export interface TrialRemarksFieldsProps {
  /** Of the cell. */
  readonly id: string;
  /** When the sweep began. */
  readonly began: string;
  readonly trial: number;
  readonly remarks: TrialRemarks;
}

/** What the person calls a trial, and says of it. */
export function TrialRemarksFields({ id, began, trial, remarks: { name = '', note = '' } }: TrialRemarksFieldsProps) {
  const { notebook } = useApp();
  const set = (label: string, change: TrialRemarks): void => setRemark(notebook, id, began, trial, label, change);
  return (
    <div class="sweep-remarks">
      <DraftField key={`name ${trial}`} label="Name" value={name} onCommit={(text) => set('Name a trial', { name: text })} />
      <DraftField key={`note ${trial}`} label="Note" rows={2} value={note} onCommit={(text) => set('Note on a trial', { note: text })} />
    </div>
  );
}

interface DraftFieldProps {
  readonly label: string;
  readonly value: string;
  readonly rows?: number;
  readonly onCommit: (value: string) => void;
}

/** Keeps what is being typed while a sweep that runs draws the cell anew. */
function DraftField({ label, value, rows, onCommit }: DraftFieldProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return <TextField label={label} rows={rows} value={draft} onInput={setDraft} onCommit={(text) => { if (text.trim() !== value) onCommit(text); }} />;
}
