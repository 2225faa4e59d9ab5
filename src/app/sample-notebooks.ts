/** Notebooks that come with the project. They are about whichever trace is open. */
import { parseNotebook } from '../notebook/file.ts';
import type { NotebookDocument } from '../notebook/document.ts';
import { toErrorParts } from '../errors.ts';
import { offerUndo } from './actions.ts';
import type { App } from './context.ts';

export interface SampleNotebook {
  readonly id: string;
  readonly title: string;
  /** Fetched when it is opened. */
  readonly load: () => Promise<{ readonly default: string }>;
}

export const sampleNotebooks: readonly SampleNotebook[] = [
  { id: 'paper', title: 'The paper on your trace', load: () => import('../../samples/the-paper-on-your-trace.gatecast.json?raw') },
];

/** Opens a notebook on the trace that the present one is about, as one step that undo takes back. */
export async function openSampleNotebook(app: App, { title, load }: SampleNotebook): Promise<void> {
  const { notebook, session } = app;
  try {
    const document: NotebookDocument = parseNotebook((await load()).default);
    notebook.open({ ...document, trace: notebook.document.peek().trace }, `Open ${title}`);
    scrollTo({ top: 0 });
    offerUndo(app, `Opened ${title}`);
  } catch (error) {
    session.reportOpenError(title, toErrorParts(error));
  }
}
