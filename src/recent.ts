/** Keeps what was used last, up to a number of bytes; what was unused for longest goes first. */
export class Recent<Key, Value> {
  // A Map keeps the order of insertion: the first key is the one unused for longest.
  readonly #kept = new Map<Key, Value>();
  readonly #maximumBytes: number;
  readonly #bytesOf: (value: Value) => number;
  #bytes = 0;

  constructor(maximumBytes: number, bytesOf: (value: Value) => number) {
    this.#maximumBytes = maximumBytes;
    this.#bytesOf = bytesOf;
  }

  has(key: Key): boolean {
    return this.#kept.has(key);
  }

  get(key: Key): Value | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** The newest stays even when it is larger than all the room. */
  put(key: Key, value: Value): void {
    this.delete(key);
    this.#kept.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maximumBytes || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.#kept.get(key);
    if (value === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= this.#bytesOf(value);
  }
}
