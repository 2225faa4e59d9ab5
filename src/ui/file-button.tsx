import type { ComponentChildren, Ref } from 'preact';
import type { ButtonKind } from './button.tsx';
import { namedByPath } from './dropped-files.ts';
import { Icon } from './icons.tsx';
import type { IconName } from './icons.tsx';

export interface FileInputProps {
  /** Accessible name of the input: "Trace file". */
  readonly name: string;
  /** As in HTML: ".npz,.csv". */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Takes a whole folder; its files are named by their paths in it. */
  readonly folder?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A file input that is not seen; the label or button around it is. */
export function FileInput({ name, accept, multiple = false, folder = false, disabled = false, onFiles, inputRef }: FileInputProps) {
  return (
    <input
      ref={inputRef}
      type="file"
      class="visually-hidden"
      aria-label={name}
      accept={accept}
      multiple={multiple}
      {...(folder ? { webkitdirectory: true } : {})}
      disabled={disabled}
      onChange={(event) => {
        const input = event.currentTarget;
        const files = [...(input.files ?? [])].map((file) => namedByPath(file, file.webkitRelativePath || file.name));
        // Emptied, so that choosing the same file again is a change again.
        input.value = '';
        if (files.length > 0) onFiles(files);
      }}
    />
  );
}

export interface FileButtonProps extends FileInputProps {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly children?: ComponentChildren;
}

export function FileButton({ kind = 'plain', icon = 'open', children, ...input }: FileButtonProps) {
  return (
    <label class={`button button-${kind}`} aria-disabled={input.disabled ? 'true' : undefined}>
      <Icon name={icon} />
      {children ?? input.name}
      <FileInput {...input} />
    </label>
  );
}
