import { parseDecimal } from '../read/decimal.ts';
import type { FrameCells } from './frame-rows.ts';

/** A text that cells of a column hold, and the number it stands for; NaN for none. */
export interface Word {
  readonly text: string;
  readonly number: number;
}

/** Names of layers and experts are shorter, bytes. */
const longestText = 4096;
const mostWords = 1 << 16;

/** Reads texts, each different one once. */
export class Words {
  readonly #known = new Map<string, Word>();
  readonly #decoder = new TextDecoder();
  #lastBytes: Uint8Array = new Uint8Array(0);
  #last: Word = { text: '', number: NaN };

  /** Throws for a text over 4 kB. */
  of(bytes: Uint8Array): Word {
    if (bytes.length > longestText) throw new Error(`a text of ${bytes.length} bytes`);
    // Words come many times in a row.
    if (sameBytes(bytes, this.#lastBytes)) return this.#last;
    const text = this.#decoder.decode(bytes);
    let word = this.#known.get(text);
    if (!word) {
      word = { text, number: parseDecimal(bytes, 0, bytes.length) };
      if (this.#known.size >= mostWords) this.#known.clear();
      this.#known.set(text, word);
    }
    this.#lastBytes = bytes;
    this.#last = word;
    return word;
  }
}

export function putWord({ numbers, texts }: FrameCells, at: number, { text, number }: Word): void {
  numbers[at] = number;
  if (texts) texts[at] = text;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
