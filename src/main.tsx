import { render } from 'preact';
import { glanceAtAdapter } from './app/adapter.ts';
import { AppView } from './app/app.tsx';
import type { App } from './app/context.ts';
import { createRuns } from './app/runs.ts';
import { createSession } from './app/session.ts';
import { toErrorParts } from './errors.ts';
import { indexedDbBackend } from './notebook/autosave-idb.ts';
import { createAutosave } from './notebook/autosave.ts';
import { defaultDocument } from './notebook/default-document.ts';
import { fromHash } from './notebook/link.ts';
import { createNotebook } from './notebook/store.ts';
import { createToaster } from './ui/index.ts';
import { startTheme } from './ui/theme.ts';
import './ui/styles.css';
import './shell/styles.css';
import './charts/charts.css';
import './cells/cells.css';

/** Starts the page: the saved notebook or the opening one, then a link's on top of it, so that undo goes back. */
async function boot(): Promise<void> {
  startTheme();
  const autosave = createAutosave({
    backend: indexedDbBackend(),
    channel: 'BroadcastChannel' in globalThis ? new BroadcastChannel('gatecast-autosave') : undefined,
    page: { document, window },
  });
  const notebook = createNotebook((await autosave.load()) ?? defaultDocument());
  autosave.watch(notebook.document);
  const toaster = createToaster();
  const link = readLink();
  if (link.document) notebook.open(link.document, 'Open a link');
  const session = createSession(notebook);
  const app: App = { notebook, session, runs: createRuns(session, notebook, __GATECAST_VERSION__), toaster };
  const root = document.getElementById('app');
  if (root) render(<AppView app={app} autosave={autosave} />, root);
  if (link.document) toaster.show('Opened from a link', { label: 'Back to my notebook', onSelect: () => notebook.undo() });
  if (link.problem) toaster.show(link.problem);
  void glanceAtAdapter();
}

/** The notebook that the address carries. It is taken out of the address, so that a reload shows later edits. */
function readLink(): { readonly document?: ReturnType<typeof fromHash>; readonly problem?: string } {
  const { hash } = location;
  if (!hash) return {};
  try {
    const linked = fromHash(hash);
    if (linked) history.replaceState(null, '', location.pathname + location.search);
    return { document: linked };
  } catch (error) {
    history.replaceState(null, '', location.pathname + location.search);
    const { message, remedy } = toErrorParts(error);
    return { problem: `The link could not be opened: ${message}${remedy ? `; ${remedy}` : ''}` };
  }
}

void boot();
