/**
 * A search space as a cube. A point has a coordinate in [0, 1] for the branch, where there are several, and then one for
 * each dimension of its branch, in their order; where the branch has fewer than another, the rest is not looked at.
 * A dimension whose condition does not hold takes the branch's own value (a tree of settings as in Bergstra et al. 2011).
 */
import type { ParameterValues } from '../forecast/contract.ts';
import { parametersOf } from '../forecast/registry.ts';
import { inOrder, isActive } from './conditions.ts';
import { coordinateOf, valueAt } from './dimension.ts';
import type { Branch, Dimension, SearchSpace, Trial } from './types.ts';

/** What a trial tries. */
export type Setting = Omit<Trial, 'id'>;

/** Coordinates before those of a branch's dimensions: 1 where there is a choice of branches. */
export function branchCoordinates(space: SearchSpace): 0 | 1 {
  return space.length > 1 ? 1 : 0;
}

/** Coordinates of a point. 0: there is one setting alone. */
export function pointSize(space: SearchSpace): number {
  return branchCoordinates(space) + Math.max(...space.map(({ dimensions }) => dimensions.length));
}

/**
 * A setting of a branch.
 * @param valueOf asked for each dimension that does something, after the one that its condition names
 */
export function settingOf({ forecaster, values: own, dimensions }: Branch, valueOf: (dimension: Dimension, place: number) => number | string): Setting {
  const parameters = parametersOf(forecaster);
  const values: Record<string, number | string> = { ...own };
  for (const { dimension, place } of inOrder(parameters, dimensions)) {
    if (isActive(parameters, dimension.parameter, values)) values[dimension.parameter] = valueOf(dimension, place);
  }
  return { forecaster, values };
}

/** @param point `[pointSize]`, in [0, 1] */
export function valuesAt(space: SearchSpace, point: ArrayLike<number>): Setting {
  const first = branchCoordinates(space);
  const branch = space[first === 0 ? 0 : Math.min(space.length - 1, Math.floor(point[0] * space.length))];
  return settingOf(branch, (dimension, place) => valueAt(dimension, point[first + place]));
}

/**
 * A point that `valuesAt` makes the setting of, `[pointSize]`; coordinates that do nothing in it are NaN.
 * Null where the space does not have it.
 */
export function pointOf(space: SearchSpace, { forecaster, values }: Setting): Float64Array | null {
  const first = branchCoordinates(space);
  for (const [at, branch] of space.entries()) {
    const coordinates = branch.forecaster === forecaster ? coordinatesIn(branch, values) : null;
    if (!coordinates) continue;
    const point = new Float64Array(pointSize(space)).fill(NaN);
    if (first === 1) point[0] = (at + 0.5) / space.length;
    point.set(coordinates, first);
    return point;
  }
  return null;
}

/** By dimension; null where the branch does not have these values. */
function coordinatesIn({ forecaster, values: own, dimensions }: Branch, values: ParameterValues): Float64Array | null {
  const coordinates = new Float64Array(dimensions.length).fill(NaN);
  const parameters = parametersOf(forecaster);
  for (const { id } of parameters) {
    if (!isActive(parameters, id, values)) continue;
    const place = dimensions.findIndex((dimension) => dimension.parameter === id);
    if (place < 0) {
      if (values[id] !== own[id]) return null;
    } else {
      const coordinate = coordinateOf(dimensions[place], values[id]);
      if (coordinate === null) return null;
      coordinates[place] = coordinate;
    }
  }
  return coordinates;
}

/** The same for settings that do the same: what does nothing in them is left out. */
export function keyOf({ forecaster, values }: Setting): string {
  const parameters = parametersOf(forecaster);
  return JSON.stringify([forecaster, ...parameters.map(({ id }) => (isActive(parameters, id, values) ? values[id] : null))]);
}
