/**
 * The open notebook: one document, its undo steps, and its results.
 *
 * Undo steps are whole documents without results; unchanged cells are shared, so a step costs little. Results live
 * beside them, by cell id, because they come from outside and cost minutes: undoing an edit must not lose a result
 * that came after it, and undoing a removal must bring the result back. Opening another document starts a new era
 * with results of its own, so that cells of equal ids in two documents never share one.
 */
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import { withoutResult, withoutResults, type Cell, type NotebookDocument } from './document.ts';
import { kinds, type AnyKind, type CellKind, type ResultOf } from './kinds/index.ts';
import { parseResult } from './schema.ts';

export type AnyResult = NonNullable<ResultOf<CellKind>>;

export interface EditOptions {
  readonly merge?: string;
  readonly result?: { readonly cellId: string; readonly result: AnyResult };
}

export interface NotebookStore {
  /** The document with its results. */
  readonly document: ReadonlySignal<NotebookDocument>;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** What undo would undo: "Change window"; null when nothing. */
  readonly undoLabel: ReadonlySignal<string | null>;
  readonly redoLabel: ReadonlySignal<string | null>;
  /**
   * One undo step. An edit that returns the document it was given is none. Results of cells that stay are kept
   * whatever the edit returns; a new cell brings its own.
   * @param options.result a result that comes with the edit: undoing the edit brings the one before back
   * @param options.merge edits with the same key, each within a second of the one before, make one step: a slider's drag
   */
  edit(label: string, change: (document: NotebookDocument) => NotebookDocument, options?: EditOptions): void;
  /** Another document in this one's place, as one undo step. */
  open(document: NotebookDocument, label?: string): void;
  /**
   * Gives a cell its result, null takes it away. No undo step. A cell that undo could bring back gets it too.
   * @throws GatecastError `bad-input` for a result that a file would not take
   */
  setResult(cellId: string, result: AnyResult | null): void;
  undo(): void;
  redo(): void;
}

export interface NotebookOptions {
  /** Milliseconds from any fixed time. */
  readonly now?: () => number;
  readonly mergeMs?: number;
  /** Undo steps kept. */
  readonly limit?: number;
}

/** A document as it stood, and the edit that led to it. */
interface Step {
  readonly document: NotebookDocument;
  readonly era: number;
  readonly label: string;
  /** The result that a cell has on the other side of the edit, where the edit came with one. */
  readonly swaps?: { readonly cellId: string; readonly result: AnyResult | undefined };
}

interface History {
  readonly past: readonly Step[];
  readonly present: Step;
  /** Nearest first. */
  readonly future: readonly Step[];
}

