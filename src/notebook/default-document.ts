import { defaultSettings } from './kinds/index.ts';
import type { NotebookDocument } from './document.ts';

const intro = `A router sends every token to a few experts, and how many each gets decides which GPU waits for which. This notebook reads a recorded training run, shows when the load of its experts settles, and forecasts it.

Move a slider and the forecast follows. Drop a trace of your own anywhere on the page and every cell tells its story instead; it stays on this machine.`;

/** The notebook that opens at the first visit. */
export function defaultDocument(): NotebookDocument {
  return {
    format: 'gatecast',
    version: 1,
    title: 'Expert load of a 125M GPT with 16 experts',
    trace: { kind: 'sample', id: 'gpt-moe-125m-16e' },
    cells: [
      { id: 'intro', kind: 'note', settings: { text: intro } },
      { id: 'trace', kind: 'trace', settings: defaultSettings('trace') },
      { id: 'load', kind: 'load', settings: defaultSettings('load') },
      { id: 'states', kind: 'states', settings: defaultSettings('states') },
      { id: 'forecast', kind: 'forecast', settings: defaultSettings('forecast') },
    ],
  };
}
