/** What ways back have in common whose parts of a product meet in workgroup memory (`sBackSum`). */
import { restStride } from './head.ts';
import { cellsAt, storePart, type Owners, type Task } from './piece.ts';
import { repeat } from './source.ts';

/** Sums the parts of what goes back to the owners' cells: to h, as `dh`, and from a second layer to the one below, as its cells' slopes. */
export function gatherBack({ shape }: Task, layer: number, owners: Owners, parts: number): string {
  const { x, back, backFrom } = shape.layers[layer];
  const gathered = (name: string, k: string): string => `var ${name} = 0.0; ${repeat(parts, (s) => `${name} += sBackSum[${s}][row * ${back / 4}u + ((${k}) >> 2u)][u & 3u];`)}`;
  return repeat(owners.count, (p) => `${owners.open(p)}
      let row = ${owners.row(p)};
      ${gathered('toH', `${x - backFrom}u + u`)}
      dh${p} = toH;
      ${layer > 0 ? `${gathered('below', 'u')} let o = ${cellsAt(layer, 't')} + row * H + u; cells[o] = vec2f(below, cells[o].y);` : ''}
    }`);
}

/**
 * Stores the bias's gradient, whose parts the threads of a unit hold as `biasSlope`: one after the other, since workgroup
 * memory need not have room for all. @param place of a unit's quad in workgroup memory that is free by now
 */
export function storeBias(task: Task, layer: number, threads: number, place: string): string {
  const { shape, variant: { rows } } = task;
  const { bias } = shape.layers[layer];
  return `for (var n = 1u; n < ${threads / shape.hidden}u; n++) {
    if (lid / H == n) { ${place} = biasSlope; }
    workgroupBarrier();
    if (lid < H) { biasSlope += ${place}; }
    workgroupBarrier();
  }
  if (lid < H) {
    ${storePart(task, 'restParts', `(wid.y * CHUNK + wid.x) * ${restStride(shape, rows)}u + ${bias - shape.matrixQuads}u + u`, 'biasSlope')}
  }`;
}
