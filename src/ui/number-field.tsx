import { useState } from 'preact/hooks';
import { Field, describedBy, useFieldIds } from './field.tsx';
import type { FieldBase } from './field.tsx';
import { NumberInput } from './number-input.tsx';
import type { Scale } from './scale.ts';

export interface NumberFieldProps extends FieldBase, Scale {
  readonly value: number;
  readonly unit?: string;
  /** Every valid value while typing. */
  readonly onInput?: (value: number) => void;
  /** Once, when typing is finished. */
  readonly onCommit?: (value: number) => void;
}

export function NumberField(props: NumberFieldProps) {
  const ids = useFieldIds();
  const [problem, setProblem] = useState<string | null>(null);
  const error = problem ?? props.error;
  return (
    <Field ids={ids} label={props.label} help={props.help} error={error} note={props.note}>
      <NumberInput
        {...props}
        id={ids.control}
        describedBy={describedBy(ids, { ...props, error })}
        invalid={error !== undefined}
        onProblem={setProblem}
      />
    </Field>
  );
}
