import { unpackBrotli } from './brotli.ts';
import { gunzipped } from './gunzip.ts';
import { unpackLz4Block, unpackLz4Frame, unpackLz4Hadoop } from './lz4.ts';
import { joinedBytes } from '../read/chunks.ts';
import { badInput } from '../read/problems.ts';
import { cutOff } from '../read/slices.ts';
import { unpackSnappy } from './snappy.ts';
import { unpackZstd } from './unzstd.ts';

/** How the pages of Parquet and the buffers of Arrow are packed. */
export type BlockCodec = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'LZ4' | 'LZ4 block' | 'LZ4 frame';

/** What one page or buffer may unpack to. */
const mostBytes = 256 << 20;

/**
 * Unpacks a block that says how long it is. Memory grows with what comes out, not with what is claimed.
 * Rejects with `bad-input` when it does not come out at exactly `bytes`. @param what "column tokens, page 3"
 */
export async function unpackBlock(codec: BlockCodec, packed: Uint8Array, bytes: number, what: string): Promise<Uint8Array> {
  if (bytes > mostBytes) throw badInput(what, `it claims ${bytes} bytes, more than 256 MB`, 'write it again with smaller pages');
  try {
    switch (codec) {
      case 'none':
        if (packed.length !== bytes) throw new Error(`it has ${packed.length} of ${bytes} bytes`);
        return packed;
      case 'snappy': return unpackSnappy(packed, bytes);
      case 'LZ4': return unpackLz4Hadoop(packed, bytes);
      case 'LZ4 block': return unpackLz4Block(packed, bytes);
      case 'LZ4 frame': return unpackLz4Frame(packed, bytes);
      case 'brotli': return await unpackBrotli(packed, bytes);
      case 'gzip': return await collected(gunzipped(once(packed)), bytes);
      case 'zstd': return unpackZstd(packed, bytes);
    }
  } catch (error) {
    throw badInput(what, `it is damaged and cannot be unpacked (${codec}: ${error instanceof Error ? error.message : String(error)})`, cutOff);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function collected(pieces: AsyncIterable<Uint8Array>, bytes: number): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let filled = 0;
  for await (const piece of pieces) {
    filled += piece.length;
    if (filled > bytes) throw new Error(`it holds more than ${bytes} bytes`);
    held.push(piece.slice());
  }
  if (filled !== bytes) throw new Error(`it ends after ${filled} of ${bytes} bytes`);
  return held.length === 1 ? held[0] : joinedBytes(held);
}
