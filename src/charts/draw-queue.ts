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

/** What calls back in a task of its own. */
function tasks(): (run: () => void) => void {
  const channel = new MessageChannel();
  return (run) => {
    channel.port1.onmessage = run;
    channel.port2.postMessage(null);
  };
}

/** Draws soon, one a task, after those that asked before: what is not on the page yet. @returns what takes the request back */
export const drawSoon = queue(tasks(), 0);

/** Whether a frame has begun since the last drawing. */
let framed = true;

/**
 * Draws anew what is on the page, as many at once as are fast, once a frame: laying out what was drawn costs as much as
 * drawing it. The first is drawn while it is asked for, since a frame may come before the next task: a drag is to be
 * answered in the next one.
 */
export const redrawSoon = queue((draw) => {
  const drawNow = (): void => {
    framed = false;
    requestAnimationFrame(() => {
      framed = true;
    });
    draw();
  };
  if (framed) drawNow();
  else requestAnimationFrame(drawNow);
}, 6);
