/**
 * First drawings wait their turn, one a task: a page that fills with a dozen pictures at once would otherwise
 * block for 150 ms (measured on two cores), and input waits behind it.
 */
const waiting: (() => void)[] = [];
const channel = new MessageChannel();

channel.port1.onmessage = (): void => {
  waiting.shift()?.();
  if (waiting.length > 0) channel.port2.postMessage(null);
};

/** Draws soon, after those that asked before. @returns what takes the request back */
export function drawSoon(draw: () => void): () => void {
  waiting.push(draw);
  if (waiting.length === 1) channel.port2.postMessage(null);
  return () => {
    const at = waiting.indexOf(draw);
    // The first one stays in its place, empty: the message on its way belongs to it.
    if (at === 0) waiting[0] = () => undefined;
    else if (at > 0) waiting.splice(at, 1);
  };
}
