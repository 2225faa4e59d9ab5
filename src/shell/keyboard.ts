/**
 * The keyboard in one table: the listener, the map under "?" and the palette's hints are all made from it.
 * `Mod` is Ctrl or Cmd; either is taken everywhere.
 */
export type CommandId =
  | 'cell.next' | 'cell.previous' | 'cell.edit' | 'cell.run' | 'cell.cancel'
  | 'cell.add' | 'cell.duplicate' | 'cell.move-up' | 'cell.move-down' | 'cell.remove'
  | 'notebook.undo' | 'notebook.redo' | 'notebook.save' | 'notebook.open'
  | 'page.palette' | 'page.keyboard';

export interface Command {
  readonly id: CommandId;
  readonly label: string;
  readonly group: 'Cells' | 'Notebook' | 'Page';
  readonly chords: readonly string[];
  /**
   * `anywhere`: also while typing. `not-typing`: not where keys write text.
   * `no-control`: only while no control has the focus, because the key means something to controls or removes work.
   */
  readonly where: 'anywhere' | 'not-typing' | 'no-control';
}

export const commands: readonly Command[] = [
  { id: 'cell.next', label: 'Next cell', group: 'Cells', chords: ['J'], where: 'not-typing' },
  { id: 'cell.previous', label: 'Previous cell', group: 'Cells', chords: ['K'], where: 'not-typing' },
  { id: 'cell.edit', label: 'Edit the cell', group: 'Cells', chords: ['Enter'], where: 'no-control' },
  { id: 'cell.run', label: 'Run the cell', group: 'Cells', chords: ['Mod+Enter'], where: 'anywhere' },
  { id: 'cell.cancel', label: 'Cancel the run', group: 'Cells', chords: ['.'], where: 'not-typing' },
  { id: 'cell.add', label: 'Add a cell below', group: 'Cells', chords: ['A'], where: 'not-typing' },
  { id: 'cell.duplicate', label: 'Duplicate the cell', group: 'Cells', chords: ['D'], where: 'not-typing' },
  { id: 'cell.move-down', label: 'Move the cell down', group: 'Cells', chords: ['Shift+J'], where: 'not-typing' },
  { id: 'cell.move-up', label: 'Move the cell up', group: 'Cells', chords: ['Shift+K'], where: 'not-typing' },
  { id: 'cell.remove', label: 'Remove the cell', group: 'Cells', chords: ['Delete', 'Backspace'], where: 'no-control' },
  { id: 'notebook.undo', label: 'Undo', group: 'Notebook', chords: ['Mod+Z'], where: 'not-typing' },
  { id: 'notebook.redo', label: 'Redo', group: 'Notebook', chords: ['Shift+Mod+Z', 'Mod+Y'], where: 'not-typing' },
  { id: 'notebook.save', label: 'Save', group: 'Notebook', chords: ['Mod+S'], where: 'anywhere' },
  { id: 'notebook.open', label: 'Open', group: 'Notebook', chords: ['Mod+O'], where: 'anywhere' },
  { id: 'page.palette', label: 'Find a command', group: 'Page', chords: ['Mod+K', '/'], where: 'not-typing' },
  { id: 'page.keyboard', label: 'Keyboard map', group: 'Page', chords: ['?'], where: 'not-typing' },
];

/** What a command does; returning false says that there was nothing to do and leaves the key to the browser. */
export type Handlers = Readonly<Partial<Record<CommandId, () => boolean | void>>>;

const APPLE = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** "Shift+Mod+Z" → "Ctrl Shift Z", on Apple's keyboards "⇧ ⌘ Z". */
export function formatChord(chord: string, apple: boolean = APPLE): string {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const modifiers = [
    parts.includes('Mod') && !apple ? 'Ctrl' : '',
    parts.includes('Shift') ? (apple ? '⇧' : 'Shift') : '',
    parts.includes('Mod') && apple ? '⌘' : '',
  ];
  return [...modifiers.filter(Boolean), key].join(' ');
}

/** The first chord of a command, as shown on buttons and in menus. */
export function keysOf(id: CommandId): string {
  const command = commands.find((candidate) => candidate.id === id);
  return command ? formatChord(command.chords[0]) : '';
}

/** The pressed key as the table names it; letters by their place on keyboards that have no Latin ones. */
function keyOf(event: KeyboardEvent): string {
  if (event.key.length !== 1) return event.key;
  const latin = /^[\x20-\x7e]$/.test(event.key);
  return (!latin && event.code.startsWith('Key') ? event.code.slice(3) : event.key).toUpperCase();
}

function matches(event: KeyboardEvent, chord: string): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1);
  if (event.altKey || (event.ctrlKey || event.metaKey) !== parts.includes('Mod')) return false;
  if (keyOf(event) !== (key?.length === 1 ? key.toUpperCase() : key)) return false;
  // Signs such as "?" are where the keyboard has them, with or without Shift.
  const sign = key?.length === 1 && !/[A-Z]/.test(key);
  return sign || event.shiftKey === parts.includes('Shift');
}

const TEXT_INPUTS = new Set(['text', 'search', 'number', 'email', 'url', 'tel', 'password', 'date', 'time']);

function isTyping(element: Element): boolean {
  if (element instanceof HTMLInputElement) return TEXT_INPUTS.has(element.type);
  if (element instanceof HTMLElement && element.isContentEditable) return true;
  return element instanceof HTMLTextAreaElement;
}

/** Elements to which bare keys mean something: sliders, lists, buttons, links, focusable pictures. */
function isControl(element: Element): boolean {
  return element.closest('input, select, textarea, button, a, summary, [contenteditable], [role="slider"], [role="menu"], [role="dialog"], [tabindex="0"]') !== null;
}

function allowed(command: Command, chord: string, element: Element): boolean {
  const modified = chord.includes('Mod+');
  if (command.where === 'anywhere') return true;
  if (isTyping(element)) return command.id === 'page.palette' && modified;
  // A letter chooses an entry in a drop-down list.
  if (element instanceof HTMLSelectElement && !modified) return false;
  return command.where === 'not-typing' || !isControl(element);
}

/** The command that a key press means, given where the focus is. */
export function commandOf(event: KeyboardEvent, singleKeys = true): Command | null {
  if (event.defaultPrevented || event.isComposing) return null;
  const element = event.target instanceof Element ? event.target : document.body;
  for (const command of commands) {
    const chord = command.chords.find((candidate) => matches(event, candidate));
    if (chord && (singleKeys || chord.includes('Mod+')) && allowed(command, chord, element)) return command;
  }
  return null;
}

export interface KeyboardOptions {
  /** Whether keys without Ctrl or Cmd are commands; a reader may turn them off. Default: they are. */
  readonly singleKeys?: () => boolean;
}

/** Listens for the table's commands on the whole page. Returns what ends that. */
export function listenForCommands(handlers: () => Handlers, { singleKeys = () => true }: KeyboardOptions = {}): () => void {
  const onKey = (event: KeyboardEvent) => {
    const command = commandOf(event, singleKeys());
    const handler = command && handlers()[command.id];
    if (handler && handler() !== false) event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
