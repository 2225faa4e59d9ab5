import { useEffect, useState } from 'preact/hooks';
import { TextField } from '../ui/index.ts';
import { formatExpertList, parseExpertList } from './expert-list.ts';

export interface ExpertsFieldProps {
  readonly experts: readonly number[];
  /** Experts of the layer. */
  readonly count: number;
  readonly onChange: (experts: readonly number[]) => void;
}

/** Most experts that are drawn as lines at once. */
export const mostDrawn = 8;

/** Chosen experts as text, "0, 3, 5-7", with what is wrong said while typing stops. */
export function ExpertsField({ experts, count, onChange }: ExpertsFieldProps) {
  const given = formatExpertList(experts);
  const [draft, setDraft] = useState(given);
  useEffect(() => setDraft(given), [given]);
  const parsed = parseExpertList(draft, count, mostDrawn);
  return (
    <TextField
      label="Experts drawn"
      help={`Up to ${mostDrawn} of the layer’s experts, 0 to ${count - 1}: write 0, 3 or 5-7.`}
      value={draft}
      error={typeof parsed === 'string' ? parsed : undefined}
      onInput={(text) => {
        setDraft(text);
        const now = parseExpertList(text, count, mostDrawn);
        if (typeof now !== 'string') onChange(now);
      }}
    />
  );
}
