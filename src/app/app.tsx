import { useEffect, useRef, useState } from 'preact/hooks';
import { effect, untracked, useSignal, type Signal } from '@preact/signals';
import { CellView } from '../cells/cell-view.tsx';
import { TraceMessages } from '../cells/trace/trace-messages.tsx';
import { setTitle } from '../notebook/edits.ts';
import type { Cell } from '../notebook/document.ts';
import type { Autosave, SaveState } from '../notebook/autosave.ts';
import { cellName } from '../notebook/cell-name.ts';
import type { CellKind } from '../notebook/kinds/index.ts';
import { AddCell, CommandPalette, DropTarget, Footer, KeyboardMap, Outline, Page, TopBar, focusCell, listenForCommands } from '../shell/index.ts';
import { Announcer, Button, FileInput, Notice, chooseTheme, themeChoice } from '../ui/index.ts';
import { remember, remembered } from '../ui/remembered.ts';
import { toErrorParts } from '../errors.ts';
import { add, openFiles, save, share } from './actions.ts';
import { cellStates } from './cell-registry.ts';
import { AppContext, type App } from './context.ts';
import { DeviceBadge } from './device-badge.tsx';
import { openSampleNotebook, sampleNotebooks } from './sample-notebooks.ts';
import { addKinds, pageHandlers, paletteItems } from './page-commands.ts';

function saveWords(state: SaveState): { readonly text: string; readonly level?: 'good' | 'warning' } {
  if (typeof state === 'object') return { text: 'Not saved', level: 'warning' };
  switch (state) {
    case 'saved': return { text: 'Saved in this browser' };
    case 'saving':
    case 'unsaved': return { text: 'Saving' };
    case 'changed-elsewhere': return { text: 'Changed in another tab', level: 'warning' };
  }
}

export function AppView({ app, autosave }: { readonly app: App; readonly autosave: Autosave }) {
  const { notebook, runs, toaster } = app;
  const [panel, setPanel] = useState<'palette' | 'keyboard' | null>(null);
  const current = useSignal<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  // Read once: this view is drawn again at every step of a slider.
  const [singleKeysBefore] = useState(() => remembered(singleKeysKey) !== 'off');
  const singleKeys = useSignal(singleKeysBefore);
  const panels = {
    openFilePicker: () => picker.current?.click(),
    showPalette: () => setPanel('palette'),
    showKeyboard: () => setPanel('keyboard'),
  };
  useEffect(() => listenForCommands(() => pageHandlers(app, panels), { singleKeys: () => singleKeys.value }), []);

  const { openError } = app.session;
  // The message stands in the Trace cell, which may be far from what is seen.
  useEffect(() => effect(() => {
    const error = openError.value;
    if (!error) return undefined;
    const shown = untracked(() => toaster.show(`${error.name} was not opened`, { label: 'Show', onSelect: () => showOpenError(notebook.document.peek().cells) }));
    return () => untracked(() => toaster.dismiss(shown));
  }), []);

  const document = notebook.document.value;
  useEffect(() => {
    globalThis.document.title = `${document.title} · Gatecast`;
  }, [document.title]);
  const firstTraceCell = document.cells.find((cell) => cell.kind === 'trace')?.id;

  return (
    <AppContext.Provider value={app}>
      <Page
        title={document.title}
        bar={
          <TopBar
            title={document.title}
            onTitle={(title) => notebook.edit('Rename the notebook', (one) => setTitle(one, title))}
            saveState={saveWords(autosave.state.value)}
            device={<DeviceBadge runs={runs} />}
            undoLabel={notebook.undoLabel.value ? `Undo: ${notebook.undoLabel.value}` : undefined}
            redoLabel={notebook.redoLabel.value ? `Redo: ${notebook.redoLabel.value}` : undefined}
            onUndo={notebook.canUndo.value ? () => notebook.undo() : undefined}
            onRedo={notebook.canRedo.value ? () => notebook.redo() : undefined}
            onSave={() => void save(app)}
            onOpen={(files) => void openFiles(app, files)}
            onShare={() => void share(app)}
            theme={themeChoice.value}
            onTheme={chooseTheme}
            onHelp={panels.showKeyboard}
          />
        }
        outline={<CellOutline cells={document.cells} current={current} />}
        footer={<Footer version={__GATECAST_VERSION__} licences="./licenses.txt" />}
      >
        <SaveNotice autosave={autosave} app={app} />
        {firstTraceCell === undefined && <TraceMessages />}
        {document.cells.map((cell, index) => (
          <CellView
            key={cell.id}
            cell={cell}
            first={index === 0}
            last={index === document.cells.length - 1}
            current={current}
            showsTraceMessages={cell.id === firstTraceCell}
          />
        ))}
        <AddCell always kinds={addKinds} onAdd={(kind) => add(app, kind as CellKind, undefined)} />
        <div class="page-samples">
          <span>Sample notebooks, on the open trace:</span>
          {sampleNotebooks.map((one) => <Button key={one.id} kind="quiet" icon="open" onClick={() => void openSampleNotebook(app, one)}>{one.title}</Button>)}
        </div>
        <FileInput name="Open a notebook or a trace" multiple inputRef={picker} onFiles={(files) => void openFiles(app, files)} />
      </Page>
      <DropTarget
        onFiles={(files) => void openFiles(app, files)}
        onUnreadable={(name, error) => app.session.reportOpenError(name, toErrorParts(error))}
      />
      <KeyboardMap
        open={panel === 'keyboard'}
        onClose={() => setPanel(null)}
        singleKeys={singleKeys.value}
        onSingleKeys={(on) => {
          singleKeys.value = on;
          remember(singleKeysKey, on ? 'on' : 'off');
        }}
      />
      <CommandPalette open={panel === 'palette'} items={panel === 'palette' ? paletteItems(app, panels) : []} onClose={() => setPanel(null)} />
      <Announcer toaster={toaster} />
    </AppContext.Provider>
  );
}

/** On its own: a cell that runs has a new state several times a second, and the page is not drawn again for it. */
function CellOutline({ cells, current }: { readonly cells: readonly Cell[]; readonly current: Signal<string | null> }) {
  const states = cellStates.value;
  return (
    <Outline
      entries={cells.map((cell) => ({ id: cell.id, title: cellName(cell), state: states.get(cell.id) ?? { kind: 'fresh' } }))}
      current={current.value}
      onJump={focusCell}
    />
  );
}

function showOpenError(cells: readonly Cell[]): void {
  const traceCell = cells.find((cell) => cell.kind === 'trace');
  if (traceCell) focusCell(traceCell.id);
  else scrollTo({ top: 0 });
}

/** Saving that does not work is said where nobody can miss it, with a way out. */
function SaveNotice({ autosave, app }: { readonly autosave: Autosave; readonly app: App }) {
  const state = autosave.state.value;
  if (state === 'changed-elsewhere') {
    return (
      <Notice
        level="warning"
        title="This notebook was changed in another tab"
        actions={
          <>
            <Button onClick={() => location.reload()}>Load the other version</Button>
            <Button onClick={() => void autosave.overwrite()}>Keep this one</Button>
          </>
        }
      >
        Changes made here are not saved until you choose.
      </Notice>
    );
  }
  if (typeof state !== 'object') return null;
  return (
    <Notice level="warning" title={state.failed} actions={<><Button onClick={() => void save(app)}>Save as a file</Button><Button onClick={() => void autosave.overwrite()}>Try again</Button></>}>
      {state.remedy ?? ''}
    </Notice>
  );
}

const singleKeysKey = 'gatecast.single-keys';
