import { useState } from 'preact/hooks';
import { offerUndo } from '../../app/actions.ts';
import { useApp } from '../../app/context.ts';
import { toErrorParts, type ErrorParts } from '../../errors.ts';
import { cellOfKind } from '../../notebook/edits.ts';
import { layersInWords, loadedModel } from './loaded-model.ts';

export interface LoadModel {
  load(files: readonly File[]): void;
  /** Why the last files could not be loaded. */
  readonly problem: ErrorParts | null;
  forget(): void;
}

/** Loads a trained model into a cell: on any failure the cell stays as it was. */
export function useLoadModel(id: string): LoadModel {
  const app = useApp();
  const { notebook, session, runs } = app;
  const [problem, setProblem] = useState<ErrorParts | null>(null);

  async function load(files: readonly File[]): Promise<void> {
    setProblem(null);
    try {
      const { readModelFiles } = await import('./model-files.ts');
      const { weights, modelJson, values } = await readModelFiles(files);
      const imported = await session.workers.gpu.call('importModel', { modelJson, weights: values }, { transfer: [values] });
      // By now the cell or the trace may be others than when the files were chosen.
      const cell = cellOfKind(notebook.document.peek(), id, 'forecast');
      const info = session.trace.peek()?.info;
      if (!cell || !info) return;
      const model = loadedModel(cell.settings, info, imported, weights);
      if (await runs.load(id, model)) offerUndo(app, `Loaded ${weights.file} and forecast ${layersInWords(model.plan.layers, info)} with it`);
    } catch (error) {
      const parts = toErrorParts(error);
      // Another device was chosen meanwhile: that is no fault of the files.
      if (parts.code !== 'cancelled') setProblem(parts);
    }
  }
  return { load: (files) => void load(files), problem, forget: () => setProblem(null) };
}
