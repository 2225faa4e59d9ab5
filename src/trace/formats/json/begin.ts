import { JsonExtent } from './extent.ts';
import { isBlankByte } from './parse.ts';

const newline = 10;

/** The first bytes of a file of JSON, until it shows where its first value ends and whether another follows. */
export class JsonBeginning {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  #at = 0;
  #from = -1;
  #firstEnds = -1;
  readonly #extent = new JsonExtent();

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Whether the first value is there as a whole. */
  get hasFirst(): boolean {
    return this.#firstEnds >= 0;
  }

  /** Whether something follows the first value. */
  get hasSecond(): boolean {
    return this.hasFirst && this.#at < this.#length;
  }

  /** Whether the first value lies on one line, as a record of JSON lines does. */
  get firstIsLine(): boolean {
    return !this.#bytes.subarray(this.#from, this.#firstEnds).includes(newline);
  }

  add(piece: Uint8Array): void {
    if (this.#length + piece.length > this.#bytes.length) {
      const larger = new Uint8Array((this.#length + piece.length) * 2);
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
    // The mark of UTF-8 counts as blank, so that places in the file stay what they are.
    if (this.#from < 0 && this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#bytes.fill(32, 0, 3);
    if (this.#length >= 3) this.#look();
  }

  #look(): void {
    this.#skipBlanks();
    if (this.#from < 0 && this.#at < this.#length) {
      this.#from = this.#at;
      this.#extent.begin(this.#bytes[this.#at]);
    }
    if (this.#from < 0 || this.hasFirst) return;
    this.#at = this.#extent.advance(this.#bytes, this.#at, this.#length);
    if (!this.#extent.ended) return;
    this.#firstEnds = this.#at;
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    if (this.#from >= 0 && !this.hasFirst) return;
    while (this.#at < this.#length && isBlankByte(this.#bytes[this.#at])) this.#at++;
  }
}
