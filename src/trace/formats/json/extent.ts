/** What bytes mean where only the extent of a value matters. */
const ordinary = 0;
const quoteMark = 1;
const opening = 2;
const closing = 3;

const meaning = new Uint8Array(256);
meaning[34] = quoteMark;
meaning[91] = meaning[123] = opening;
meaning[93] = meaning[125] = closing;

const scalarEnd = new Uint8Array(256);
for (const character of ' \t\r\n,:[]{}"') scalarEnd[character.charCodeAt(0)] = 1;

/** Finds where a value of JSON ends, in whatever pieces it comes, without looking at what is in it. */
export class JsonExtent {
  /** Brackets that are open; -1 for a number or a word. */
  #depth = 0;
  #inString = false;

  /** @param first byte of the value */
  begin(first: number): void {
    this.#depth = meaning[first] === ordinary ? -1 : 0;
    this.#inString = false;
  }

  /**
   * Goes on from `at`, which is the value's first byte or what was returned before.
   * @returns where the next byte to look at is; at or beyond `end` when the value may go on, which `ended` tells
   */
  advance(bytes: Uint8Array, at: number, end: number): number {
    let next = at;
    if (this.#depth < 0) {
      while (next < end && scalarEnd[bytes[next]] === 0) next++;
      this.ended = next < end;
      return next;
    }
    this.ended = false;
    while (next < end) {
      if (this.#inString) {
        for (; next < end && bytes[next] !== 34; next++) if (bytes[next] === 92) next++;
        if (next >= end) return next;
        this.#inString = false;
        next++;
      } else {
        while (next < end && meaning[bytes[next]] === ordinary) next++;
        if (next >= end) return next;
        const what = meaning[bytes[next++]];
        if (what === opening) this.#depth++;
        else if (what === closing) this.#depth--;
        else {
          this.#inString = true;
          continue;
        }
      }
      if (this.#depth > 0) continue;
      this.ended = true;
      return next;
    }
    return next;
  }

  /** Whether the value has ended, as of the last `advance`. */
  ended = false;
}
