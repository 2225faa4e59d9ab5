/** What the person put down about trials, as a Sweep cell reads and changes it. */
import { useMemo } from 'preact/hooks';
import { computed, type ReadonlySignal } from '@preact/signals';
import { useApp } from '../../app/context.ts';
import { cellOfKind, setSettings } from '../../notebook/edits.ts';
import type { TrialRemarks } from '../../notebook/kinds/sweep-remarks.ts';
import { remarksOf, withRemark } from '../../notebook/sweep-remarks.ts';
import type { NotebookStore } from '../../notebook/store.ts';

/** By trial. */
export type Remarks = ReadonlyMap<number, TrialRemarks>;

/** Of a cell's sweep that began then. A signal: what is said of a trial changes tables, and no picture. */
export function useRemarks(id: string, began: string): ReadonlySignal<Remarks> {
  const { notebook } = useApp();
  return useMemo(() => {
    const own = computed(() => cellOfKind(notebook.document.value, id, 'sweep')?.settings.remarks ?? null);
    return computed(() => remarksOf(own.value, began));
  }, [notebook, id, began]);
}

/** One undo step. @param label what undo undoes: "Pin a trial" */
export function setRemark(notebook: NotebookStore, id: string, began: string, trial: number, label: string, change: TrialRemarks): void {
  notebook.edit(label, (document) => {
    const cell = cellOfKind(document, id, 'sweep');
    return cell ? setSettings<'sweep'>(document, id, { remarks: withRemark(cell.settings.remarks, began, trial, change) }) : document;
  });
}
