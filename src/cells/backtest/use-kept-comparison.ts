import { useMemo } from 'preact/hooks';
import { unpackComparison, type KeptComparison } from '../../notebook/comparison-result.ts';
import type { StoredComparison } from '../../notebook/kinds/comparison-result.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

/** What a cell's last comparison gave. One of another trace has nothing to show here: its layers and steps are not those of this one. */
export function useKeptComparison(stored: StoredComparison | undefined, { fingerprint, layers }: Pick<TraceInfo, 'fingerprint' | 'layers'>): KeptComparison | undefined {
  return useMemo(() => {
    const fits = stored?.fingerprint === fingerprint && stored.settings.layers.every((layer) => layer < layers.length);
    return fits ? unpackComparison(stored) : undefined;
  }, [stored, fingerprint, layers]);
}
