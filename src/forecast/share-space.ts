import type { Parameter } from './contract.ts';
import { centredLogRatio, sharesOfLogRatios } from './series/log-ratio.ts';
import { ontoSimplex } from './simplex.ts';

export const spaceChoice = {
  id: 'space', label: 'Space', kind: 'choice', default: 'shares', advanced: true,
  choices: [{ value: 'shares', label: 'Shares' }, { value: 'log-ratios', label: 'Log-ratios' }],
  help: 'Whether shares themselves are followed, or their logarithms less the mean logarithm: a change then counts by how many times a load grows.',
} as const satisfies Parameter;

/** Where series are followed and forecast. */
export interface ShareSpace {
  /** Of shares, `[rows][experts]`; a row of NaN is missing. */
  from(shares: Float64Array, experts: number): Float64Array;
  /** Back onto the simplex; may work in place. */
  back(forecast: Float64Array, experts: number): Float64Array;
}

/** A hundredth of an equal share, added before logarithms are taken. */
const pseudoShare = (experts: number): number => 0.01 / experts;

const spaces: Readonly<Record<'shares' | 'log-ratios', ShareSpace>> = {
  'shares': { from: (shares) => shares, back: ontoSimplex },
  'log-ratios': {
    from: (shares, experts) => centredLogRatio(shares, experts, pseudoShare(experts)),
    back: (forecast, experts) => ontoSimplex(sharesOfLogRatios(forecast, experts, pseudoShare(experts)), experts),
  },
};

/** @param choice a value of `spaceChoice` */
export function shareSpace(choice: string): ShareSpace {
  return choice === 'log-ratios' ? spaces['log-ratios'] : spaces.shares;
}
