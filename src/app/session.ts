/**
 * What is open. The document says which trace a notebook is about (`document.trace`); this file makes it so:
 * it opens the trace in the trace worker, keeps it there across undo, reload and a dead worker, and tells the cells.
 * The page's thread never holds the trace, only its description.
 */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { GatecastError, toErrorParts, type ErrorParts } from '../errors.ts';
import type { Progress, WorkOptions } from '../progress.ts';
import type { BandRequest, ForecastBand, ForecastPicture, ForecastRequest, ImportanceRequest, StoredTrace, TraceInfo, TraceOrigin } from '../../workers/contract.ts';
import type { BankHistory } from '../forecast/bank-history.ts';
import { othersOf } from '../cells/forecast/worker-room.ts';
import type { Mapping } from '../trace/read/reader.ts';
import type { NotebookStore } from '../notebook/store.ts';
import { setTrace } from '../notebook/edits.ts';
import type { ImportanceResult } from '../sweep/importance/types.ts';
import type { TraceRef } from '../notebook/document.ts';
import { nameOfFiles } from '../trace/together/name-of-files.ts';
import { sampleById } from '../trace/samples.ts';
import { originOfSample } from './other-trace.ts';
import { againOnDeath } from './again-on-death.ts';
import { createKeptTraces, type KeptTraces } from './kept-traces.ts';
import { createWorkers, type Workers } from './workers.ts';

export interface OpenTrace {
  readonly ref: TraceRef;
  readonly info: TraceInfo;
}

export interface Opening {
  readonly name: string;
  readonly progress: Progress | null;
  /** Takes long enough that progress is worth its place on the page. */
  readonly slow: boolean;
  cancel(): void;
}

/** Whether the open trace will be there after a reload. */
export type KeptState = 'sample' | 'keeping' | 'kept' | { readonly notKept: ErrorParts };

export interface OpenError extends ErrorParts {
  readonly name: string;
  /** Opens the file with answers to the error's questions. */
  readonly answer?: (mapping: Mapping) => void;
}

export interface Session {
  readonly workers: Workers;
  readonly trace: ReadonlySignal<OpenTrace | null>;
  readonly opening: ReadonlySignal<Opening | null>;
  readonly openError: ReadonlySignal<OpenError | null>;
  /** The notebook is about a file that this browser does not have: ask for it. */
  readonly wanted: ReadonlySignal<{ readonly name: string; readonly fingerprint: string } | null>;
  readonly kept: ReadonlySignal<KeptState>;
  readonly keptTraces: KeptTraces;
  /** Changes when a worker that held data was replaced: part of every picture's key. */
  readonly generation: ReadonlySignal<number>;
  /** Opens a trace from one file, or from several that belong together. */
  openFiles(files: readonly File[]): void;
  openSample(id: string): void;
  /** Opens a trace that this browser keeps. */
  openKept(trace: Pick<StoredTrace, 'name' | 'fingerprint'>): void;
  remap(mapping: Mapping): void;
  /** Shows why something could not be opened, where opening is shown. */
  reportOpenError(name: string, error: ErrorParts): void;
  dismissError(): void;
  /** A forecast of one layer, judged; the forecast worker gets the layers that it needs first where it does not hold them. */
  forecast(request: Omit<ForecastRequest, 'fingerprint'>, work?: WorkOptions): Promise<ForecastPicture>;
  /** The band of a forecast of one layer, likewise. */
  band(request: Omit<BandRequest, 'fingerprint'>, work?: WorkOptions): Promise<ForecastBand>;
  /** What the bank forecast of a layer before an origin. */
  bankHistory(layer: number, originStep: number, horizons: readonly number[], work?: WorkOptions): Promise<BankHistory>;
  /** Which settings of a sweep matter. */
  importance(request: ImportanceRequest, work?: WorkOptions): Promise<ImportanceResult>;
}

/** Shorter openings show no progress: it would only flash. */
const slowMs = 250;

const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

const sameMapping = (a: Mapping, b: Mapping): boolean =>
  JSON.stringify(Object.entries(a).toSorted(byKey)) === JSON.stringify(Object.entries(b).toSorted(byKey));

export function sameTrace(a: TraceRef, b: TraceRef): boolean {
  if (a.kind === 'sample') return b.kind === 'sample' && a.id === b.id;
  return b.kind === 'file' && a.fingerprint === b.fingerprint && sameMapping(a.mapping, b.mapping);
}

