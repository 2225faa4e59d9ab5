import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { HelpTip } from './term.tsx';

export interface FieldBase {
  readonly label: string;
  /** One or two sentences behind the "?", also the control's description. */
  readonly help?: string;
  /** What is wrong and what to do; shown in place of the note. */
  readonly error?: string;
  /** A small line under the control. */
  readonly note?: string;
  readonly disabled?: boolean;
}

export interface FieldIds {
  readonly control: string;
  readonly label: string;
  readonly help: string;
  readonly message: string;
}

export function useFieldIds(): FieldIds {
  const id = useId();
  return { control: `${id}-control`, label: `${id}-label`, help: `${id}-help`, message: `${id}-message` };
}

/** Ids for aria-describedby: the message first, then the help. */
export function describedBy(ids: FieldIds, { help, error, note }: Pick<FieldBase, 'help' | 'error' | 'note'>): string | undefined {
  const list = [error ?? note ? ids.message : '', help ? ids.help : ''].filter(Boolean);
  return list.length > 0 ? list.join(' ') : undefined;
}

export interface FieldProps extends FieldBase {
  readonly ids: FieldIds;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Label above, control, message below. */
export function Field({ ids, label, help, error, note, class: extra, children }: FieldProps) {
  return (
    <div class={`field${extra ? ` ${extra}` : ''}`}>
      <div class="field-label">
        <label id={ids.label} for={ids.control}>{label}</label>
        {help && <HelpTip subject={label} text={help} id={ids.help} />}
      </div>
      {children}
      <FieldMessage id={ids.message} error={error} note={note} />
    </div>
  );
}

export function FieldMessage({ id, error, note }: { readonly id: string; readonly error?: string; readonly note?: string }) {
  if (error) return <p id={id} class="field-error">{error}</p>;
  if (note) return <p id={id} class="field-note">{note}</p>;
  return null;
}
