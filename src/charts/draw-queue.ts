/**
 * Pictures are drawn one after the other: a page that fills with a dozen of them at once would otherwise block for
 * 150 ms (measured on two cores), the five of a training's report for 50 to 130 ms, and input waits behind it.
 */

/**
 * A queue of drawings. One that waits already keeps its place when it is asked for again.
 * @param turn calls back when something may be drawn
 * @param turnMs drawings of one turn go on for this long; the first is always made
 */
function queue(turn: (draw: () => void) => void, turnMs: number): (draw: () => void) => () => void {
  const waiting = new Set<() => void>();
  let asked = false;
  const ask = (): void => {
    if (asked || waiting.size === 0) return;
    asked = true;
    turn(drawSome);
  };
  const drawSome = (): void => {
    asked = false;
    const endMs = performance.now() + turnMs;
    for (const draw of waiting) {
      waiting.delete(draw);
      // Before it is drawn: a drawing that fails holds up no other.
      ask();
      draw();
      if (performance.now() >= endMs) return;
    }
  };
  return (draw) => {
    waiting.add(draw);
    ask();
    return () => {
      waiting.delete(draw);
    };
  };
}

const channel = new MessageChannel();

/** Draws soon, one a task, after those that asked before: what is not on the page yet. @returns what takes the request back */
export const drawSoon = queue((draw) => {
  channel.port1.onmessage = draw;
  channel.port2.postMessage(null);
}, 0);

/** Draws what is on the page anew, at most once a frame and as many a frame as are fast, so that dragging stays smooth. */
export const redrawSoon = queue((draw) => requestAnimationFrame(draw), 6);