export function createNotebook(initial: NotebookDocument, options: NotebookOptions = {}): NotebookStore {
  const { now = () => performance.now(), mergeMs = 1000, limit = 200 } = options;
  const history = signal<History>({ past: [], present: { document: withoutResults(initial), era: 0, label: '' }, future: [] });
  const results = signal<ReadonlyMap<string, AnyResult>>(gather(new Map(), initial.cells, 0));
  let lastEra = 0;
  let merging: { key: string; atMs: number } | null = null;

  /** Cells with their results, kept so that a cell that did not change stays the same object. */
  const joined = new WeakMap<Cell, { result: AnyResult; cell: Cell }>();
  /** The other way: from a cell that was handed out to the one in the step. */
  const bare = new WeakMap<Cell, Cell>();
  function join(cell: Cell, result: AnyResult | undefined): Cell {
    const kind: AnyKind = kinds[cell.kind];
    if (!result || !kind.result) return cell;
    const known = joined.get(cell);
    if (known?.result === result) return known.cell;
    const whole = { ...cell, result } as Cell;
    joined.set(cell, { result, cell: whole });
    bare.set(whole, cell);
    return whole;
  }
  const document = computed<NotebookDocument>(() => {
    const { present } = history.value;
    const known = results.value;
    return { ...present.document, cells: present.document.cells.map((cell) => join(cell, known.get(keyOf(present.era, cell.id)))) };
  });

  function push(step: Step, merge: string | undefined): void {
    const { past, present } = history.peek();
    const atMs = now();
    const merges = merge !== undefined && merging?.key === merge && atMs - merging.atMs <= mergeMs;
    merging = merge === undefined ? null : { key: merge, atMs };
    if (merges) {
      history.value = { past, present: { ...step, label: present.label }, future: [] };
      return;
    }
    history.value = { past: [...past, present].slice(-limit), present: step, future: [] };
    forgetUnreachable();
  }

  /** Drops results of cells that neither the document nor any step holds. */
  function forgetUnreachable(): void {
    const { past, present, future } = history.peek();
    const reachable = new Set([...past, present, ...future].flatMap((step) => step.document.cells.map((cell) => keyOf(step.era, cell.id))));
    const kept = [...results.peek()].filter(([key]) => reachable.has(key));
    if (kept.length < results.peek().size) results.value = new Map(kept);
  }

  function go(next: History): void {
    merging = null;
    history.value = next;
  }

  /** Puts the result that a step holds in the place of the cell's, and that one into the step. */
  function swapped(step: Step): Step {
    if (!step.swaps) return step;
    const { cellId, result } = step.swaps;
    const key = keyOf(step.era, cellId);
    const next = new Map(results.peek());
    const before = next.get(key);
    if (result) next.set(key, result);
    else next.delete(key);
    results.value = next;
    return { ...step, swaps: { cellId, result: before } };
  }

  return {
    document,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    undoLabel: computed(() => (history.value.past.length > 0 ? history.value.present.label : null)),
    redoLabel: computed(() => history.value.future[0]?.label ?? null),

    edit(label, change, { merge, result: given } = {}) {
      const before = document.peek();
      const after = change(before);
      const about = given && after.cells.find(({ id }) => id === given.cellId);
      const swaps = given && about && { cellId: given.cellId, result: parseResult(about.kind, given.result) };
      if (after === before && !swaps) return;
      const { era } = history.peek().present;
      const stayed = new Set(before.cells.map((cell) => cell.id));
      batch(() => {
        results.value = gather(results.peek(), after.cells.filter((cell) => !stayed.has(cell.id)), era);
        const step = { document: { ...after, cells: after.cells.map((cell) => bare.get(cell) ?? withoutResult(cell)) }, era, label };
        push(swaps ? swapped({ ...step, swaps }) : step, merge);
      });
    },

    open(opened, label = 'Open notebook') {
      const era = ++lastEra;
      batch(() => {
        results.value = gather(results.peek(), opened.cells, era);
        push({ document: withoutResults(opened), era, label }, undefined);
      });
    },

    setResult(cellId, result) {
      const { past, present, future } = history.peek();
      const cells = [present, ...past, ...future].filter(({ era }) => era === present.era).flatMap((step) => step.document.cells);
      const cell = cells.find(({ id }) => id === cellId);
      if (!cell) return;
      const next = new Map(results.peek());
      if (result) next.set(keyOf(present.era, cellId), parseResult(cell.kind, result));
      else next.delete(keyOf(present.era, cellId));
      results.value = next;
    },

    undo() {
      const { past, present, future } = history.peek();
      const previous = past.at(-1);
      if (previous) batch(() => go({ past: past.slice(0, -1), present: previous, future: [swapped(present), ...future] }));
    },

    redo() {
      const { past, present, future } = history.peek();
      const [next, ...rest] = future;
      if (next) batch(() => go({ past: [...past, present], present: swapped(next), future: rest }));
    },
  };
}

function keyOf(era: number, cellId: string): string {
  return `${era}/${cellId}`;
}

function gather(known: ReadonlyMap<string, AnyResult>, cells: readonly Cell[], era: number): ReadonlyMap<string, AnyResult> {
  const carrying = cells.filter((cell) => cell.result !== undefined);
  if (carrying.length === 0) return known;
  return new Map([...known, ...carrying.map((cell) => [keyOf(era, cell.id), cell.result as AnyResult] as const)]);
}
