import type { ArrowField } from './schema.ts';
import { unpackBlock, type BlockCodec } from '../../packed/block-codecs.ts';
import type { FlatTable } from './flatbuffer.ts';
import { badInput } from '../../read/problems.ts';
import type { Source } from '../../read/reader.ts';
import { cutOff, sliceOf } from '../../read/slices.ts';

/** Where the bytes of a message's body lie. */
export interface ArrowBody {
  readonly source: Source;
  readonly start: number;
  readonly bytes: number;
  /** As errors call it: "long.arrow, batch 3". */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

/** A field with its own buffers in one batch. */
export interface PlacedField {
  readonly field: ArrowField;
  /** Values, empty ones included. */
  readonly length: number;
  readonly isFull: boolean;
  /** Number of its first buffer. */
  readonly buffer: number;
  /** Data buffers of a text view. */
  readonly views: number;
  readonly children: readonly PlacedField[];
}

/** Rows of all columns: where each buffer lies, and how it is packed. */
export class ArrowBatch {
  readonly rows: number;
  readonly fields: readonly PlacedField[];
  readonly #buffers: readonly number[];
  readonly #codec: BlockCodec;
  readonly #body: ArrowBody;

  /** Throws what is no batch of these fields. */
  constructor(batch: FlatTable, fields: readonly ArrowField[], body: ArrowBody) {
    this.#body = body;
    this.rows = batch.int64(0);
    this.#buffers = batch.int64s(2, 2);
    const compression = batch.table(3);
    const codec = compression ? (['LZ4 frame', 'zstd'] as const)[compression.int8(0)] : 'none';
    if (!codec) throw new Error(`it is packed in an unknown way (${compression?.int8(0)})`);
    this.#codec = codec;
    const nodes = batch.int64s(1, 2);
    const views = batch.int64s(4, 1);
    let [node, buffer, view] = [0, 0, 0];
    const place = (field: ArrowField): PlacedField => {
      const [length, empty] = [nodes[2 * node], nodes[2 * node + 1]];
      node++;
      if (!(Number.isSafeInteger(length) && length >= 0)) throw new Error(`column ${field.name} is not described`);
      const first = buffer;
      const more = field.isView && !field.dictionary ? (views[view++] ?? 0) : 0;
      buffer += field.buffers + more;
      return { field, length, isFull: empty === 0, buffer: first, views: more, children: field.children.map(place) };
    };
    this.fields = fields.map(place);
    if (node * 2 !== nodes.length || buffer * 2 !== this.#buffers.length) throw new Error(`it has ${nodes.length / 2} columns and ${this.#buffers.length / 2} buffers, where ${node} and ${buffer} are expected`);
    if (!(Number.isSafeInteger(this.rows) && this.rows >= 0)) throw new Error(`it has ${this.rows} rows`);
    const unequal = this.fields.find(({ length }) => length !== this.rows);
    if (unequal) throw new Error(`column ${unequal.field.name} has ${unequal.length} of ${this.rows} rows`);
  }

  get what(): string {
    return this.#body.what;
  }

  /**
   * The bytes of a buffer, `least` at least. Rejects with `bad-input` where there are fewer, or it says that there are far more than `most`.
   */
  async buffer(number: number, least: number, most = least): Promise<Uint8Array> {
    const { source, start, bytes, what, signal } = this.#body;
    const [offset, length] = [this.#buffers[2 * number], this.#buffers[2 * number + 1]];
    const called = `${what}, buffer ${number}`;
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes)) throw badInput(called, `it is said to lie at bytes ${offset} to ${offset + length} of ${bytes}`, cutOff);
    const view = await sliceOf(source, start + offset, start + offset + length, signal);
    const packed = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const content = this.#codec === 'none' || length === 0 ? packed : await this.#unpack(packed, most, called);
    if (content.length < least) throw badInput(called, `it has ${content.length} bytes, where ${least} are expected`, cutOff);
    return content;
  }

  async #unpack(packed: Uint8Array, most: number, called: string): Promise<Uint8Array> {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    if (packed.length < 8) throw badInput(called, 'its length is missing', cutOff);
    const bytes = view.getInt32(4, true) * 2 ** 32 + view.getUint32(0, true);
    const content = packed.subarray(8);
    // A buffer that packing would make longer is left as it is.
    if (bytes === -1) return content;
    if (!(bytes >= 0 && bytes <= most + paddingBytes)) throw badInput(called, `it claims ${bytes} bytes, where ${most} are expected`, cutOff);
    return unpackBlock(this.#codec, content, bytes, called);
  }
}

/** Writers make buffers longer than their values: to a multiple of 64 bytes, or by rows that were thought of. */
const paddingBytes = 1 << 16;
