/** Files that are packed as a whole, whatever is in them: `.gz` and `.zst`. They are told by their first bytes. */
import { badInput } from './problems.ts';
import type { Source } from './reader.ts';
import { streamedSource } from './streamed-source.ts';

interface Packing {
  /** "gzip" */
  readonly label: string;
  /** Taken off a name. */
  readonly extension: RegExp;
  readonly start: readonly number[];
  unpacker(): Promise<ReadableWritablePair<Uint8Array, BufferSource>>;
}

const packings: readonly Packing[] = [
  { label: 'gzip', extension: /\.gz(?:ip)?$|(?<=\.t)gz$/i, start: [0x1f, 0x8b], unpacker: () => Promise.resolve(new DecompressionStream('gzip')) },
  { label: 'zstd', extension: /\.zstd?$/i, start: [0x28, 0xb5, 0x2f, 0xfd], unpacker: zstdStream },
];

/** How a file is packed by its first bytes; undefined where it is not. */
export function packingOf(head: Uint8Array): Packing | undefined {
  return packings.find(({ start }) => start.every((byte, i) => head[i] === byte));
}

async function zstdStream(): Promise<ReadableWritablePair<Uint8Array, BufferSource>> {
  const { zstdUnpacker } = await import('./zstd.ts');
  return (await zstdUnpacker()) as ReadableWritablePair<Uint8Array, BufferSource>;
}

/** What is in a packed file. */
export function unpackedSource(source: Source, { label, extension, unpacker }: Packing): Source {
  let read = 0;
  const damaged = (): Error => badInput(source.name, `its ${label} data is damaged, cut off, or followed by something else`, 'copy or download the file again, or unpack it', `${source.name}, byte ${read}`);
  const open = (): ReadableStream<Uint8Array> => {
    read = 0;
    /** What went wrong with the file itself: it counts before what the unpacking made of it. */
    let failure: unknown;
    let opened: Promise<ReadableStreamDefaultReader<Uint8Array>> | undefined;
    const packed = source.stream().getReader();
    const counted = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const piece = await packed.read().catch((error: unknown) => {
          failure = error;
          throw error;
        });
        if (piece.done) return controller.close();
        read += piece.value.length;
        controller.enqueue(piece.value as Uint8Array<ArrayBuffer>);
      },
      cancel: (reason) => packed.cancel(reason),
    }, { highWaterMark: 0 });
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        opened ??= unpacker().then((pair) => counted.pipeThrough(pair).getReader());
        const reader = await opened;
        const piece = await reader.read().catch(() => {
          throw failure instanceof Error ? failure : damaged();
        });
        if (piece.done) controller.close();
        else controller.enqueue(piece.value);
      },
      cancel: async (reason) => (await opened)?.cancel(reason),
    }, { highWaterMark: 0 });
  };
  return streamedSource({ name: source.name.replace(extension, '') || source.name, label: source.name, packed: { byteLength: source.byteLength, done: () => read }, open });
}
