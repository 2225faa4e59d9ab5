/** How the arrow keys walk over rows. Pure. */

/**
 * Left and right follow `order`, down and up follow `upwards`; Page keys go by a tenth, Home and End to the ends.
 * The first key shows the first row of its order.
 * @param row the row that is shown; −1 for none
 * @param order rows, at least one
 * @returns the next row, null for keys that mean nothing here
 */
export function walkKey(key: string, row: number, order: readonly number[], upwards: readonly number[]): number | null {
  const page = Math.max(1, Math.round(order.length / 10));
  const moves: Readonly<Record<string, readonly [list: readonly number[], by: number]>> = {
    ArrowLeft: [order, -1], ArrowRight: [order, 1], ArrowDown: [upwards, -1], ArrowUp: [upwards, 1],
    PageUp: [order, page], PageDown: [order, -page], Home: [order, -Infinity], End: [order, Infinity],
  };
  if (!(key in moves)) return null;
  const [list, by] = moves[key];
  const at = list.indexOf(row);
  if (at < 0 && Number.isFinite(by)) return list[0];
  return list[Math.min(list.length - 1, Math.max(0, at + by))];
}
