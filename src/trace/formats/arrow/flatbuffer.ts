/**
 * A table of a FlatBuffer (flatbuffers.dev/internals): fields by number, each where its table says, or absent.
 * What lies outside the bytes throws a RangeError.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldsBytes: number;

  /** @param at where the table stands; without it, the root */
  constructor(view: DataView, at = view.getUint32(0, true)) {
    this.#view = view;
    this.#at = at;
    this.#fields = at - view.getInt32(at, true);
    this.#fieldsBytes = view.getUint16(this.#fields, true);
  }

  int8(field: number, otherwise = 0): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getInt8(at);
  }

  int16(field: number, otherwise = 0): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getInt16(at, true);
  }

  int32(field: number, otherwise = 0): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getInt32(at, true);
  }

  /** Rounded beyond 2⁵³. */
  int64(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : int64At(this.#view, at);
  }

  text(field: number): string {
    const vector = this.#vector(field, 1);
    return vector ? new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + vector.at, vector.length)) : '';
  }

  table(field: number): FlatTable | null {
    const at = this.#place(field);
    return at === null ? null : this.#tableAt(at);
  }

  tables(field: number): FlatTable[] {
    const vector = this.#vector(field, 4);
    return vector ? Array.from({ length: vector.length }, (_, i) => this.#tableAt(vector.at + 4 * i)) : [];
  }

  /** A vector of structures of so many 64-bit integers each, one after the other. */
  int64s(field: number, each: number): number[] {
    const vector = this.#vector(field, 8 * each);
    return vector ? Array.from({ length: vector.length * each }, (_, i) => int64At(this.#view, vector.at + 8 * i)) : [];
  }

  /** @returns null for a field that is absent */
  #place(field: number): number | null {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#fieldsBytes) return null;
    const offset = this.#view.getUint16(this.#fields + entry, true);
    return offset === 0 ? null : this.#at + offset;
  }

  #tableAt(at: number): FlatTable {
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  #vector(field: number, elementBytes: number): { readonly at: number; readonly length: number } | null {
    const place = this.#place(field);
    if (place === null) return null;
    const at = place + this.#view.getUint32(place, true);
    const length = this.#view.getUint32(at, true);
    if (at + 4 + length * elementBytes > this.#view.byteLength) throw new RangeError(`a vector of ${length} goes past the end`);
    return { at: at + 4, length };
  }
}

function int64At(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
