/** Unpacks Zstandard (RFC 8878) frame by frame, so that each frame's checksum is compared: fzstd, which unpacks them, skips it. */
import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';

const frameMagic = 0xfd2fb528;
/** Frames that hold no data: the last four bits are free. */
const skippableMagic = 0x184d2a50;
const fieldBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];
const compressedBlock = 2;
const runBlock = 1;

type Hasher = ReturnType<Awaited<ReturnType<typeof xxhash>>['create64']>;

/** Hands out the unpacked bytes. Throws on data that is damaged or cut off, and on a checksum that does not fit. */
export async function zstdUnpacker(): Promise<TransformStream<Uint8Array, Uint8Array>> {
  const { create64 } = await xxhash();
  let walker: FrameWalker;
  return new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      walker = new FrameWalker(create64, (bytes) => controller.enqueue(bytes));
    },
    transform: (bytes) => walker.push(bytes),
    flush: () => walker.end(),
  });
}

/** What comes next in the file, and how many bytes of it have to be there. */
type Part = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skip length' | 'skipped';

class FrameWalker {
  readonly #create: () => Hasher;
  readonly #give: (bytes: Uint8Array) => void;
  #part: Part = 'magic';
  #wanted = 4;
  #held = new Uint8Array(0);
  #checked = false;
  #lastBlock = false;
  #frame: Decompress | null = null;
  #hash: Hasher;

  constructor(create: () => Hasher, give: (bytes: Uint8Array) => void) {
    this.#create = create;
    this.#give = give;
    this.#hash = create();
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length || this.#wanted === 0) {
      // Content goes through as it comes, everything else is looked at whole.
      if (this.#part === 'content' || this.#part === 'skipped') {
        const piece = bytes.subarray(at, at + this.#wanted);
        if (this.#part === 'content' && piece.length > 0) this.#frame!.push(piece);
        at += piece.length;
        this.#wanted -= piece.length;
        if (this.#wanted > 0) return;
        this.#next(new Uint8Array(0));
        continue;
      }
      const taken = bytes.subarray(at, at + this.#wanted - this.#held.length);
      at += taken.length;
      const whole = new Uint8Array(this.#held.length + taken.length);
      whole.set(this.#held);
      whole.set(taken, this.#held.length);
      if (whole.length < this.#wanted) {
        this.#held = whole;
        return;
      }
      this.#held = new Uint8Array(0);
      this.#next(whole);
    }
  }

  end(): void {
    if (this.#part !== 'magic' || this.#held.length > 0) throw new Error('the end is missing');
  }

  #next(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (this.#part) {
      case 'magic': return this.#begin(view.getUint32(0, true), bytes);
      case 'descriptor': return this.#describe(bytes);
      case 'header':
        this.#frame!.push(bytes);
        return this.#expect('block', 3);
      case 'block': return this.#block(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16), bytes);
      case 'content':
        if (!this.#lastBlock) return this.#expect('block', 3);
        return this.#checked ? this.#expect('checksum', 4) : this.#finish(new Uint8Array(0));
      case 'checksum':
        this.#finish(bytes);
        if (view.getUint32(0, true) !== Number(this.#hash.digest() & 0xffffffffn)) throw new Error('the checksum does not fit');
        return undefined;
      case 'skip length': return this.#expect('skipped', view.getUint32(0, true));
      case 'skipped': return this.#expect('magic', 4);
    }
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part;
    this.#wanted = bytes;
  }

  #begin(magic: number, bytes: Uint8Array): void {
    if (((magic & 0xfffffff0) >>> 0) === skippableMagic) return this.#expect('skip length', 4);
    if (magic !== frameMagic) throw new Error('this is no zstd frame');
    this.#hash = this.#create();
    this.#frame = new Decompress((unpacked) => {
      if (unpacked.length === 0) return;
      this.#hash.update(unpacked);
      this.#give(unpacked);
    });
    this.#frame.push(bytes);
    this.#expect('descriptor', 1);
  }

  #describe(bytes: Uint8Array): void {
    const [descriptor] = bytes;
    const single = (descriptor & 0x20) !== 0;
    this.#checked = (descriptor & 4) !== 0;
    this.#lastBlock = false;
    this.#frame!.push(bytes);
    const size = descriptor >> 6;
    const rest = (single ? 0 : 1) + fieldBytes[descriptor & 3] + (size === 0 && single ? 1 : sizeBytes[size]);
    this.#expect('header', rest);
  }

  #block(header: number, bytes: Uint8Array): void {
    this.#lastBlock = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    if (type > compressedBlock) throw new Error('a block is of no known kind');
    this.#frame!.push(bytes);
    // A run is one byte, however long it becomes.
    this.#expect('content', type === runBlock ? 1 : header >> 3);
  }

  /** @param checksum of the frame, where it has one */
  #finish(checksum: Uint8Array): void {
    this.#frame!.push(checksum, true);
    this.#frame = null;
    this.#expect('magic', 4);
  }
}
