import { useEffect, useState } from 'preact/hooks';

/** Parts of a list that are made at once: all of a thousand would block the page for a tenth of a second and more. */
const atOnce = 50;

/** How many parts of a long list are made: the first ones, and while `going` some more in every frame. */
export function useGrowing(count: number, going = true): number {
  const [made, setMade] = useState(atOnce);
  useEffect(() => {
    if (!going || made >= count) return undefined;
    const frame = requestAnimationFrame(() => setMade(made + atOnce));
    return () => cancelAnimationFrame(frame);
  }, [going, made, count]);
  return Math.min(made, count);
}
