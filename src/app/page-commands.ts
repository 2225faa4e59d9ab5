import { cellName } from '../notebook/cell-name.ts';
import type { Cell } from '../notebook/document.ts';
import { kinds, type CellKind } from '../notebook/kinds/index.ts';
import { samples } from '../trace/samples.ts';
import { commands, enterCell, focusCell, focusedCell, keysOf, type AddKind, type CommandId, type Handlers, type PaletteItem } from '../shell/index.ts';
import { chooseTheme } from '../ui/index.ts';
import { add, duplicate, move, remove, save, share } from './actions.ts';
import { commandsOf } from './cell-registry.ts';
import type { App } from './context.ts';
import { openSampleNotebook, sampleNotebooks } from './sample-notebooks.ts';

/** What each kind shows, for the menus that add a cell. */
const kindNotes: Record<CellKind, string> = {
  note: 'your own words, in Markdown',
  trace: 'what was read, and whether it is sound',
  load: 'every expert’s load over the steps',
  states: 'when each layer settles',
  forecast: 'the next steps, beside what came',
  backtest: 'all forecasters on the same origins',
  sweep: 'many settings, the best one tested on later steps',
  paper: 'what “Prediction Is All MoE Needs” says, and this trace',
};

export const addKinds: readonly AddKind[] = (Object.keys(kinds) as CellKind[]).map((kind) => ({ id: kind, label: kinds[kind].label, note: kindNotes[kind] }));

export interface PagePanels {
  readonly openFilePicker: () => void;
  readonly showPalette: () => void;
  readonly showKeyboard: () => void;
}

function neighbour(cells: readonly Cell[], id: string | null, delta: number): Cell | undefined {
  const at = cells.findIndex((cell) => cell.id === id);
  if (at < 0) return delta > 0 ? cells[0] : cells.at(-1);
  return cells[at + delta];
}

/** The keyboard's commands, for the state of the page at the moment of the key. */
export function pageHandlers(app: App, panels: PagePanels): Handlers {
  const { notebook } = app;
  const cells = (): readonly Cell[] => notebook.document.peek().cells;
  const onCell = (act: (id: string) => void) => (): boolean => {
    const id = focusedCell();
    if (id !== null) act(id);
    return id !== null;
  };
  const go = (delta: number) => (): boolean => {
    const target = neighbour(cells(), focusedCell(), delta);
    if (target) focusCell(target.id);
    return target !== undefined;
  };
  return {
    'cell.next': go(1),
    'cell.previous': go(-1),
    'cell.edit': () => {
      const id = focusedCell();
      return id !== null && enterCell(id);
    },
    'cell.run': onCell((id) => commandsOf(id).run?.()),
    'cell.cancel': onCell((id) => commandsOf(id).cancel?.()),
    'cell.add': () => {
      const id = focusedCell() ?? cells().at(-1)?.id;
      add(app, 'note', id);
    },
    'cell.duplicate': onCell((id) => duplicate(app, id)),
    'cell.move-up': onCell((id) => move(app, id, -1)),
    'cell.move-down': onCell((id) => move(app, id, 1)),
    'cell.remove': onCell((id) => remove(app, id)),
    'notebook.undo': () => notebook.undo(),
    'notebook.redo': () => notebook.redo(),
    'notebook.save': () => void save(app),
    'notebook.open': () => panels.openFilePicker(),
    'page.palette': () => panels.showPalette(),
    'page.keyboard': () => panels.showKeyboard(),
  };
}

/** Everything that can be done, for the palette: the keyboard's commands, and what has no key. */
export function paletteItems(app: App, panels: PagePanels): readonly PaletteItem[] {
  const handlers = pageHandlers(app, panels);
  const fromKeys = commands
    .filter(({ id }) => id !== 'page.palette')
    .map(({ id, label, group }: { id: CommandId; label: string; group: string }): PaletteItem => ({
      id, label, group, keys: keysOf(id), onSelect: () => void handlers[id]?.(),
    }));
  const kindItems = addKinds.map((kind): PaletteItem => ({
    id: `add-${kind.id}`, label: `Add ${kind.label}`, group: 'Cells', keywords: kind.note, icon: 'plus',
    onSelect: () => add(app, kind.id as CellKind, focusedCell() ?? undefined),
  }));
  const sampleItems = samples.map((sample): PaletteItem => ({
    id: `sample-${sample.id}`, label: `Open sample ${sample.id}`, group: 'Traces', keywords: sample.title, onSelect: () => app.session.openSample(sample.id),
  }));
  const notebookItems = sampleNotebooks.map((one): PaletteItem => ({
    id: `notebook-${one.id}`, label: `Open sample notebook: ${one.title}`, group: 'Notebook', keywords: 'lesson example paper', onSelect: () => void openSampleNotebook(app, one),
  }));
  const themes = (['auto', 'light', 'dark'] as const).map((choice): PaletteItem => ({
    id: `theme-${choice}`, label: `Theme: ${choice === 'auto' ? 'as the system' : choice}`, group: 'Page', onSelect: () => chooseTheme(choice),
  }));
  const jumps = app.notebook.document.peek().cells.map((cell): PaletteItem => ({
    id: `go-${cell.id}`, label: `Go to ${cellName(cell)}`, group: 'Cells', onSelect: () => focusCell(cell.id),
  }));
  return [
    ...fromKeys, ...kindItems, ...sampleItems, ...notebookItems,
    { id: 'share', label: 'Share: copy a link', group: 'Notebook', icon: 'share', onSelect: () => void share(app) },
    ...themes, ...jumps,
  ];
}
