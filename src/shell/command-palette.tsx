import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useDismiss } from '../ui/floating.ts';
import { Icon } from '../ui/icons.tsx';
import type { IconName } from '../ui/icons.tsx';
import { findMatches } from './match.ts';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** "Cells", "Notebook"; said after the label and found by. */
  readonly group?: string;
  /** Further words to find it by. */
  readonly keywords?: string;
  readonly icon?: IconName;
  readonly keys?: string;
  readonly onSelect: () => void;
}

export interface CommandPaletteProps {
  readonly open: boolean;
  readonly items: readonly PaletteItem[];
  readonly onClose: () => void;
}

/** A list of everything that can be done, found by typing. */
export function CommandPalette({ open, ...rest }: CommandPaletteProps) {
  return open ? <Palette {...rest} /> : null;
}

function Palette({ items, onClose }: Omit<CommandPaletteProps, 'open'>) {
  const id = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const panel = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const before = useRef<Element | null>(null);
  const close = (giveBack: boolean) => {
    if (giveBack && before.current instanceof HTMLElement) before.current.focus();
    onClose();
  };
  useDismiss(true, [panel], (by) => close(by === 'escape'));
  useEffect(() => {
    before.current = document.activeElement;
    panel.current?.showPopover();
    input.current?.focus();
  }, []);

  const found = findMatches(query, items, (item) => `${item.label} ${item.group ?? ''} ${item.keywords ?? ''}`);
  const at = Math.min(active, found.length - 1);
  useEffect(() => {
    panel.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  const choose = (item: PaletteItem | undefined) => {
    if (!item) return;
    // The focus goes back first, so that the command finds the cell that it is for.
    close(true);
    item.onSelect();
  };
  const onKey = (event: KeyboardEvent) => {
    const target = { ArrowDown: (at + 1) % found.length, ArrowUp: (at - 1 + found.length) % found.length, PageDown: Math.min(at + 8, found.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (event.key === 'Enter') {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === 'Tab') {
      close(true);
    } else if (target !== undefined && found.length > 0) {
      event.preventDefault();
      setActive(target);
    }
    event.stopPropagation();
  };

  return (
    <dialog ref={panel} class="floating palette" popover="manual" aria-label="Commands">
      <div class="palette-field">
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Find a command"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
          placeholder="Find a command"
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div id={`${id}-list`} class="palette-list" role="listbox" aria-label="Commands">
        {found.map((item, index) => (
          <div
            key={item.id}
            id={`${id}-${index}`}
            class="palette-item"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onPointerMove={() => { if (index !== at) setActive(index); }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(item)}
            onKeyDown={onKey}
          >
            {item.icon ? <Icon name={item.icon} /> : <span class="menu-blank" />}
            <span class="menu-label">{item.label}</span>
            {item.group && <span class="palette-group">{item.group}</span>}
            {item.keys && <kbd class="key">{item.keys}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="palette-none">{`No command has “${query}” in it.`}</p>}
      <output class="visually-hidden" aria-live="polite">{`${found.length} commands`}</output>
    </dialog>
  );
}
