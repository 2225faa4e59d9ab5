import { useRef, useState } from 'preact/hooks';
import { Field, describedBy, useFieldIds } from './field.tsx';
import { formatNumber, withUnit } from './format.ts';
import type { NumberFieldProps } from './number-field.tsx';
import { NumberInput } from './number-input.tsx';
import { fromPosition, nudge, snap, toPosition } from './scale.ts';

export type SliderFieldProps = NumberFieldProps;

const KEYS: Readonly<Record<string, number>> = {
  ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity,
};

/**
 * A range input and a number field that are one value. `onInput` follows every movement; `onCommit` comes once,
 * when the slider or its key is let go or typing is finished, so that a gesture is one step of undo.
 */
export function SliderField(props: SliderFieldProps) {
  const { label, value, min, max, unit, onInput, onCommit } = props;
  const ids = useFieldIds();
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef(value);
  latest.current = value;
  const log = props.scale === 'log' && min > 0;
  const position = toPosition(value, props);
  const error = problem ?? props.error;
  const description = describedBy(ids, { ...props, error });

  const send = (next: number) => {
    setProblem(null);
    if (next === latest.current) return;
    latest.current = next;
    onInput?.(next);
  };

  return (
    <Field ids={ids} class="field-slider" label={label} help={props.help} error={error} note={props.note}>
      <div class="slider">
        <input
          type="range"
          // On a log scale the range holds the place, 0 to 1, and the value is read out by aria-valuetext.
          min={log ? 0 : min}
          max={log ? 1 : max}
          step="any"
          value={log ? position : value}
          disabled={props.disabled}
          aria-labelledby={ids.label}
          aria-describedby={description}
          aria-valuetext={withUnit(formatNumber(value), unit)}
          style={{ '--fill': position.toFixed(4) }}
          onInput={(event) => {
            const raw = event.currentTarget.valueAsNumber;
            send(log ? fromPosition(raw, props) : snap(raw, props));
          }}
          onChange={() => onCommit?.(latest.current)}
          onKeyDown={(event) => {
            const count = KEYS[event.key];
            if (count === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            if (Number.isFinite(count)) send(nudge(latest.current, count, props));
            else send(count > 0 ? max : min);
          }}
          onKeyUp={(event) => { if (event.key in KEYS) onCommit?.(latest.current); }}
        />
        <NumberInput
          {...props}
          id={ids.control}
          describedBy={description}
          invalid={error !== undefined}
          onProblem={setProblem}
        />
      </div>
    </Field>
  );
}
