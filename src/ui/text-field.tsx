import { Field, describedBy, useFieldIds } from './field.tsx';
import type { FieldBase } from './field.tsx';

export interface TextFieldProps extends FieldBase {
  readonly value: string;
  readonly placeholder?: string;
  /** More than one line. */
  readonly rows?: number;
  readonly onInput?: (value: string) => void;
  /** When the field is left, or Enter is pressed in a single line. */
  readonly onCommit?: (value: string) => void;
}

export function TextField(props: TextFieldProps) {
  const { value, placeholder, rows, disabled, error, onInput, onCommit } = props;
  const ids = useFieldIds();
  const shared = {
    id: ids.control,
    value,
    placeholder,
    disabled,
    'aria-describedby': describedBy(ids, props),
    'aria-invalid': error ? ('true' as const) : undefined,
  };
  return (
    <Field ids={ids} class={rows ? 'field-long' : undefined} label={props.label} help={props.help} error={error} note={props.note}>
      <span class="input">
        {rows ? (
          <textarea
            {...shared}
            rows={rows}
            onInput={(event) => onInput?.(event.currentTarget.value)}
            onChange={(event) => onCommit?.(event.currentTarget.value)}
          />
        ) : (
          <input
            {...shared}
            type="text"
            onInput={(event) => onInput?.(event.currentTarget.value)}
            onChange={(event) => onCommit?.(event.currentTarget.value)}
          />
        )}
      </span>
    </Field>
  );
}
