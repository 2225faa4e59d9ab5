import { deviceWords } from '../../app/device-words.ts';
import type { ForecastResult } from '../../notebook/kinds/forecast-result.ts';
import { formatDuration } from '../../ui/index.ts';
import { weightsInWords } from './loaded-model.ts';

const ends: Record<ForecastResult['ended'], string> = {
  'all-iterations': 'all iterations done',
  'no-improvement': 'stopped early: the validation loss no longer fell',
  diverged: 'stopped: the loss was no longer a number; the best weights before are kept',
  cancelled: 'cancelled; the best so far is kept',
  loaded: 'nothing was trained here: the weights were loaded',
};

/** What a trained forecast was made with. */
export function ProvenanceView({ result }: { readonly result: ForecastResult }) {
  const { provenance } = result;
  const rows: readonly (readonly [string, string])[] = [
    ['Ended', ends[result.ended]],
    ['Weights', weightsInWords(provenance)],
    ['Took', formatDuration(result.elapsedMs)],
    ['Device', deviceWords(provenance)],
    ['Seed', String(provenance.seed)],
    ['Trace fingerprint', provenance.fingerprint],
    ['Settings', JSON.stringify(provenance.settings)],
    ['Gatecast', provenance.version],
    ['Time', provenance.time],
  ];
  return <dl class="provenance">{rows.map(([term, text]) => <><dt>{term}</dt><dd>{text}</dd></>)}</dl>;
}
