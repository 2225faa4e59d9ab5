import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Button, IconButton } from '../ui/button.tsx';
import { FileInput } from '../ui/file-button.tsx';
import type { IconName } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import type { ThemeChoice } from '../ui/theme.ts';
import { keysOf } from './keyboard.ts';

export interface TopBarProps {
  /** The notebook's name. */
  readonly title: string;
  readonly onTitle: (title: string) => void;
  /** "Saved here", "Not saved: storage is full". */
  readonly saveState: { readonly text: string; readonly level?: 'good' | 'warning' };
  /** The device badge. */
  readonly device?: ComponentChildren;
  /** What undo would take back: "Undo: remove Forecast". */
  readonly undoLabel?: string;
  readonly redoLabel?: string;
  /** Left out: there is nothing to undo. */
  readonly onUndo?: () => void;
  readonly onRedo?: () => void;
  readonly onSave: () => void;
  readonly onOpen: (files: readonly File[]) => void;
  readonly onShare: () => void;
  readonly theme: ThemeChoice;
  readonly onTheme: (theme: ThemeChoice) => void;
  readonly onHelp: () => void;
}

const THEMES: readonly { readonly value: ThemeChoice; readonly label: string; readonly icon: IconName }[] = [
  { value: 'auto', label: 'As the system', icon: 'auto' },
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
];

const nothing = () => undefined;

export function TopBar(props: TopBarProps) {
  const { undoLabel = 'Undo', redoLabel = 'Redo', onUndo, onRedo, onSave, onShare, theme, onTheme, onHelp, saveState } = props;
  const file = useRef<HTMLInputElement>(null);
  const open = () => file.current?.click();
  const themes: MenuItem[] = THEMES.map((choice) => ({
    id: choice.value, label: choice.label, icon: choice.icon, checked: choice.value === theme, onSelect: () => onTheme(choice.value),
  }));
  const more: MenuItem[] = [
    { id: 'redo', label: redoLabel, icon: 'redo', keys: keysOf('notebook.redo'), disabled: !onRedo, onSelect: onRedo ?? nothing },
    { id: 'open', label: 'Open', icon: 'open', keys: keysOf('notebook.open'), onSelect: open, separated: true },
    { id: 'save', label: 'Save', icon: 'save', keys: keysOf('notebook.save'), onSelect: onSave },
    { id: 'share', label: 'Share', icon: 'share', onSelect: onShare },
    ...themes.map((item, index) => ({ ...item, separated: index === 0 })),
    { id: 'help', label: 'Keyboard', icon: 'keyboard', keys: keysOf('page.keyboard'), onSelect: onHelp, separated: true },
  ];
  return (
    <header class="bar">
      <div class="bar-start">
        <Title title={props.title} onTitle={props.onTitle} />
        <span class={`bar-saved bar-saved-${saveState.level ?? 'good'}`}>{saveState.text}</span>
      </div>
      {props.device && <div class="bar-device">{props.device}</div>}
      <div class="bar-actions">
        <IconButton label={undoLabel} icon="undo" keys={keysOf('notebook.undo')} disabled={!onUndo} onClick={onUndo ?? nothing} />
        <span class="bar-wide">
          <IconButton label={redoLabel} icon="redo" keys={keysOf('notebook.redo')} disabled={!onRedo} onClick={onRedo ?? nothing} />
          <span class="bar-gap" />
          <Button kind="quiet" icon="open" onClick={open}>Open</Button>
          <Button kind="quiet" icon="save" onClick={onSave}>Save</Button>
          <Button kind="quiet" icon="share" onClick={onShare}>Share</Button>
          <span class="bar-gap" />
          <Menu label="Theme" icon={THEMES.find((choice) => choice.value === theme)?.icon} align="end" items={themes} />
          <IconButton label="Keyboard map" icon="help" keys={keysOf('page.keyboard')} onClick={onHelp} />
        </span>
        <span class="bar-narrow">
          <Menu label="More" align="end" items={more} />
        </span>
      </div>
      {/* Reached through Open; in the tab order it would come twice. */}
      <span hidden>
        <FileInput name="Notebook or trace to open" onFiles={props.onOpen} inputRef={file} />
      </span>
    </header>
  );
}

function Title({ title, onTitle }: Pick<TopBarProps, 'title' | 'onTitle'>) {
  const [draft, setDraft] = useState<string | null>(null);
  const finish = () => {
    const name = draft?.trim();
    if (name && name !== title) onTitle(name);
    setDraft(null);
  };
  return (
    <input
      class="bar-title"
      type="text"
      aria-label="Notebook name"
      spellcheck={false}
      autocomplete="off"
      value={draft ?? title}
      onInput={(event) => setDraft(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
