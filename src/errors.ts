/**
 * One error type for everything that a person is told about. A message says what was wrong, with the value;
 * `where` says where it stands (file, line, column, byte); `remedy` says what to do.
 * Classes are lost between threads, so `code` is what callers test and what travels.
 */
import type { MappingQuestion } from './trace/read/reader.ts';

export type ErrorCode =
  /** The file's content is not what its format asks for. */
  | 'bad-input'
  /** No reader knows this file. */
  | 'unknown-format'
  /** The person cancelled. */
  | 'cancelled'
  /** A worker died while working. */
  | 'worker-died'
  /** The GPU device was lost. */
  | 'device-lost'
  /** There is no usable WebGPU. */
  | 'no-webgpu'
  /** The device runs out of memory, or a file is too large for it. */
  | 'out-of-memory'
  /** The browser's storage is full or refused. */
  | 'storage-full'
  /** A setting is out of its range for this trace (history too short, say). */
  | 'bad-setting'
  /** A bug of ours. */
  | 'internal';

export interface ErrorParts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly remedy?: string;
  /** A file that cannot be understood without the person: what to ask. */
  readonly questions?: readonly MappingQuestion[];
}

export class GatecastError extends Error implements ErrorParts {
  readonly code: ErrorCode;
  readonly where?: string;
  readonly remedy?: string;
  readonly questions?: readonly MappingQuestion[];

  constructor(parts: ErrorParts) {
    super(parts.message);
    this.name = 'GatecastError';
    this.code = parts.code;
    this.where = parts.where;
    this.remedy = parts.remedy;
    this.questions = parts.questions;
  }
}

/** What of an error crosses a thread. Unknown errors become `internal` and keep their message. */
export function toErrorParts(error: unknown): ErrorParts {
  if (error instanceof GatecastError) {
    return { code: error.code, message: error.message, where: error.where, remedy: error.remedy, questions: error.questions };
  }
  if (error instanceof DOMException && error.name === 'AbortError') return { code: 'cancelled', message: 'cancelled' };
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return { code: 'storage-full', message: 'the browser has no room left', remedy: 'remove stored traces or free disk space' };
  }
  if (isOutOfMemory(error)) return { code: 'out-of-memory', message: error.message, remedy: 'close other tabs or open a shorter trace' };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** Whether an allocation failed, or a message was too large to copy, in the words of Chromium, Firefox and WebKit. */
function isOutOfMemory(error: unknown): error is Error {
  if (error instanceof DOMException) return error.name === 'DataCloneError' && /out of memory/i.test(error.message);
  return error instanceof RangeError && /allocation|array (buffer )?length|array size|out of memory/i.test(error.message);
}

export function cancelled(): GatecastError {
  return new GatecastError({ code: 'cancelled', message: 'cancelled' });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}
