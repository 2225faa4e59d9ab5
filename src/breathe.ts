import { throwIfAborted } from './errors.ts';

/** Lets waiting messages in (a cancel, say) between two pieces of work. A promise alone would not: it runs before them. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}

/** Milliseconds of work between two looks at waiting messages. */
const breathMs = 10;

/**
 * For work in small pieces: to be awaited between them. Lets waiting messages in when it is time to, and ends the work
 * with `cancelled` where the signal was aborted meanwhile.
 */
export function breather(signal: AbortSignal | undefined): () => Promise<void> {
  let lastMs = performance.now();
  return async () => {
    if (performance.now() - lastMs < breathMs) return;
    await breathe();
    throwIfAborted(signal);
    lastMs = performance.now();
  };
}
