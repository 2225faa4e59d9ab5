/** What the paper's figures 5 to 9 and its prose say of forecast errors, held against a comparison on a trace. */
import { groupBy } from '../forecast/comparison/means.ts';
import type { ComparisonResult } from '../forecast/comparison/types.ts';
import type { LayerStates } from '../states/types.ts';
import type { Claim, Verdict } from './claim.ts';
import { paperForecasters, publishedBoundaryStep, publishedErrors } from './published.ts';
import { contenderOf, mean, stableErrors, stableFloor, stablePlaces } from './stable-errors.ts';

type Inside = ReturnType<typeof stablePlaces>;
type States = readonly Pick<LayerStates, 'layer' | 'boundaryStep'>[];

const percent = (value: number): string => `${value.toFixed(2)} %`;
const steps = (value: number): string => value.toLocaleString('en-US');
/** A level within this factor of the paper's is said to be the same. */
const sameLevel = 2;
/** Errors under this part of each other are told apart. */
const apart = 0.03;

/** @param result null while nothing was compared */
export function errorClaims(result: ComparisonResult | null, states: States): readonly Claim[] {
  const inside: Inside = result ? stablePlaces(result, states) : () => false;
  return [boundaryClaim(states), ...[fallingClaim, orderClaim, levelClaim, horizonClaim].map((claim) => claim(result, inside))];
}

function boundaryClaim(states: States): Claim {
  const known = states.flatMap(({ boundaryStep }) => (boundaryStep === null ? [] : [boundaryStep])).toSorted((a, b) => a - b);
  const base = { id: 'boundary', figure: 'Figures 5 to 8', paper: `The 125M run passes to the stable state at about step ${steps(publishedBoundaryStep)}.` };
  if (known.length === 0) return { ...base, here: 'By the drift criterion no layer is stable at the end.', verdict: states.length > 0 ? 'disagrees' : 'open' };
  const median = known[Math.floor((known.length - 1) / 2)];
  const near = median >= publishedBoundaryStep / sameLevel && median <= publishedBoundaryStep * sameLevel;
  const rest = known.length < states.length ? `, ${states.length - known.length} of ${states.length} never` : '';
  return { ...base, here: `By the drift criterion half of the layers that settle do so by step ${steps(median)} (from ${steps(known[0])} to ${steps(known[known.length - 1])})${rest}; another batch size and model move this.`, verdict: near ? 'agrees' : 'disagrees' };
}

function fallingClaim(result: ComparisonResult | null): Claim {
  const base = { id: 'falling', figure: 'Figures 5 to 9', paper: 'Errors are large and irregular early and fall as training goes on, whatever the forecaster.' };
  if (!result) return notRun(base);
  const ratios = paperForecasters.flatMap(({ key, name }) => {
    const own = result.points.filter((point) => point.horizon === 0 && point.contender === contenderOf(result, key));
    const byOrigin = [...groupBy(own, ({ originStep }) => originStep)].toSorted(([a], [b]) => a - b).map(([, points]) => mean(points.map(({ scores }) => scores.relativeBlock)));
    const third = Math.max(1, Math.floor(byOrigin.length / 3));
    return byOrigin.length < 2 ? [] : [{ name, ratio: mean(byOrigin.slice(0, third)) / mean(byOrigin.slice(-third)) }];
  });
  if (ratios.length === 0) return { ...base, here: 'There are too few origins to tell.', verdict: 'open' };
  const falling = ratios.filter(({ ratio }) => ratio > 1).length;
  return {
    ...base, here: `In the first third of the origins the relative error is ${ratios.map(({ name, ratio }) => `${ratio.toFixed(1)} (${name})`).join(', ')} times that of the last third.`,
    verdict: falling === ratios.length ? 'agrees' : falling === 0 ? 'disagrees' : 'partly',
  };
}

function orderClaim(result: ComparisonResult | null, inside: Inside): Claim {
  const base = { id: 'order', figure: 'Figure 9 and prose', paper: 'In the stable state the sliding average errs least, then ARIMA, then the LSTM (1,000 steps ahead).' };
  if (!result) return notRun(base);
  const errors = paperForecasters.map(({ key, name }) => ({ name, error: stableErrors(result, inside, key, 0).relative }));
  if (errors.some(({ error }) => !Number.isFinite(error))) return { ...base, here: missingWords(errors), verdict: 'open' };
  const [average, arima, lstm] = errors.map(({ error }) => error);
  const here = `Relative error in the stable state: ${errors.map(({ name, error }) => `${name} ${percent(error)}`).join(', ')}.`;
  const ordered = (low: number, high: number): Verdict => (low < high * (1 - apart) ? 'agrees' : high < low * (1 - apart) ? 'disagrees' : 'open');
  const both = [ordered(average, arima), ordered(arima, lstm)];
  const agreeing = both.filter((one) => one === 'agrees').length;
  return { ...base, here, verdict: agreeing === 2 ? 'agrees' : agreeing === 1 ? 'partly' : both.includes('disagrees') ? 'disagrees' : 'open' };
}

function levelClaim(result: ComparisonResult | null, inside: Inside): Claim {
  const { average } = publishedErrors;
  const base = { id: 'level', figure: 'Prose', paper: `1,000 steps ahead the sliding average errs by about ${average.small} % (125M, 16 experts) and ${average.medium} % (350M, 128 experts).` };
  if (!result) return notRun(base);
  const { relative } = stableErrors(result, inside, 'average', 0);
  if (!Number.isFinite(relative)) return { ...base, here: 'No origin lies in a stable state.', verdict: 'open' };
  const floor = stableFloor(result, inside, 0).relative;
  const here = `It errs by ${percent(relative)} here; the noise floor of this trace alone is ${percent(floor)}${floor > average.small ? ', above the paper’s smaller number: fewer tokens a step leave more chance in every share' : ''}.`;
  return { ...base, here, verdict: relative >= average.small / sameLevel && relative <= average.medium * sameLevel ? 'agrees' : 'disagrees' };
}

function horizonClaim(result: ComparisonResult | null, inside: Inside): Claim {
  const { average } = publishedErrors;
  const base = { id: 'horizon', figure: 'Prose', paper: `2,000 steps ahead the sliding average errs a little more than 1,000 steps ahead (350M: ${average.mediumFar} against ${average.medium} %).` };
  if (!result) return notRun(base);
  const [near, far] = [0, 1].map((horizon) => stableErrors(result, inside, 'average', horizon).relative);
  if (!Number.isFinite(near) || !Number.isFinite(far)) return { ...base, here: 'No origin in a stable state has both horizons.', verdict: 'open' };
  const more = far / near - 1;
  const change = Math.abs(more) <= apart ? 'about the same' : `${Math.abs(100 * more).toFixed(0)} % ${more > 0 ? 'more' : 'less'}`;
  const here = `It errs by ${percent(far)} against ${percent(near)} here, ${change}.`;
  return { ...base, here, verdict: more > apart ? 'agrees' : more < -apart ? 'disagrees' : 'open' };
}

function notRun(base: Pick<Claim, 'id' | 'figure' | 'paper'>): Claim {
  return { ...base, here: 'Run makes the forecasts that tell.', verdict: 'open' };
}

function missingWords(errors: readonly { readonly name: string; readonly error: number }[]): string {
  const missing = errors.filter(({ error }) => !Number.isFinite(error)).map(({ name }) => name);
  return `${missing.join(' and ')} ${missing.length === 1 ? 'has' : 'have'} no forecast in a stable state yet.`;
}
