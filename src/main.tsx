import { render } from 'preact';
import { glanceAtAdapter } from './app/adapter.ts';
import { AppView } from './app/app.tsx';
import { createCompare } from './app/comparison-run.ts';
import { createComparisons } from './app/comparisons.ts';
import type { App } from './app/context.ts';
import { createRuns } from './app/runs.ts';
import { createSession } from './app/session.ts';
import { indexedDbCheckpoints } from './app/sweep-checkpoints.ts';
import { createReplayTrial } from './app/sweep-replay.ts';
import { createReplays } from './app/sweep-replays.ts';
import { createRunSweep } from './app/sweep-run.ts';
import { createSweeps } from './app/sweeps.ts';
import { toErrorParts } from './errors.ts';
import { indexedDbBackend } from './notebook/autosave-idb.ts';
import { createAutosave } from './notebook/autosave.ts';
import { defaultDocument } from './notebook/default-document.ts';
import type { NotebookDocument } from './notebook/document.ts';
import { fromHash } from './notebook/link.ts';
import { createNotebook } from './notebook/store.ts';
import { createToaster } from './ui/index.ts';
import { remember, remembered } from './ui/remembered.ts';
import { startTheme } from './ui/theme.ts';
import './ui/styles.css';
import './shell/styles.css';
import './charts/charts.css';
import './cells/cells.css';

/** Starts the page: with a link's notebook, the one saved in this browser, or the opening one. */
async function boot(): Promise<void> {
  startTheme();
  const link = readLink();
  if (link.document) remember(slotKey, 'link', 'sessionStorage');
  const slot = currentSlot();
  const autosave = createAutosave({
    backend: indexedDbBackend(slot),
    channel: 'BroadcastChannel' in globalThis ? new BroadcastChannel(`gatecast-autosave-${slot}`) : undefined,
    page: { document, window },
  });
  const saved = await autosave.load();
  const notebook = createNotebook(link.document ?? saved ?? defaultDocument());
  autosave.watch(notebook.document);
  if (link.document) void autosave.overwrite();
  const toaster = createToaster();
  const session = createSession(notebook);
  const runs = createRuns(session, notebook, __GATECAST_VERSION__);
  const comparisons = createComparisons(session, notebook, createCompare(session, () => runs.preference.peek()), __GATECAST_VERSION__);
  const sweeps = createSweeps(session, notebook, createRunSweep(session, () => runs.preference.peek(), indexedDbCheckpoints()), __GATECAST_VERSION__);
  const replays = createReplays(session, sweeps, createReplayTrial(session, () => runs.preference.peek()));
  const app: App = { notebook, session, runs, comparisons, sweeps, replays, toaster };
  const root = document.getElementById('app');
  if (root) render(<AppView app={app} autosave={autosave} />, root);
  if (slot === 'link') {
    toaster.show('Opened from a link; your own notebook is kept', {
      label: 'Back to mine',
      onSelect: () => {
        remember(slotKey, 'main', 'sessionStorage');
        location.reload();
      },
    });
  }
  if (link.problem) toaster.show(link.problem);
  void glanceAtAdapter();
}

type Slot = 'main' | 'link';
const slotKey = 'gatecast.slot';

/** A link's notebook is saved beside the person's own, never over it; this tab remembers which one it shows. */
function currentSlot(): Slot {
  return remembered(slotKey, 'sessionStorage') === 'link' ? 'link' : 'main';
}

/** The notebook that the address carries. It is taken out of the address, so that a reload shows later edits. */
function readLink(): { readonly document?: NotebookDocument; readonly problem?: string } {
  if (!location.hash) return {};
  const clean = (): void => history.replaceState(null, '', location.pathname + location.search);
  try {
    const linked = fromHash(location.hash);
    if (!linked) return {};
    clean();
    return { document: linked };
  } catch (error) {
    clean();
    const { message, remedy } = toErrorParts(error);
    return { problem: `The link could not be opened: ${message}${remedy ? `; ${remedy}` : ''}` };
  }
}

void boot();
