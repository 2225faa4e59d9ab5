import type { ImbalanceMeasure } from '../../../workers/contract.ts';
import type { TermName } from '../../ui/index.ts';

export interface MeasureWords {
  readonly value: ImbalanceMeasure;
  readonly label: string;
  /** Name of the axis, with its unit where it has one. */
  readonly axis: string;
  readonly term: TermName;
}

/** Imbalance measures in the interface's words. */
export const measureWords: readonly MeasureWords[] = [
  { value: 'max-over-mean', label: 'Max over mean', axis: 'busiest expert over mean', term: 'maxOverMean' },
  { value: 'variation', label: 'Coefficient of variation', axis: 'coefficient of variation', term: 'variation' },
  { value: 'gini', label: 'Gini', axis: 'Gini coefficient', term: 'gini' },
  { value: 'entropy', label: 'Normalised entropy', axis: 'entropy, 1 is even', term: 'entropy' },
  { value: 'kl', label: 'KL to uniform', axis: 'KL to uniform, nats', term: 'kl' },
  { value: 'dead', label: 'Experts without tokens', axis: 'experts without tokens', term: 'deadExpert' },
];
