/** What the States cell says of a trace's layers from both criteria. Pure. */
import type { Boundaries } from '../../states/agreement.ts';
import { errorBoundary, type ErrorCurves } from '../../states/error-curve.ts';
import type { StatesPicture } from '../../../workers/contract.ts';

/** Errors of a layer, one an origin. */
export function errorsOf({ errors, originSteps }: ErrorCurves, layer: number): Float32Array {
  return errors.subarray(layer * originSteps.length, (layer + 1) * originSteps.length);
}

/** Boundaries of every layer by the drift and by the error curve, under the same threshold. */
export function boundariesOf(picture: Pick<StatesPicture, 'layers' | 'criterionThreshold'>, curves: ErrorCurves): readonly Boundaries[] {
  return picture.layers.map(({ layer, boundaryStep }) => ({
    layer, driftStep: boundaryStep, errorStep: errorBoundary(curves.originSteps, errorsOf(curves, layer), picture.criterionThreshold[layer]),
  }));
}
