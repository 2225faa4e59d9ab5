/** A value of Thrift's compact protocol; 64-bit integers as doubles. */
export type ThriftValue = boolean | number | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Structures in structures in files that mean well: seven or so. */
const deepest = 24;
/** Values that one piece may hold: each takes some hundred bytes of memory. */
const mostValues = 4_000_000;

/** The fields of a structure by number. A field of another type than asked for is as good as absent. */
export class ThriftStruct {
  readonly #fields: (ThriftValue | undefined)[];

  constructor(fields: (ThriftValue | undefined)[]) {
    this.#fields = fields;
  }

  /** A whole number that a double holds exactly. */
  int(field: number): number | undefined {
    const value = this.#fields[field];
    return Number.isSafeInteger(value) ? (value as number) : undefined;
  }

  bool(field: number): boolean | undefined {
    const value = this.#fields[field];
    return typeof value === 'boolean' ? value : undefined;
  }

  text(field: number): string | undefined {
    const value = this.#fields[field];
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
  }

  struct(field: number): ThriftStruct | undefined {
    const value = this.#fields[field];
    return value instanceof ThriftStruct ? value : undefined;
  }

  structs(field: number): readonly ThriftStruct[] {
    const value = this.#fields[field];
    return Array.isArray(value) ? value.filter((one) => one instanceof ThriftStruct) : [];
  }
}

/** Reads one structure (github.com/apache/thrift, thrift-compact-protocol.md). Throws where bytes end or mean nothing. */
export class ThriftReader {
  at = 0;
  readonly #bytes: Uint8Array;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > deepest) throw new Error('its structures are nested too deeply');
    const fields: (ThriftValue | undefined)[] = [];
    let id = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) return new ThriftStruct(fields);
      const delta = head >> 4;
      id = delta > 0 ? id + delta : this.#zigzag();
      if (!(id > 0 && id < 256)) throw new Error(`a structure has a field ${id}`);
      const type = head & 15;
      fields[id] = type === 1 || type === 2 ? type === 1 : this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): ThriftValue {
    if (++this.#values > mostValues) throw new Error(`it holds more than ${mostValues} values`);
    switch (type) {
      case 1: case 2: return this.#byte() === 1;
      case 3: return (this.#byte() << 24) >> 24;
      case 4: case 5: case 6: return this.#zigzag();
      case 7: return this.#take(8)[0];
      case 8: return this.#take(this.#varint());
      case 9: case 10: return this.#list(depth);
      case 11: return this.#map(depth);
      case 12: return this.struct(depth + 1);
      default: throw new Error(`a field is of no known type (${type})`);
    }
  }

  #list(depth: number): ThriftValue {
    if (depth > deepest) throw new Error('its structures are nested too deeply');
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    // An element takes a byte at least.
    if (count > this.#bytes.length - this.at) throw new Error(`a list of ${count} goes past the end`);
    const values: ThriftValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.#value(head & 15, depth + 1));
    return values;
  }

  /** Passed over: nothing that is needed is in a map. */
  #map(depth: number): ThriftValue {
    if (depth > deepest) throw new Error('its structures are nested too deeply');
    const count = this.#varint();
    if (count > this.#bytes.length - this.at) throw new Error(`a map of ${count} goes past the end`);
    if (count === 0) return [];
    const types = this.#byte();
    for (let i = 0; i < count; i++) {
      this.#value(types >> 4, depth + 1);
      this.#value(types & 15, depth + 1);
    }
    return [];
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw new Error('it ends early');
    return this.#bytes[this.at++];
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.at) throw new Error('it ends early');
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #varint(): number {
    const { value, end } = varint(this.#bytes, this.at);
    this.at = end;
    return value;
  }

  #zigzag(): number {
    return unzigzag(this.#varint());
  }
}

/** A number in groups of seven bits, lowest first; up to 64 bits, beyond 2⁵³ rounded. Throws where the bytes end. */
export function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    value += (bytes[at] & 127) * scale;
    scale *= 128;
    if (bytes[at] < 128) return { value, end: at + 1 };
  }
  throw new Error('a number does not end');
}

/** 0, 1, 2, 3, … → 0, -1, 1, -2, … */
export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
