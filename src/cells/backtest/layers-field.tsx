import { useEffect, useState } from 'preact/hooks';
import type { TraceInfo } from '../../../workers/contract.ts';
import { TextField } from '../../ui/index.ts';
import { formatExpertList } from '../expert-list.ts';

export interface LayersFieldProps {
  /** null: all. */
  readonly layers: readonly number[] | null;
  readonly info: TraceInfo;
  readonly onChange: (layers: readonly number[] | null) => void;
}

/**
 * Reads places of layers as people write them: "all", "0, 3, 5-7".
 * @returns null for all, the places, or a sentence that says what is wrong
 */
export function parseLayers(text: string, count: number): readonly number[] | null | string {
  if (/^\s*(all)?\s*$/i.test(text)) return null;
  const chosen = new Set<number>();
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const match = /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(part);
    if (!match) return `"${part}" is not a layer’s number; write all, 0, 3 or 5-7`;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return `"${part}" runs backwards`;
    if (last >= count) return `there is no layer ${last}; this trace has 0 to ${count - 1}`;
    for (let layer = first; layer <= last; layer++) chosen.add(layer);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

/** Chosen layers as text, with what is wrong said while typing stops. */
export function LayersField({ layers, info, onChange }: LayersFieldProps) {
  const given = layers === null ? 'all' : formatExpertList(layers);
  const [draft, setDraft] = useState(given);
  useEffect(() => setDraft(given), [given]);
  const parsed = parseLayers(draft, info.layers.length);
  return (
    <TextField
      label="Layers"
      help={`Layers that are compared, counted from 0 to ${info.layers.length - 1}: write all, 0, 3 or 5-7.`}
      value={draft}
      error={typeof parsed === 'string' ? parsed : undefined}
      onInput={setDraft}
      onCommit={(text) => {
        const now = parseLayers(text, info.layers.length);
        if (typeof now !== 'string') onChange(now);
      }}
    />
  );
}
