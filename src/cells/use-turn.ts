import { useEffect, useState } from 'preact/hooks';
import { drawSoon } from '../charts/draw-queue.ts';

/** False at first, true when the cell's turn has come: cells fill one after the other, so that input is answered between them. */
export function useTurn(): boolean {
  const [come, setCome] = useState(false);
  useEffect(() => drawSoon(() => setCome(true)), []);
  return come;
}
