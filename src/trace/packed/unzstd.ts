import { joinedBytes } from '../read/chunks.ts';

/** Packed bytes taken at once: four of them may stand for 128 kB. */
const pieceBytes = 1 << 12;

const frameMagic = 0xfd2fb528;
/** Frames that hold no data: the last four bits are free. */
const skippableMagic = 0x184d2a50;
/** Bytes of a frame header's fields, by their two bits. */
const dictionaryBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];
const runBlock = 1;
const compressedBlock = 2;

/** What unpacks one frame, and what its bytes are hashed with. */
interface FrameTools {
  open(give: (bytes: Uint8Array) => void): { push(bytes: Uint8Array, final?: boolean): void };
  hash(): { update(bytes: Uint8Array): unknown; digest(): bigint };
}

/**
 * Unpacks Zstandard (RFC 8878), also of several frames. Throws on damage, on an early end, and on a checksum that does not
 * fit: fzstd, which unpacks, skips checksums, so frames are taken apart here.
 */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const [{ Decompress, ZstdErrorCode }, { default: xxhash }] = await Promise.all([import('fzstd'), import('xxhash-wasm')]);
  const { create64 } = await xxhash();
  const ready: Uint8Array[] = [];
  const frames = new Frames({ open: (give) => new Decompress(give), hash: () => create64() }, (bytes) => ready.push(bytes));
  for await (const chunk of packed) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      try {
        frames.push(chunk.slice(from, from + pieceBytes));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === ZstdErrorCode.WindowSizeTooLarge) throw new Error('its window is over 32 MB: it was packed with --ultra or --long', { cause: error });
        throw error;
      }
      yield* ready.splice(0);
    }
  }
  frames.end();
}

/** What comes next in the file. */
type Part = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skip length' | 'skipped';

/** Goes through a file of frames; what unpacks a frame sees the whole of it, its magic and checksum included. */
class Frames {
  readonly #tools: FrameTools;
  readonly #give: (bytes: Uint8Array) => void;
  #part: Part = 'magic';
  /** Bytes of the part that are still to come. */
  #wanted = 4;
  #held: Uint8Array = new Uint8Array(0);
  #hasChecksum = false;
  #isLastBlock = false;
  #frame: ReturnType<FrameTools['open']> | null = null;
  #hash: ReturnType<FrameTools['hash']>;

  constructor(tools: FrameTools, give: (bytes: Uint8Array) => void) {
    this.#tools = tools;
    this.#give = give;
    this.#hash = tools.hash();
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const piece = bytes.subarray(at, at + this.#wanted);
      at += piece.length;
      this.#wanted -= piece.length;
      // Content goes through as it comes; everything else is looked at whole.
      if (this.#part === 'content') this.#frame!.push(piece);
      else if (this.#part !== 'skipped') this.#held = joinedBytes(this.#held, piece);
      while (this.#wanted === 0) this.#next();
    }
  }

  end(): void {
    if (this.#part !== 'magic' || this.#held.length > 0) throw new Error('the end is missing');
  }

  #next(): void {
    const bytes = this.#held;
    this.#held = new Uint8Array(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (this.#part) {
      case 'magic': return this.#begin(view.getUint32(0, true), bytes);
      case 'descriptor': return this.#describe(bytes);
      case 'header':
        this.#frame!.push(bytes);
        return this.#expect('block', 3);
      case 'block': return this.#block(bytes);
      case 'content':
        if (!this.#isLastBlock) return this.#expect('block', 3);
        return this.#hasChecksum ? this.#expect('checksum', 4) : this.#finish(bytes);
      case 'checksum':
        this.#finish(bytes);
        if (BigInt(view.getUint32(0, true)) !== (this.#hash.digest() & 0xffffffffn)) throw new Error('its checksum does not fit');
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
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) return this.#expect('skip length', 4);
    if (magic !== frameMagic) throw new Error('something else follows');
    this.#hash = this.#tools.hash();
    this.#frame = this.#tools.open((unpacked) => {
      if (unpacked.length === 0) return;
      this.#hash.update(unpacked);
      this.#give(unpacked);
    });
    this.#frame.push(bytes);
    return this.#expect('descriptor', 1);
  }

  #describe(bytes: Uint8Array): void {
    const [descriptor] = bytes;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const size = descriptor >> 6;
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#isLastBlock = false;
    this.#frame!.push(bytes);
    this.#expect('header', (isSingleSegment ? 0 : 1) + dictionaryBytes[descriptor & 3] + (size === 0 && isSingleSegment ? 1 : sizeBytes[size]));
  }

  #block(bytes: Uint8Array): void {
    const header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
    const kind = (header >> 1) & 3;
    if (kind > compressedBlock) throw new Error('a block is of no known kind');
    this.#isLastBlock = (header & 1) !== 0;
    this.#frame!.push(bytes);
    // A run is one byte, however long it becomes.
    this.#expect('content', kind === runBlock ? 1 : header >> 3);
  }

  /** @param rest of the frame: its checksum, or nothing */
  #finish(rest: Uint8Array): void {
    this.#frame!.push(rest, true);
    this.#frame = null;
    this.#expect('magic', 4);
  }
}
