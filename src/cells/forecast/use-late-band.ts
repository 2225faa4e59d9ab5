import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { toErrorParts } from '../../errors.ts';
import type { BandRequest } from '../../../workers/contract.ts';
import type { ShownBand } from './band.ts';

/** So long a forecast has to stand still before its band is asked for: between two moves of a slider the worker has no time for it. */
const restMs = 150;

const nothing: ShownBand = { band: null, progress: null, problem: null };

/**
 * The band of a forecast, asked for by itself once the forecast stands still, and given up when another one is shown.
 * @param key identifies the forecast; null where no band is wanted by itself
 */
export function useLateBand(key: string | null, request: () => Omit<BandRequest, 'fingerprint'>): ShownBand {
  const { session } = useApp();
  const [answer, setAnswer] = useState<(ShownBand & { readonly key: string }) | null>(null);
  useEffect(() => {
    if (key === null) return undefined;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const band = await session.band(request(), { signal: controller.signal, onProgress: (progress) => setAnswer({ ...nothing, key, progress }) });
        setAnswer({ ...nothing, key, band });
      } catch (error) {
        const problem = toErrorParts(error);
        // One that was given up is wanted no longer.
        if (problem.code !== 'cancelled') setAnswer({ ...nothing, key, problem });
      }
    };
    const timer = setTimeout(() => void ask(), restMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key]);
  return answer !== null && answer.key === key ? answer : nothing;
}
