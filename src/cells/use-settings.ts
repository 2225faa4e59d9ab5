import { useApp } from '../app/context.ts';
import type { CellKind, SettingsOf } from '../notebook/kinds/index.ts';
import { setSettings } from '../notebook/edits.ts';
import { toErrorParts } from '../errors.ts';

/** Changes settings of a cell. Changes of the same setting in quick succession, a slider's drag, are one undo step. */
export type ChangeSettings<K extends CellKind> = (label: string, partial: Partial<SettingsOf<K>>) => void;

export function useChangeSettings<K extends CellKind>(id: string): ChangeSettings<K> {
  const { notebook, toaster } = useApp();
  return (label, partial) => {
    try {
      notebook.edit(`Change ${label}`, (document) => setSettings<K>(document, id, partial), { merge: `${id}/${Object.keys(partial).join()}` });
    } catch (error) {
      toaster.show(`Not changed: ${toErrorParts(error).message}`);
    }
  };
}
