import type { Trace } from '../trace.ts';
import { csvPieces } from './csv.ts';
import { npzPieces } from './npz.ts';
import { parquetPieces } from './parquet.ts';

/** A file that a trace can be written to; each reads back to the same trace. */
export interface TraceFormat {
  readonly label: string;
  /** With its dot. */
  readonly extension: string;
  readonly type: string;
  readonly pieces: (trace: Trace) => Iterable<Uint8Array>;
}

export const traceFormats = {
  npz: { label: 'NPZ', extension: '.npz', type: 'application/zip', pieces: npzPieces },
  csv: { label: 'CSV', extension: '.csv', type: 'text/csv', pieces: csvPieces },
  parquet: { label: 'Parquet', extension: '.parquet', type: 'application/vnd.apache.parquet', pieces: parquetPieces },
} as const satisfies Readonly<Record<string, TraceFormat>>;

export type TraceFormatName = keyof typeof traceFormats;
