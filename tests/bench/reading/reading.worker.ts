/// <reference lib="webworker" />
/** Reads files in the ways that are compared, in one worker. */
import Papa from 'papaparse';
import { openTrace } from '../../../src/trace/read/open.ts';
import { blobSource } from '../../../src/trace/read/sources.ts';

export interface Measured {
  /** Ours; papaparse, which gives rows of strings that are then thrown away; nothing but the bytes. */
  readonly way: 'gatecast' | 'papaparse' | 'bytes';
  readonly seconds: number;
  /** Loads, cells or bytes that were read, to see that it was all of it. */
  readonly read: number;
}

self.onmessage = async ({ data: { file, way } }: MessageEvent<{ readonly file: File; readonly way: Measured['way'] }>) => {
  const began = performance.now();
  const read = await ways[way](file);
  self.postMessage({ way, read, seconds: (performance.now() - began) / 1000 } satisfies Measured);
};

const ways: Readonly<Record<Measured['way'], (file: File) => Promise<number>>> = {
  async gatecast(file) {
    const { trace } = await openTrace(blobSource(file, file.name));
    return trace.layers.reduce((sum, { values }) => sum + values.length, 0);
  },
  papaparse: (file) => new Promise((resolve, reject) => {
    let cells = 0;
    Papa.parse<string[]>(file, {
      fastMode: true,
      chunk: ({ data }) => {
        for (const row of data) cells += row.length;
      },
      complete: () => resolve(cells),
      error: reject,
    });
  }),
  async bytes(file) {
    let bytes = 0;
    const reader = file.stream().getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) bytes += piece.value.length;
    return bytes;
  },
};