/** Layers that a request is about or learns from. */
function layersOf({ layer, forecaster }: Pick<ForecastRequest, 'layer' | 'forecaster'>): readonly number[] {
  return [layer, ...(forecaster.kind === 'cheap' ? forecaster.others ?? [] : [])];
}

export function createSession(notebook: NotebookStore): Session {
  const trace = signal<OpenTrace | null>(null);
  const opening = signal<Opening | null>(null);
  const openError = signal<OpenError | null>(null);
  const wanted = signal<{ name: string; fingerprint: string } | null>(null);
  const kept = signal<KeptState>('sample');
  const generation = signal(0);
  /** Files given in this visit, by fingerprint, so that undo can open them again. */
  const filesOf = new Map<string, readonly File[]>();
  /** Layers that the forecast worker was given, of which trace. */
  let loaded = { fingerprint: '', layers: new Map<number, Promise<void>>() };
  let restarts = 0;

  const workers = createWorkers(() => {
    // The trace died with its worker: open it again, but do not try for ever.
    const open = trace.peek();
    if (open && restarts++ < 3) void load(open.ref);
  });

  const keptTraces = createKeptTraces(workers.trace);

  /** Opens a trace; on failure what was open stays. */
  async function read(name: string, origin: TraceOrigin, mapping: Mapping): Promise<TraceInfo | null> {
    opening.peek()?.cancel();
    const controller = new AbortController();
    openError.value = null;
    let mine: Opening = { name, progress: null, slow: false, cancel: () => controller.abort() };
    opening.value = mine;
    const update = (change: Partial<Opening>): void => {
      if (opening.peek() !== mine) return;
      mine = { ...mine, ...change };
      opening.value = mine;
    };
    const slowTimer = setTimeout(() => update({ slow: true }), slowMs);
    try {
      const info = await workers.trace.call('open', { origin, mapping }, { signal: controller.signal, onProgress: (progress) => update({ progress }) });
      openError.value = null;
      return info;
    } catch (error) {
      const parts = toErrorParts(error);
      const answer = parts.questions && origin.kind === 'files' ? (answers: Mapping) => void openFiles(origin.files, { ...mapping, ...answers }) : undefined;
      if (parts.code !== 'cancelled') openError.value = { ...parts, name, answer };
      return null;
    } finally {
      clearTimeout(slowTimer);
      if (opening.peek() === mine) opening.value = null;
    }
  }

  function show(ref: TraceRef, info: TraceInfo): void {
    wanted.value = null;
    trace.value = { ref, info };
    generation.value++;
  }

  /** Opens the trace that the document names: a sample, a file of this visit, or one kept in this browser. */
  async function load(ref: TraceRef): Promise<void> {
    if (ref.kind === 'sample') {
      const sample = sampleById(ref.id);
      if (!sample) {
        openError.value = { name: ref.id, code: 'bad-input', message: `there is no sample "${ref.id}"`, remedy: 'choose one of the samples in the Trace cell' };
        return;
      }
      const info = await read(sample.id, originOfSample(sample), {});
      if (info) {
        kept.value = 'sample';
        show(ref, info);
      }
      return;
    }
    const files = filesOf.get(ref.fingerprint);
    if (files) {
      const info = await read(ref.name, { kind: 'files', files, name: ref.name }, ref.mapping);
      if (info) {
        show(ref, info);
        void keep(info.fingerprint);
      }
      return;
    }
    const stored = await workers.trace.call('kept', {}).catch(() => []);
    if (stored.some((one) => one.fingerprint === ref.fingerprint)) {
      const info = await read(ref.name, { kind: 'stored', fingerprint: ref.fingerprint }, {});
      if (info) {
        kept.value = 'kept';
        show(ref, info);
        void keptTraces.refresh();
        return;
      }
    }
    wanted.value = { name: ref.name, fingerprint: ref.fingerprint };
  }

  async function keep(fingerprint: string): Promise<void> {
    kept.value = 'keeping';
    try {
      await workers.trace.call('keep', {});
      if (trace.peek()?.info.fingerprint === fingerprint) kept.value = 'kept';
      void keptTraces.askToStay();
      void keptTraces.refresh();
    } catch (error) {
      if (trace.peek()?.info.fingerprint === fingerprint) kept.value = { notKept: toErrorParts(error) };
    }
  }

  async function openFiles(files: readonly File[], mapping: Mapping = {}): Promise<void> {
    const name = nameOfFiles(files.map((file) => file.name));
    const info = await read(name, { kind: 'files', files, name }, mapping);
    if (!info) return;
    restarts = 0;
    filesOf.set(info.fingerprint, files);
    const asked = wanted.peek();
    const ref: TraceRef = { kind: 'file', name, fingerprint: info.fingerprint, mapping };
    if (asked && asked.fingerprint !== info.fingerprint) {
      openError.value = {
        name, code: 'bad-input',
        message: `${name} is not the trace that this notebook was made on (${asked.name}, fingerprint ${asked.fingerprint.slice(0, 8)}…); its fingerprint is ${info.fingerprint.slice(0, 8)}…`,
        remedy: 'it is open now; results shown here were made on the other one and are marked stale',
      };
    }
    show(ref, info);
    notebook.edit(`Open ${name}`, (document) => setTrace(document, ref));
    void keep(info.fingerprint);
  }

  // Undo, redo, opening a notebook: the document names another trace than the one that is open.
  const named = computed(() => notebook.document.value.trace);
  let following: TraceRef | null = null;
  effect(() => {
    const ref = named.value;
    const open = trace.peek();
    if (open && sameTrace(open.ref, ref)) return;
    if (following && sameTrace(following, ref) && opening.peek()) return;
    following = ref;
    void load(ref);
  });

  return {
    workers, trace, opening, openError, wanted, kept, keptTraces, generation,
    openFiles(files) {
      void openFiles(files);
    },
    openSample(id) {
      restarts = 0;
      openError.value = null;
      notebook.edit(`Open sample ${id}`, (document) => setTrace(document, { kind: 'sample', id, mapping: {} }));
    },
    openKept({ name, fingerprint }) {
      restarts = 0;
      openError.value = null;
      notebook.edit(`Open ${name}`, (document) => setTrace(document, { kind: 'file', name, fingerprint, mapping: {} }));
    },
    remap(mapping) {
      const open = trace.peek();
      if (!open || open.ref.kind !== 'file') return;
      const files = filesOf.get(open.ref.fingerprint);
      if (files) void openFiles(files, mapping);
      else openError.value = { name: open.ref.name, code: 'bad-setting', message: 'reading it differently needs the file itself', remedy: `open ${open.ref.name} again, then change how it is read` };
    },
    reportOpenError(name, error) {
      openError.value = { ...error, name };
    },
    dismissError() {
      openError.value = null;
    },
    forecast: (request, work) => askOfLayers(layersOf(request), (fingerprint) => workers.forecast.call('forecast', { ...request, fingerprint }, work)),
    band: (request, work) => askOfLayers(layersOf(request), (fingerprint) => workers.forecast.call('band', { ...request, fingerprint }, work)),
    bankHistory(layer, originStep, horizons, work) {
      const info = trace.peek()?.info;
      const others = info ? othersOf(info, layer) : [];
      return askOfLayers([layer, ...others], (fingerprint) => workers.forecast.call('bankHistory', { fingerprint, layer, others, originStep, horizons }, work));
    },
    importance: (request, work) => againOnDeath(() => workers.sweep.call('importance', request, work)),
  };

  /** Asks the forecast worker about layers, which it gets first; once more where it died or made room for other layers. */
  async function askOfLayers<Answer>(layers: readonly number[], ask: (fingerprint: string) => Promise<Answer>): Promise<Answer> {
    const open = trace.peek();
    if (!open) throw new GatecastError({ code: 'bad-setting', message: 'no trace is open' });
    const { fingerprint } = open.info;
    const loadAndAsk = async (): Promise<Answer> => {
      await Promise.all(layers.map((layer) => loadLayer(fingerprint, layer)));
      return ask(fingerprint);
    };
    try {
      return await loadAndAsk();
    } catch (error) {
      if (!(error instanceof GatecastError) || (error.where !== 'layer' && error.code !== 'worker-died')) throw error;
      if (error.code === 'worker-died') loaded.layers.clear();
      else for (const layer of layers) loaded.layers.delete(layer);
      return loadAndAsk();
    }
  }

  function loadLayer(fingerprint: string, layer: number): Promise<void> {
    if (loaded.fingerprint !== fingerprint) loaded = { fingerprint, layers: new Map() };
    const mine = loaded;
    const known = mine.layers.get(layer);
    if (known) return known;
    const loading = (async () => {
      const block = await workers.trace.call('layerBlock', { layer });
      await workers.forecast.call('loadLayer', block, { transfer: [block.values.buffer, block.steps.buffer] });
    })();
    mine.layers.set(layer, loading);
    loading.catch(() => mine.layers.delete(layer));
    return loading;
  }
}
