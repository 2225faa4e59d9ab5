/// <reference lib="webworker" />
import { GatecastError, cancelled, throwIfAborted } from '../src/errors.ts';
import { errorCurves } from '../src/states/error-curve.ts';
import { statesPicture } from '../src/states/states-picture.ts';
import { binnedHistory } from '../src/trace/pictures/binned.ts';
import { CellStore } from '../src/trace/build/cell-store.ts';
import { layerOf } from '../src/trace/pictures/columns.ts';
import { bytesOfValues, describeTrace } from '../src/trace/describe.ts';
import { openTrace, openTraces } from '../src/trace/read/open.ts';
import { heatmapPicture, imbalancePicture, linesPicture } from '../src/trace/pictures/pictures.ts';
import type { ReadOptions, ReadResult } from '../src/trace/read/reader.ts';
import { blobSource, urlSource } from '../src/trace/read/sources.ts';
import { StoredLayer, heldBytes, heldValues } from '../src/trace/kept/stored-layer.ts';
import type { Trace } from '../src/trace/trace.ts';
import type { LinesPicture, OpenRequest, TraceWorkerApi } from './contract.ts';
import { breathe, giving, serve } from './serve.ts';
import { Scratch } from './scratch-file.ts';
import { forgetTrace, keepTrace, keptTraces, openKept } from './trace-store.ts';

/** The open trace, and where it lies that is not in memory. Replaced only by a reading that succeeded. */
let opened: { readonly result: ReadResult; readonly scratch: Scratch; keeping: Promise<unknown> } | null = null;

/** Bytes of a written file that are held in memory at once. */
const heldWhileWriting = 32 << 20;

/** Counts openings, so that an earlier one that ends late does not replace a later one. */
let openings = 0;

function openedOrThrow(): NonNullable<typeof opened> {
  if (!opened) throw new GatecastError({ code: 'bad-setting', message: 'no trace is open', remedy: 'open a trace file or a sample' });
  return opened;
}

function openTraceOrThrow(): Trace {
  return openedOrThrow().result.trace;
}

function read({ origin, mapping }: OpenRequest, options: ReadOptions): Promise<ReadResult> {
  switch (origin.kind) {
    case 'sample': return openTrace(urlSource(origin.url, origin.id, options.signal), { ...options, mapping });
    case 'files': return openTraces(origin.files.map((file) => blobSource(file, file.name)), origin.name, { ...options, mapping });
    case 'stored': return openKept(origin.fingerprint, options);
  }
}

function nameOf({ origin }: OpenRequest): string {
  switch (origin.kind) {
    case 'sample': return origin.id;
    case 'files': return origin.name;
    case 'stored': return 'the kept trace';
  }
}

/** Another trace is open. What is being kept of the one before is kept to its end. */
async function leave({ scratch, keeping }: NonNullable<typeof opened>): Promise<void> {
  await keeping;
  await scratch.remove();
}

/** Of a trace too large to be held, layers that go to the disk when it is kept. */
function movable(result: ReadResult): ReadResult {
  const { trace } = result;
  if (bytesOfValues(trace) <= heldBytes || trace.layers.every((layer) => layer instanceof StoredLayer)) return result;
  const held = heldValues();
  return { ...result, trace: { ...trace, layers: trace.layers.map((layer) => StoredLayer.inMemory(layer, held)) } };
}

/** Ends a long piece of work between two parts of it when it was cancelled. */
function breatheUnless(signal: AbortSignal): () => Promise<void> {
  return async () => {
    await breathe();
    throwIfAborted(signal);
  };
}

function givingLines(picture: LinesPicture): LinesPicture {
  return giving(picture, [picture.columnSteps.buffer, picture.minimum.buffer, picture.mean.buffer, picture.maximum.buffer]);
}

serve<TraceWorkerApi>({
  async open(request, { signal, onProgress }) {
    const opening = ++openings;
    const scratch = new Scratch(nameOf(request));
    try {
      const store = new CellStore(scratch, heldBytes);
      const result = movable(await read(request, { signal, store, onProgress: (progress) => onProgress(progress) }));
      await breathe();
      throwIfAborted(signal);
      const info = describeTrace(result);
      if (opening !== openings) throw cancelled();
      if (!result.trace.layers.some((layer) => layer instanceof StoredLayer)) await scratch.remove();
      if (opened) void leave(opened);
      opened = { result, scratch, keeping: Promise.resolve() };
      return info;
    } catch (error) {
      await scratch.remove();
      throw error;
    }
  },

  heatmap(request) {
    const picture = heatmapPicture(openTraceOrThrow(), request);
    return giving(picture, [picture.shares.buffer, picture.columnSteps.buffer]);
  },

  lines: (request) => givingLines(linesPicture(openTraceOrThrow(), request)),

  imbalance: async (request, { signal }) => givingLines(await imbalancePicture(openTraceOrThrow(), request, breatheUnless(signal))),

  async states(settings, { signal, onProgress }) {
    const picture = await statesPicture(openTraceOrThrow(), settings, { signal, breathe, onProgress: (progress) => onProgress(progress) });
    const { columnSteps, varianceShort, varianceLong, rangeShort, rangeLong, criterion, criterionThreshold } = picture;
    return giving(picture, [columnSteps, varianceShort, varianceLong, rangeShort, rangeLong, criterion, criterionThreshold].map((array) => array.buffer));
  },

  async errorCurves(_, { signal, onProgress }) {
    const curves = await errorCurves(openTraceOrThrow(), { signal, breathe, onProgress: (progress) => onProgress(progress) });
    return giving(curves, [curves.originSteps.buffer, curves.errors.buffer]);
  },

  layerBlock({ layer }) {
    const trace = openTraceOrThrow();
    const { experts, values } = layerOf(trace, layer);
    const block = { fingerprint: trace.fingerprint, layer, experts, steps: trace.steps.slice(), values: values.slice() };
    return giving(block, [block.steps.buffer, block.values.buffer]);
  },

  async binnedHistories({ layers, originStep, grainSteps }, { signal }) {
    const trace = openTraceOrThrow();
    const histories = [];
    for (const layer of layers) {
      histories.push(binnedHistory(trace, layer, originStep, grainSteps));
      await breathe();
      throwIfAborted(signal);
    }
    return giving(histories, histories.map((history) => history.shares.buffer));
  },

  async write({ format }, { signal, onProgress }) {
    const trace = openTraceOrThrow();
    const { traceFormats } = await import('../src/trace/write/formats.ts');
    const { label, type, pieces } = traceFormats[format];
    let parts: BlobPart[] = [];
    let held = 0;
    let done = 0;
    for (const piece of pieces(trace)) {
      parts.push(piece as Uint8Array<ArrayBuffer>);
      held += piece.length;
      done += piece.length;
      // A blob may lie on the disk; pieces lie in memory.
      if (held > heldWhileWriting) {
        parts = [new Blob(parts)];
        held = 0;
      }
      onProgress({ done, unit: 'bytes', label: `Writing ${label}` });
      await breathe();
      throwIfAborted(signal);
    }
    return new Blob(parts, { type });
  },

  async keep(_, { signal }) {
    const keeping = openedOrThrow();
    const kept = keepTrace(keeping.result, signal);
    keeping.keeping = kept.catch(() => {});
    const stored = await kept;
    await keeping.scratch.remove();
    return stored;
  },

  kept: () => keptTraces(),

  async forget({ fingerprint }) {
    await forgetTrace(fingerprint);
    return null;
  },
});
