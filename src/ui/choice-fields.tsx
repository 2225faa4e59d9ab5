import { useId, useMemo } from 'preact/hooks';
import { Field, FieldMessage, describedBy, useFieldIds } from './field.tsx';
import type { FieldBase } from './field.tsx';
import { Icon } from './icons.tsx';
import { HelpTip } from './term.tsx';

export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface ChoiceFieldProps<Value extends string = string> extends FieldBase {
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}

/** A drop-down list. */
export function SelectField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { value, choices, disabled, error, onChange } = props;
  const ids = useFieldIds();
  // There may be hundreds: they are compared again only when they change.
  const options = useMemo(() => choices.map((choice) => (
    <option key={choice.value} value={choice.value} disabled={choice.disabled}>{choice.label}</option>
  )), [choices]);
  return (
    <Field ids={ids} label={props.label} help={props.help} error={error} note={props.note}>
      <span class="input input-select">
        <select
          id={ids.control}
          value={value}
          disabled={disabled}
          aria-describedby={describedBy(ids, props)}
          aria-invalid={error ? 'true' : undefined}
          onChange={(event) => {
            const chosen = choices[event.currentTarget.selectedIndex];
            if (chosen) onChange(chosen.value);
          }}
        >
          {options}
        </select>
        <Icon name="chevron-down" size={14} />
      </span>
    </Field>
  );
}

/** A few choices side by side, all seen at once: a group of radio buttons. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { label, value, choices, help, error, note, disabled, onChange } = props;
  const ids = useFieldIds();
  const name = useId();
  return (
    <div class="field">
      <div class="field-label">
        <span class="field-name" id={ids.label}>{label}</span>
        {help && <HelpTip subject={label} text={help} id={ids.help} />}
      </div>
      <div class="choice" role="radiogroup" aria-labelledby={ids.label} aria-describedby={describedBy(ids, props)}>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              class="visually-hidden"
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              disabled={disabled || choice.disabled}
              onChange={() => onChange(choice.value)}
            />
            {choice.label}
          </label>
        ))}
      </div>
      <FieldMessage id={ids.message} error={error} note={note} />
    </div>
  );
}

export interface CheckFieldProps extends FieldBase {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A setting that is on or off. */
export function CheckField(props: CheckFieldProps) {
  const { label, checked, help, error, note, disabled, onChange } = props;
  const ids = useFieldIds();
  return (
    <div class="field field-check">
      <div class="check">
        <label>
          <input
            type="checkbox"
            checked={checked}
            disabled={disabled}
            aria-describedby={describedBy(ids, props)}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          {label}
        </label>
        {help && <HelpTip subject={label} text={help} id={ids.help} />}
      </div>
      <FieldMessage id={ids.message} error={error} note={note} />
    </div>
  );
}
