import type { WorkOptions } from '../../progress.ts';
import type { CellStore } from '../build/cell-store.ts';
import type { Trace } from '../trace.ts';

/** Anything that bytes can be read from: a file, a URL, a buffer, a faulty source in a test. */
export interface Source {
  readonly name: string;
  readonly byteLength?: number;
  slice(start: number, end: number): Promise<Uint8Array>;
  stream(): ReadableStream<Uint8Array>;
}

/**
 * Something about a file that could be understood in more than one way: which axis is the steps, which column the load.
 * The reader answers it itself (`guess`), says so, and takes another answer in `Mapping`.
 */
export interface MappingQuestion {
  /** Stable key of the answer in `Mapping`: "axes", "column.step". */
  readonly id: string;
  /** "Which axis is what?" */
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** What was used for this reading: the guess, or the person's answer. */
  readonly value: string;
  /** True when the guess was not certain, so that the interface asks for a look. */
  readonly ambiguous: boolean;
}

/** Answers to mapping questions, by id. Answers that a reader does not know are ignored. */
export type Mapping = Readonly<Record<string, string>>;

export interface ReadResult {
  readonly trace: Trace;
  readonly questions: readonly MappingQuestion[];
  /** What was noticed while reading and is no error: "12 empty cells read as 0". */
  readonly notes: readonly string[];
  /** Steps that came more than once (a run that restarted from a checkpoint); the later values were kept. */
  readonly repeatedSteps?: number;
  /** The rank of the run that wrote the file, where it says so. */
  readonly rank?: number;
}

export interface ReadOptions extends WorkOptions {
  readonly mapping?: Mapping;
  /** Where loads are gathered that may be too many for the memory; without it all stay there. */
  readonly store?: CellStore;
}

/** One file format. */
export interface Reader {
  /** "npy", "npz", "csv", "jsonl" */
  readonly id: string;
  /** As a person would say it: "NumPy array". */
  readonly label: string;
  /** Reads from beginning to end, so that a packed file is unpacked while it is read, not before. */
  readonly inOrder?: boolean;
  /** How sure the reader is that this is its format, 0 (no) to 1 (yes). Content counts before the name. */
  sniff(head: Uint8Array, name: string): number;
  read(source: Source, options: ReadOptions): Promise<ReadResult>;
}
