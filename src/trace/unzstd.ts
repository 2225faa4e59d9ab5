/** Packed bytes taken at once: four of them may stand for 128 kB. */
const pieceBytes = 1 << 12;

/** Unpacks Zstandard, also of several frames. Throws on damage and on an early end; checksums are not compared. */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress, ZstdErrorCode } = await import('fzstd');
  let ready: Uint8Array[] = [];
  const decompress = new Decompress((data) => {
    if (data.length > 0) ready.push(data);
  });
  const push = (piece: Uint8Array, final: boolean): void => {
    try {
      decompress.push(piece, final);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === ZstdErrorCode.WindowSizeTooLarge) throw new Error('its window is over 32 MB: it was packed with --ultra or --long', { cause: error });
      throw error;
    }
  };
  for await (const chunk of packed) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      push(chunk.slice(from, from + pieceBytes), false);
      yield* ready;
      ready = [];
    }
  }
  push(new Uint8Array(0), true);
  yield* ready;
}
