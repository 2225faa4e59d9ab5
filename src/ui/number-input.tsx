import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatNumber, withUnit } from './format.ts';
import { nudge } from './scale.ts';
import type { Scale } from './scale.ts';

/** How long typing may rest before an unfinished number is called wrong. */
const PATIENCE_MS = 700;

export interface NumberInputProps extends Scale {
  readonly id: string;
  readonly value: number;
  readonly unit?: string;
  readonly describedBy?: string;
  readonly invalid: boolean;
  readonly disabled?: boolean;
  /** Every valid value while typing. */
  readonly onInput?: (value: number) => void;
  /** The value that stands when the field is left, Enter pressed or an arrow key let go. */
  readonly onCommit?: (value: number) => void;
  /** What is wrong with the typed text; null when nothing is. */
  readonly onProblem: (problem: string | null) => void;
}

interface Parsed {
  readonly value: number | null;
  readonly problem: string | null;
}

function parse(text: string, { value, min, max, integer, unit }: NumberInputProps): Parsed {
  const range = withUnit(`${formatNumber(min)} to ${formatNumber(max)}`, unit);
  const kept = `${formatNumber(value)} is still used.`;
  const typed = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(typed)) return { value: null, problem: `Type a number from ${range}. ${kept}` };
  if (typed < min || typed > max) return { value: null, problem: `${formatNumber(typed)} is outside ${range}. ${kept}` };
  if (integer && !Number.isInteger(typed)) return { value: null, problem: `Type a whole number from ${range}. ${kept}` };
  return { value: typed, problem: null };
}

/** A number field with its unit inside. What is typed stays as typed; a wrong value is explained, never clamped. */
export function NumberInput(props: NumberInputProps) {
  const { id, value, min, max, unit, describedBy, invalid, disabled, onInput, onCommit, onProblem } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const sent = useRef(value);
  const committed = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Before anybody can type: a later look would take what was typed meanwhile for a change from elsewhere.
  useLayoutEffect(() => {
    if (value === sent.current) return;
    // Changed from elsewhere (slider, undo): what was being typed is out of date.
    sent.current = value;
    committed.current = value;
    clearTimeout(timer.current);
    setDraft(null);
    onProblem(null);
  }, [value]);

  const send = (next: number) => {
    sent.current = next;
    onInput?.(next);
  };
  const commit = (next: number) => {
    if (next === committed.current) return;
    committed.current = next;
    onCommit?.(next);
  };
  const finish = (text: string) => {
    clearTimeout(timer.current);
    const parsed = parse(text, props);
    onProblem(parsed.problem);
    if (parsed.value === null) return;
    setDraft(null);
    commit(parsed.value);
  };

  return (
    <span class="input input-number">
      <input
        id={id}
        type="number"
        inputMode={props.integer ? 'numeric' : 'decimal'}
        step="any"
        min={min}
        max={max}
        autocomplete="off"
        style={{ '--digits': String(Math.max(4, String(min).length + 1, String(max).length + 1)) }}
        value={draft ?? String(value)}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={invalid ? 'true' : undefined}
        onInput={(event) => {
          const text = event.currentTarget.value;
          setDraft(text);
          clearTimeout(timer.current);
          const parsed = parse(text, props);
          if (parsed.value !== null) {
            onProblem(null);
            if (parsed.value !== sent.current) send(parsed.value);
          } else if (invalid) {
            onProblem(parsed.problem);
          } else {
            timer.current = setTimeout(() => onProblem(parsed.problem), PATIENCE_MS);
          }
        }}
        onBlur={() => { if (draft !== null) finish(draft); }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) finish(event.currentTarget.value);
          if (event.key === 'Escape' && draft !== null) {
            event.stopPropagation();
            clearTimeout(timer.current);
            setDraft(null);
            onProblem(null);
          }
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault();
            setDraft(null);
            onProblem(null);
            send(nudge(sent.current, event.key === 'ArrowUp' ? 1 : -1, props));
          }
        }}
        onKeyUp={(event) => { if (event.key === 'ArrowUp' || event.key === 'ArrowDown') commit(sent.current); }}
      />
      {unit && <span class="input-unit">{unit}</span>}
    </span>
  );
}
