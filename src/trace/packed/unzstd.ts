import { joinedBytes } from '../read/chunks.ts';
import { ZstdBlocks, mostBlockBytes } from './zstd-block.ts';

const frameMagic = 0xfd2fb528;
/** Frames that hold no data: the last four bits are free. */
const skippableMagic = 0x184d2a50;
/** Bytes of a frame header's fields, by their two bits. */
const dictionaryBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];

/** The farthest that a frame may look back: what `zstd --long` takes without more words when it unpacks. */
const mostWindowBytes = 128 << 20;

/** What the bytes of a frame are hashed with. */
interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(): bigint;
}

/**
 * Unpacks Zstandard (RFC 8878), also of several frames. Throws on damage, on an early end, on a length or a checksum that
 * does not fit, on a window over 128 MB, and on frames that need a dictionary.
 */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { create64 } = await (await import('xxhash-wasm')).default();
  const frames = new Frames(() => create64());
  for await (const chunk of packed) yield* frames.push(chunk);
  frames.end();
}

/** Unpacks Zstandard of known length, without looking at checksums. Throws when it does not come out at exactly `bytes`. */
export function unpackZstd(packed: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(bytes);
  const frames = new Frames();
  let filled = 0;
  for (const piece of frames.push(packed)) {
    if (filled + piece.length > bytes) throw new Error(`it holds more than ${bytes} bytes`);
    content.set(piece, filled);
    filled += piece.length;
  }
  frames.end();
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return content;
}

/** What comes next in the file. */
type Part = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skip length' | 'skipped';

type BlockKind = 'raw' | 'run' | 'compressed';
const blockKinds: readonly (BlockKind | undefined)[] = ['raw', 'run', 'compressed'];

/** Goes through frames in whatever pieces they come. */
class Frames {
  readonly #newHash: (() => Hash) | undefined;
  #part: Part = 'magic';
  /** Bytes of the part that are still to come. */
  #wanted = 4;
  #held: Uint8Array = new Uint8Array(0);
  #descriptor = 0;
  #isLastBlock = false;
  #kind: BlockKind = 'raw';
  /** Of a run. */
  #runBytes = 0;
  #blocks = new ZstdBlocks(0);
  #hash: Hash | undefined;
  /** Bytes of the frame so far, and as its header says; -1 where it says nothing. */
  #done = 0;
  #declared = -1;

  /** @param newHash without it, checksums are not compared */
  constructor(newHash?: () => Hash) {
    this.#newHash = newHash;
  }

  /** Gives what is unpacked block by block, so that no more than one is waiting. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void> {
    let at = 0;
    while (at < bytes.length) {
      const piece = bytes.subarray(at, at + this.#wanted);
      at += piece.length;
      this.#wanted -= piece.length;
      if (this.#part !== 'skipped') this.#held = joinedBytes([this.#held, piece]);
      while (this.#wanted === 0) {
        const unpacked = this.#next();
        if (unpacked.length > 0) yield unpacked;
      }
    }
  }

  end(): void {
    if (this.#part !== 'magic' || this.#held.length > 0) throw new Error('the end is missing');
  }

  /** Takes a part that is whole. @returns what it unpacks to */
  #next(): Uint8Array {
    const bytes = this.#held;
    this.#held = new Uint8Array(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (this.#part) {
      case 'magic': return this.#begin(view.getUint32(0, true));
      case 'descriptor': return this.#describe(bytes[0]);
      case 'header': return this.#open(view);
      case 'block': return this.#block(bytes);
      case 'content': return this.#content(bytes);
      case 'checksum':
        if (this.#hash && BigInt(view.getUint32(0, true)) !== (this.#hash.digest() & 0xffffffffn)) throw new Error('its checksum does not fit');
        return this.#expect('magic', 4);
      case 'skip length': return this.#expect('skipped', view.getUint32(0, true));
      case 'skipped': return this.#expect('magic', 4);
    }
  }

  #expect(part: Part, bytes: number): Uint8Array {
    this.#part = part;
    this.#wanted = bytes;
    return new Uint8Array(0);
  }

  #begin(magic: number): Uint8Array {
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) return this.#expect('skip length', 4);
    if (magic !== frameMagic) throw new Error('something else follows');
    return this.#expect('descriptor', 1);
  }

  #describe(descriptor: number): Uint8Array {
    this.#descriptor = descriptor;
    const isSingle = (descriptor & 0x20) !== 0;
    const size = descriptor >> 6;
    return this.#expect('header', (isSingle ? 0 : 1) + dictionaryBytes[descriptor & 3] + (size === 0 && isSingle ? 1 : sizeBytes[size]));
  }

  #open(view: DataView): Uint8Array {
    const descriptor = this.#descriptor;
    const isSingle = (descriptor & 0x20) !== 0;
    const sizeAt = (isSingle ? 0 : 1) + dictionaryBytes[descriptor & 3];
    for (let at = isSingle ? 0 : 1; at < sizeAt; at++) if (view.getUint8(at) !== 0) throw new Error('it was packed with a dictionary; pack it without one');
    const declared = declaredSize(view, sizeAt);
    const window = isSingle ? declared : windowOf(view.getUint8(0));
    if (window > mostWindowBytes) throw new Error('its window is over 128 MB: it was packed with --ultra or --long');
    this.#declared = declared;
    this.#done = 0;
    this.#isLastBlock = false;
    this.#blocks = new ZstdBlocks(window);
    this.#hash = this.#newHash?.();
    return this.#expect('block', 3);
  }

  #block(bytes: Uint8Array): Uint8Array {
    const header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
    const kind = blockKinds[(header >> 1) & 3];
    const size = header >> 3;
    if (!kind) throw new Error('a block is of no known kind');
    if (size > mostBlockBytes) throw new Error('a block is too long');
    this.#kind = kind;
    this.#runBytes = size;
    this.#isLastBlock = (header & 1) !== 0;
    // A run is one byte, however long it becomes.
    return this.#expect('content', kind === 'run' ? 1 : size);
  }

  #content(bytes: Uint8Array): Uint8Array {
    const unpacked = this.#kind === 'run' ? this.#blocks.run(bytes[0], this.#runBytes) : this.#blocks[this.#kind](bytes);
    this.#hash?.update(unpacked);
    this.#done += unpacked.length;
    if (this.#declared >= 0 && (this.#done > this.#declared || (this.#isLastBlock && this.#done < this.#declared))) {
      throw new Error(`a frame holds ${this.#isLastBlock ? this.#done : 'more'} bytes, where its head says ${this.#declared}`);
    }
    if (!this.#isLastBlock) this.#expect('block', 3);
    else this.#expect((this.#descriptor & 4) !== 0 ? 'checksum' : 'magic', 4);
    return unpacked;
  }
}

/** @returns the content's length as a frame header says it, -1 where it does not */
function declaredSize(view: DataView, at: number): number {
  switch (view.byteLength - at) {
    case 0: return -1;
    case 1: return view.getUint8(at);
    case 2: return view.getUint16(at, true) + 256;
    case 4: return view.getUint32(at, true);
    default: return Number(view.getBigUint64(at, true));
  }
}

function windowOf(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}
