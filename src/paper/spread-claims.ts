/** What the paper's figures 1 to 4, 10 and 11 say of how loads fluctuate, held against the states of a trace. */
import { spearman } from '../forecast/series/rank-correlation.ts';
import { correlation } from '../states/agreement.ts';
import { fluctuations } from '../states/depth.ts';
import type { StatesPicture } from '../states/types.ts';
import type { Claim, Verdict } from './claim.ts';

/** Parts of the trace that are compared: its first tenth and its last quarter. */
const early = 0.1;
const late = 0.25;
/** Variances that fall to a half are said to fall, and ranges that fall as much: to seven tenths. */
const falls = 2;
const rangeFalls = Math.SQRT2;
const significance = 0.05;

type Spread = 'varianceShort' | 'varianceLong' | 'rangeShort' | 'rangeLong';
export type SpreadPicture = Pick<StatesPicture, 'layers' | 'columnSteps' | Spread>;

export interface SpreadWidths {
  readonly shortSteps: number;
  readonly longSteps: number;
}

export function spreadClaims(picture: SpreadPicture, { shortSteps, longSteps }: SpreadWidths): readonly Claim[] {
  const short = fallOf(picture, 'varianceShort');
  const long = fallOf(picture, 'varianceLong');
  const range = fallOf(picture, 'rangeLong');
  return [
    {
      id: 'settles', figure: 'Figure 1', paper: 'At first the load of an expert fluctuates irregularly; later it is similar from step to step.',
      here: `The variance of load shares over ${longSteps} steps is ${times(long.mean)} as large in the first tenth of the trace as in its last quarter (mean over layers).`, verdict: fallVerdict(long.mean),
    },
    {
      id: 'widths', figure: 'Figure 2', paper: `Sliding variances over ${shortSteps} and over ${longSteps} steps both show the two states.`,
      here: `Early, the variance over ${shortSteps} steps is ${times(short.mean)}, that over ${longSteps} steps ${times(long.mean)} as large as late.`, verdict: worse(fallVerdict(short.mean), fallVerdict(long.mean)),
    },
    {
      id: 'all-layers', figure: 'Figures 3 and 10', paper: 'The variance falls in every layer.',
      here: layersWords(long.layers, 'variance falls to a half or less', falls), verdict: layersVerdict(long.layers, falls),
    },
    {
      id: 'range', figure: 'Figures 4 and 11', paper: 'The range of a sliding window falls in every layer as well.',
      here: layersWords(range.layers, 'range falls to seven tenths or less, as the root of a variance that halves,', rangeFalls), verdict: layersVerdict(range.layers, rangeFalls),
    },
    depthClaim(picture),
  ];
}

interface Fall {
  /** How many times as large it is early as late, of the mean over layers; NaN where a part has no full window. */
  readonly mean: number;
  readonly layers: readonly number[];
}

function fallOf({ columnSteps, layers, ...spreads }: SpreadPicture, which: Spread): Fall {
  const columns = columnSteps.length;
  const first = columnSteps[0];
  const length = columnSteps[columns - 1] - first;
  const part = (layer: number, inside: (step: number) => boolean): number => {
    const values = Array.from(columnSteps, (step, column) => (inside(step) ? spreads[which][layer * columns + column] : NaN)).filter(Number.isFinite);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const parts = layers.map((_, layer) => ({ early: part(layer, (step) => step < first + early * length), late: part(layer, (step) => step >= first + (1 - late) * length) }));
  const mean = (pick: (one: { readonly early: number; readonly late: number }) => number): number => parts.reduce((sum, one) => sum + pick(one), 0) / parts.length;
  return { mean: mean((one) => one.early) / mean((one) => one.late), layers: parts.map((one) => one.early / one.late) };
}

function fallVerdict(ratio: number): Verdict {
  return ratio >= falls ? 'agrees' : ratio > 1 ? 'partly' : ratio <= 1 ? 'disagrees' : 'open';
}

const byWeight: readonly Verdict[] = ['open', 'disagrees', 'partly', 'agrees'];

function worse(a: Verdict, b: Verdict): Verdict {
  return byWeight[Math.min(byWeight.indexOf(a), byWeight.indexOf(b))];
}

/** @param ratios by layer; Infinity where the load stops fluctuating, NaN where it never fluctuates or no window is full */
function layersVerdict(ratios: readonly number[], least: number): Verdict {
  const known = ratios.filter((ratio) => !Number.isNaN(ratio));
  const falling = known.filter((ratio) => ratio >= least).length;
  if (known.length === 0) return 'open';
  return falling === known.length ? 'agrees' : falling < known.length / 2 ? 'disagrees' : 'partly';
}

function layersWords(ratios: readonly number[], what: string, enough: number): string {
  const known = ratios.filter((ratio) => !Number.isNaN(ratio));
  if (known.length === 0) return 'The trace is too short to tell.';
  const falling = known.filter((ratio) => ratio >= enough).length;
  const finite = known.filter(Number.isFinite);
  return [
    `The ${what} in ${falling} of ${known.length} ${known.length === 1 ? 'layer' : 'layers'}`,
    finite.length > 0 ? `; early it is ${number(Math.min(...finite))} to ${number(Math.max(...finite))} times as large as late` : '',
    layersDo(known.length - finite.length, 'stops fluctuating altogether', 'stop fluctuating altogether'),
    layersDo(ratios.length - known.length, 'never fluctuates and is left out', 'never fluctuate and are left out'),
  ].join('').concat('.');
}

function layersDo(count: number, one: string, more: string): string {
  return count === 0 ? '' : `; ${count === 1 ? `one layer ${one}` : `${count} layers ${more}`}`;
}

function depthClaim(picture: SpreadPicture): Claim {
  const { rho, pValue, count } = spearman(Float64Array.from(picture.layers, (_, layer) => layer), fluctuations(picture));
  const told = `Rank correlation of depth and variance over ${count} layers: ${correlation(rho, pValue)}`;
  const base = { id: 'depth', figure: 'Figures 3, 4, 10 and 11', paper: 'Shallow layers fluctuate more than deep ones.' } as const;
  if (count < 4) return { ...base, here: `${count === 1 ? 'One layer has' : `${count} layers have`} no order that could be told from chance.`, verdict: 'open' };
  if (pValue >= significance) return { ...base, here: `${told}: no relation beyond chance.`, verdict: 'open' };
  return { ...base, here: `${told}: ${rho < 0 ? 'shallow' : 'deep'} layers fluctuate more.`, verdict: rho < 0 ? 'agrees' : 'disagrees' };
}

function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${number(ratio)} times` : 'an unknown number of times';
}

const number = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toFixed(1));
