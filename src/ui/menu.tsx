import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useId, useRef, useState } from 'preact/hooks';
import { Tip } from './button.tsx';
import type { ButtonKind } from './button.tsx';
import { useDismiss, useFloating } from './floating.ts';
import type { Align } from './floating.ts';
import { useHint } from './hint.tsx';
import { Icon } from './icons.tsx';
import type { IconName } from './icons.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** A second, quieter line. */
  readonly note?: string;
  readonly icon?: IconName;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Given: the item is one of a choice. */
  readonly checked?: boolean;
  /** A hairline before it. */
  readonly separated?: boolean;
  readonly onSelect: () => void;
}

export interface MenuProps {
  /** Accessible name of the button; its tooltip when there is no text. */
  readonly label: string;
  /** Tooltip, where it is shorter than the name. */
  readonly tip?: string;
  readonly items: readonly MenuItem[];
  readonly icon?: IconName;
  readonly kind?: ButtonKind;
  readonly align?: Align;
  readonly class?: string;
  /** Text on the button; an icon button without. */
  readonly children?: ComponentChildren;
}

/** A button that opens a short list of actions: arrow keys, Home, End and first letters move, Escape goes back. */
export function Menu({ label, tip: text = label, items, icon = 'more', kind = 'quiet', align = 'start', class: extra, children }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState<'first' | 'last' | null>(null);
  const tip = useHint('center');
  const popup = useRef<HTMLDivElement>(null);
  const close = useCallback((by: 'escape' | 'outside' | 'choice') => {
    setOpen(null);
    if (by !== 'outside') tip.anchor.current?.focus();
  }, []);
  useFloating(open !== null, tip.anchor, popup, align);
  useDismiss(open !== null, [tip.anchor, popup], close);
  useEffect(() => {
    if (!open) return;
    const entries = menuEntries(popup.current);
    entries.at(open === 'first' ? 0 : -1)?.focus();
  }, [open]);

  const show = (at: 'first' | 'last') => {
    tip.hide();
    setOpen(at);
  };
  const textual = children !== undefined;
  return (
    <>
      <button
        ref={tip.anchor}
        type="button"
        class={`button button-${kind}${textual ? '' : ' button-icon'}${extra ? ` ${extra}` : ''}`}
        aria-label={textual ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open !== null}
        aria-controls={open ? id : undefined}
        onClick={() => (open ? setOpen(null) : show('first'))}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          show(event.key === 'ArrowDown' ? 'first' : 'last');
        }}
        onPointerEnter={(event) => { if (!textual && event.pointerType === 'mouse') tip.showSoon(); }}
        onPointerLeave={tip.hide}
      >
        <Icon name={icon} />
        {children}
      </button>
      {tip.open && !open && <Tip popup={tip.popup} text={text} />}
      {open && (
        <div
          ref={popup}
          id={id}
          class="floating menu"
          role="menu"
          tabIndex={-1}
          aria-label={label}
          popover="manual"
          onKeyDown={(event) => {
            if (event.key === 'Tab') setOpen(null);
            else moveInMenu(event);
          }}
        >
          {items.map((item) => <MenuEntry key={item.id} item={item} onChosen={() => close('choice')} />)}
        </div>
      )}
    </>
  );
}

function MenuEntry({ item, onChosen }: { readonly item: MenuItem; readonly onChosen: () => void }) {
  const checkable = item.checked !== undefined;
  const icon = checkable && item.checked ? 'check' : item.icon;
  return (
    <>
      {item.separated && <hr class="menu-separator" />}
      <button
        type="button"
        class={`menu-item${item.danger ? ' menu-item-danger' : ''}`}
        role={checkable ? 'menuitemradio' : 'menuitem'}
        aria-checked={item.checked}
        aria-disabled={item.disabled ? 'true' : undefined}
        tabIndex={-1}
        onClick={() => {
          if (item.disabled) return;
          onChosen();
          item.onSelect();
        }}
      >
        {icon ? <Icon name={icon} /> : checkable && <span class="menu-blank" />}
        <span class="menu-label">
          {item.label}
          {item.note && <span class="menu-note">{item.note}</span>}
        </span>
        {item.keys && <kbd class="key" aria-hidden="true">{item.keys}</kbd>}
      </button>
    </>
  );
}

function menuEntries(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}

function moveInMenu(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const entries = menuEntries(event.currentTarget);
  const at = entries.findIndex((entry) => entry === document.activeElement);
  const target = { ArrowDown: (at + 1) % entries.length, ArrowUp: (at - 1 + entries.length) % entries.length, Home: 0, End: entries.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    entries[target].focus();
  } else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    const ordered = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    ordered.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  }
  // Letters typed in a menu are not commands of the page.
  event.stopPropagation();
}
