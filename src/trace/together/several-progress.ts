import type { OnProgress } from '../../progress.ts';
import type { Source } from '../read/reader.ts';

/** Progress over several files that are read one after another, in bytes of all of them. */
export class SeveralProgress {
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #onProgress: OnProgress | undefined;
  #before = 0;
  #inFile = 0;

  /** @param label "reading rank" @param sources in the order of reading */
  constructor(label: string, sources: readonly Source[], onProgress: OnProgress | undefined) {
    this.#label = label;
    this.#total = sources.reduce<number | undefined>((sum, { byteLength }) => (sum === undefined || byteLength === undefined ? undefined : sum + byteLength), 0);
    this.#onProgress = onProgress;
  }

  /** What to give the reader of a file for its own progress. */
  readonly ofFile: OnProgress = ({ done, unit }) => {
    // What else is done with a file is not part of its bytes.
    if (unit !== 'bytes') return;
    this.#inFile = done;
    this.#report(this.#before + done);
  };

  /** Goes on to the next file. */
  next({ byteLength }: Source): void {
    this.#before += byteLength ?? this.#inFile;
    this.#inFile = 0;
    this.#report(this.#before);
  }

  #report(done: number): void {
    this.#onProgress?.({ done, total: this.#total, unit: 'bytes', label: this.#label });
  }
}
