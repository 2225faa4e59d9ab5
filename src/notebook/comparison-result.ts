/** Comparisons between the form that pictures are drawn from and the one that a notebook keeps. */
import type { ComparisonPoint, ComparisonReference, ComparisonResult } from '../forecast/comparison/types.ts';
import type { Scores } from '../forecast/picture-types.ts';
import { pointNumbers, referenceNumbers, type StoredComparison } from './kinds/comparison-result.ts';
import { packFloats, unpackFloats } from './packed-floats.ts';

/** What a comparison gave, and how it was made. */
export interface KeptComparison {
  /** Of the trace. */
  readonly fingerprint: string;
  readonly result: ComparisonResult;
  /** Whether it ran to its end. */
  readonly complete: boolean;
  readonly elapsedMs: number;
  /** Of Gatecast. */
  readonly version: string;
  readonly time: Date;
  /** What trained, where something was trained. */
  readonly device?: string;
}

const scoreKeys = ['loadBlock', 'loadPerStep', 'relativeBlock', 'relativePerStep', 'absoluteBlock', 'absolutePerStep'] as const satisfies readonly (keyof Scores)[];

export function packComparison({ fingerprint, result, complete, elapsedMs, version, time, device }: KeptComparison): StoredComparison {
  const { settings, points, references } = result;
  const origins = [...new Set(references.map(({ originStep }) => originStep).concat(points.map(({ originStep }) => originStep)))].toSorted((a, b) => a - b);
  const place = placesOf(settings, origins);
  const packedPoints = new Float32Array(settings.contenders.length * place.count * pointNumbers).fill(NaN);
  for (const point of points) {
    const { scores, mase, covered, width } = point;
    packedPoints.set([...scoreKeys.map((key) => scores[key]), mase, covered, width, point.elapsedMs], (point.contender * place.count + place.of(point)) * pointNumbers);
  }
  const packedReferences = new Float32Array(place.count * referenceNumbers).fill(NaN);
  for (const reference of references) {
    packedReferences.set([...scoreKeys.map((key) => reference.noiseFloor[key]), ...reference.averages], place.of(reference) * referenceNumbers);
  }
  return {
    fingerprint, settings, complete, elapsedMs: Math.round(elapsedMs), version: version.slice(0, 40), time: time.toISOString(),
    ...(device === undefined ? {} : { device: device.slice(0, 200) }),
    origins, points: packFloats(packedPoints), references: packFloats(packedReferences),
  };
}

/** Numbers come back with the seven digits of float32. */
export function unpackComparison({ fingerprint, settings, complete, elapsedMs, version, time, device, origins, ...packed }: StoredComparison): KeptComparison {
  const place = placesOf(settings, origins);
  const points: ComparisonPoint[] = [];
  const references: ComparisonReference[] = [];
  const pointFloats = unpackFloats(packed.points);
  const referenceFloats = unpackFloats(packed.references);
  settings.contenders.forEach((_, contender) => {
    for (let at = 0; at < place.count; at++) {
      const start = (contender * place.count + at) * pointNumbers;
      const [mase, covered, width, pointMs] = pointFloats.subarray(start + scoreKeys.length, start + pointNumbers);
      // The time is known of everything that was judged.
      if (Number.isFinite(pointMs)) points.push({ ...place.at(at), contender, scores: scoresOf(pointFloats, start), mase, covered, width, elapsedMs: pointMs });
    }
  });
  for (let at = 0; at < place.count; at++) {
    const start = at * referenceNumbers;
    const averages = Array.from(referenceFloats.subarray(start + scoreKeys.length, start + referenceNumbers));
    if (averages.some(Number.isFinite)) references.push({ ...place.at(at), noiseFloor: scoresOf(referenceFloats, start), averages });
  }
  return { fingerprint, result: { settings, points, references }, complete, elapsedMs, version, time: new Date(time), ...(device === undefined ? {} : { device }) };
}

type Place = Pick<ComparisonReference, 'layer' | 'originStep' | 'horizon'>;

/** `[layers][origins][horizons]` */
function placesOf({ layers, horizons }: ComparisonResult['settings'], origins: readonly number[]) {
  const layerAt = new Map(layers.map((layer, i) => [layer, i]));
  const originAt = new Map(origins.map((origin, i) => [origin, i]));
  return {
    count: layers.length * origins.length * horizons.length,
    of: ({ layer, originStep, horizon }: Place): number => ((layerAt.get(layer) ?? 0) * origins.length + (originAt.get(originStep) ?? 0)) * horizons.length + horizon,
    at: (index: number): Place => {
      const outer = Math.floor(index / horizons.length);
      return { layer: layers[Math.floor(outer / origins.length)], originStep: origins[outer % origins.length], horizon: index % horizons.length };
    },
  };
}

function scoresOf(floats: Float32Array, start: number): Scores {
  const [loadBlock, loadPerStep, relativeBlock, relativePerStep, absoluteBlock, absolutePerStep] = floats.subarray(start, start + scoreKeys.length);
  return { loadBlock, loadPerStep, relativeBlock, relativePerStep, absoluteBlock, absolutePerStep };
}
