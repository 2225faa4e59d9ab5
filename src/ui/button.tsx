import type { ComponentChildren, Ref, RefObject } from 'preact';
import { useHint } from './hint.tsx';
import { Icon } from './icons.tsx';
import type { IconName } from './icons.tsx';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Its key, shown small: "Ctrl Enter". */
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly class?: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

/** Disabled buttons stay focusable, so that keyboard focus is never lost under the reader's hands. */
export function Button({ kind = 'plain', icon, keys, disabled = false, class: extra, onClick, children, buttonRef }: ButtonProps) {
  return (
    <button
      ref={buttonRef}
      type="button"
      class={`button button-${kind}${extra ? ` ${extra}` : ''}`}
      aria-disabled={disabled ? 'true' : undefined}
      onClick={() => { if (!disabled) onClick(); }}
    >
      {icon && <Icon name={icon} />}
      {children}
      {keys && <kbd class="key" aria-hidden="true">{keys}</kbd>}
    </button>
  );
}

export interface IconButtonProps {
  /** Accessible name. */
  readonly label: string;
  /** Tooltip, where it is shorter than the name. */
  readonly tip?: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly class?: string;
  readonly onClick: () => void;
}

export function IconButton({ label, tip: text = label, icon, keys, disabled = false, class: extra, onClick }: IconButtonProps) {
  const tip = useHint('center');
  return (
    <>
      <button
        ref={tip.anchor}
        type="button"
        class={`button button-quiet button-icon${extra ? ` ${extra}` : ''}`}
        aria-label={label}
        aria-disabled={disabled ? 'true' : undefined}
        onClick={() => {
          tip.hide();
          if (!disabled) onClick();
        }}
        onPointerEnter={(event) => { if (event.pointerType === 'mouse') tip.showSoon(); }}
        onPointerLeave={tip.hide}
        onFocus={(event) => { if (event.currentTarget.matches(':focus-visible')) tip.showSoon(); }}
        onBlur={tip.hide}
      >
        <Icon name={icon} />
      </button>
      {tip.open && <Tip popup={tip.popup} text={text} keys={keys} />}
    </>
  );
}

/** Repeats a name that the button already has for those who see; hence hidden from screen readers. */
export function Tip({ popup, text, keys }: { readonly popup: RefObject<HTMLDivElement | null>; readonly text: string; readonly keys?: string }) {
  return (
    <div ref={popup} class="floating tip" popover="manual" aria-hidden="true">
      {text}
      {keys && <kbd class="key">{keys}</kbd>}
    </div>
  );
}
