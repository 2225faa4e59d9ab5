import { useEffect, useId, useRef } from 'preact/hooks';
import { IconButton } from '../ui/button.tsx';
import { CheckField } from '../ui/choice-fields.tsx';
import { useDismiss } from '../ui/floating.ts';
import { commands, formatChord } from './keyboard.ts';

export interface KeyboardMapProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Whether keys without Ctrl or Cmd are commands. */
  readonly singleKeys?: boolean;
  readonly onSingleKeys?: (on: boolean) => void;
}

/** The keyboard's commands, in a panel beside the page. */
export function KeyboardMap({ open, ...rest }: KeyboardMapProps) {
  return open ? <Panel {...rest} /> : null;
}

function Panel({ onClose, singleKeys = true, onSingleKeys }: Omit<KeyboardMapProps, 'open'>) {
  const titleId = useId();
  const panel = useRef<HTMLDialogElement>(null);
  useDismiss(true, [panel], onClose);
  useEffect(() => {
    const before = document.activeElement;
    const element = panel.current;
    element?.showPopover();
    element?.focus();
    return () => {
      const inside = element?.contains(document.activeElement) || document.activeElement === document.body;
      if (inside && before instanceof HTMLElement) before.focus();
    };
  }, []);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <dialog ref={panel} class="floating keyboard-map" popover="manual" tabIndex={-1} aria-labelledby={titleId}>
      <div class="keyboard-head">
        <h2 id={titleId}>Keyboard</h2>
        <IconButton label="Close" icon="close" onClick={onClose} />
      </div>
      <div class="keyboard-groups">
        {groups.map((group) => (
          <div key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.filter((command) => command.group === group).map((command) => (
                <div key={command.id}>
                  <dt>{command.label}</dt>
                  <dd>{command.chords.map((chord) => <kbd key={chord}>{formatChord(chord)}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
      {onSingleKeys && (
        <CheckField
          label="Use keys without Ctrl or Cmd"
          checked={singleKeys}
          onChange={onSingleKeys}
        />
      )}
    </dialog>
  );
}
