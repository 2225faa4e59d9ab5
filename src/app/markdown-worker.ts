/** Starts the worker that reads notes' Markdown; see `src/notebook/markdown.ts`. */
export function startMarkdownWorker(): Worker {
  return new Worker(new URL('../notebook/markdown.worker.ts', import.meta.url), { type: 'module', name: 'markdown' });
}
