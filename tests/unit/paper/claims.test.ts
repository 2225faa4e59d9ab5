import { describe, expect, it } from 'vitest';
import type { ComparisonPoint, ComparisonReference, ComparisonResult } from '../../../src/forecast/comparison/types.ts';
import type { Scores } from '../../../src/forecast/picture-types.ts';
import { verdictsInWords, type Claim } from '../../../src/paper/claim.ts';
import { errorClaims } from '../../../src/paper/error-claims.ts';
import { paperPlan } from '../../../src/paper/plan.ts';
import { spreadClaims, type SpreadPicture } from '../../../src/paper/spread-claims.ts';
import { stableErrors, stableFloor, stablePlaces } from '../../../src/paper/stable-errors.ts';

const columns = 40;
const widths = { shortSteps: 10, longSteps: 100 };

/** Sliding variance and range that begin `times` as large as they end, by layer. */
function picture(times: readonly number[], level: (layer: number) => number = () => 1): SpreadPicture {
  const columnSteps = Float64Array.from({ length: columns }, (_, column) => 100 * column);
  const spread = Float32Array.from({ length: times.length * columns }, (_, i) => {
    const layer = Math.floor(i / columns);
    // The first column has no full window yet.
    return i % columns === 0 ? NaN : level(layer) * (i % columns < columns / 2 ? times[layer] : 1);
  });
  const layers = times.map((_, layer) => ({ layer, spans: [], boundaryStep: null, tooShort: false, reason: '' }));
  return { layers, columnSteps, varianceShort: spread, varianceLong: spread, rangeShort: spread, rangeLong: spread };
}

const byId = (claims: readonly Claim[], id: string): Claim => claims.find((claim) => claim.id === id)!;

describe('claims about fluctuation', () => {
  it('agree where variance and range fall in every layer', () => {
    const claims = spreadClaims(picture([4, 6]), widths);
    expect(claims.slice(0, 4).map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees', 'agrees', 'agrees']);
    expect(byId(claims, 'settles').here).toBe('The variance of load shares over 100 steps is 5.0 times as large in the first tenth of the trace as in its last quarter (mean over layers).');
    expect(byId(claims, 'all-layers').here).toBe('The variance falls to a half or less in 2 of 2 layers; early it is 4.0 to 6.0 times as large as late.');
  });

  it('agree in part where most layers do, and disagree where it rises', () => {
    expect(byId(spreadClaims(picture([4, 6, 1.2]), widths), 'all-layers').verdict).toBe('partly');
    expect(spreadClaims(picture([0.5, 0.8]), widths).slice(0, 4).map(({ verdict }) => verdict)).toEqual(['disagrees', 'disagrees', 'disagrees', 'disagrees']);
    expect(byId(spreadClaims(picture([1.5]), widths), 'settles').verdict).toBe('partly');
  });

  it('say which layers stop fluctuating, and leave out those that never do', () => {
    const collapsing = picture([4, 6]);
    const variance = Float32Array.from(collapsing.varianceLong, (value, i) => (i >= columns && i % columns >= columns / 2 ? 0 : value));
    expect(byId(spreadClaims({ ...collapsing, varianceLong: variance }, widths), 'all-layers')).toMatchObject({
      verdict: 'agrees', here: 'The variance falls to a half or less in 2 of 2 layers; early it is 4.0 to 4.0 times as large as late; one layer stops fluctuating altogether.',
    });
    const still = Float32Array.from(collapsing.varianceLong, (value, i) => (i >= columns && !Number.isNaN(value) ? 0 : value));
    expect(byId(spreadClaims({ ...collapsing, varianceLong: still }, widths), 'all-layers')).toMatchObject({
      verdict: 'agrees', here: 'The variance falls to a half or less in 1 of 1 layer; early it is 4.0 to 4.0 times as large as late; one layer never fluctuates and is left out.',
    });
  });

  it('compare shallow and deep layers by rank, beyond chance alone', () => {
    const of = (level: (layer: number) => number, layers = 8): Claim => byId(spreadClaims(picture(Array<number>(layers).fill(2), level), widths), 'depth');
    expect(of((layer) => 8 - layer)).toMatchObject({ verdict: 'agrees', here: 'Rank correlation of depth and variance over 8 layers: ρ = −1.00, p < 0.001: shallow layers fluctuate more.' });
    expect(of((layer) => 1 + layer).verdict).toBe('disagrees');
    expect(of((layer) => (layer * 5) % 8).verdict).toBe('open');
    expect(of((layer) => 3 - layer, 3)).toMatchObject({ verdict: 'open', here: '3 layers have no order that could be told from chance.' });
  });

  it('are open where the trace is too short for a window', () => {
    const empty = { ...picture([2]), varianceLong: new Float32Array(columns).fill(NaN), varianceShort: new Float32Array(columns).fill(NaN), rangeLong: new Float32Array(columns).fill(NaN) };
    expect(spreadClaims(empty, widths).map(({ verdict }) => verdict)).toEqual(Array(5).fill('open'));
  });
});

const scores = (relativeBlock: number): Scores => ({ loadPerStep: 1, loadBlock: relativeBlock, relativePerStep: 1, relativeBlock, absolutePerStep: 1, absoluteBlock: 1 });
const plan = paperPlan({ layers: 2, firstStep: 0, endStep: 8000, strideSteps: 1 }, null, 0.005);
const states = [{ layer: 0, boundaryStep: 3000 }, { layer: 1, boundaryStep: null }];

/** Errors of the three at each origin; `error` may be null where there is no forecast. */
function comparison(error: (contender: number, originStep: number, horizon: number, layer: number) => number | null): ComparisonResult {
  const points: ComparisonPoint[] = [];
  const references: ComparisonReference[] = [];
  for (const layer of [0, 1]) {
    for (let originStep = 1000; originStep <= 6000; originStep += 1000) {
      for (const horizon of [0, 1]) {
        references.push({ layer, originStep, horizon, noiseFloor: scores(0.1), averages: [] });
        for (const contender of [0, 1, 2]) {
          const value = error(contender, originStep, horizon, layer);
          if (value !== null) points.push({ layer, contender, originStep, horizon, scores: scores(value), mase: 1, covered: NaN, width: NaN, elapsedMs: 1 });
        }
      }
    }
  }
  return { settings: plan, points, references };
}

describe('errors in the stable state', () => {
  it('are means over origins after the boundary of layers that have one, where all three were judged', () => {
    const result = comparison((contender, origin, _, layer) => (contender === 2 && origin < 5000 ? null : layer === 0 ? contender + origin / 1000 : 99));
    // Origins 5,000 and 6,000 of layer 0: earlier ones the LSTM does not have.
    const inside = stablePlaces(result, states);
    expect(stableErrors(result, inside, 'average', 0)).toEqual({ relative: 5.5, load: 5.5, count: 2 });
    expect(stableErrors(result, inside, 'lstm', 0).relative).toBe(7.5);
    expect(stableFloor(result, inside, 0)).toEqual({ relative: 0.1, load: 0.1, count: 2 });
    expect(stableErrors(result, stablePlaces(result, []), 'average', 0)).toMatchObject({ relative: NaN, count: 0 });
  });

  it('compare horizons over the origins that have both', () => {
    // The farther horizon is not over at origin 6,000, where the nearer one errs much more.
    const result = comparison((_, origin, horizon, layer) => (layer === 1 || (horizon === 1 && origin === 6000) ? null : origin === 6000 ? 50 : 2 + horizon));
    const inside = stablePlaces(result, states);
    expect([0, 1].map((horizon) => stableErrors(result, inside, 'average', horizon))).toEqual([{ relative: 2, load: 2, count: 3 }, { relative: 3, load: 3, count: 3 }]);
    expect(byId(errorClaims(result, states), 'horizon')).toMatchObject({ verdict: 'agrees', here: 'It errs by 3.00 % against 2.00 % here, 50 % more.' });
  });
});

describe('claims about errors', () => {
  it('say where nothing was run, but know the boundary', () => {
    const claims = errorClaims(null, states);
    expect(claims.map(({ verdict }) => verdict)).toEqual(['agrees', 'open', 'open', 'open', 'open']);
    expect(claims[0].here).toContain('half of the layers that settle do so by step 3,000 (from 3,000 to 3,000), 1 of 2 never');
    expect(errorClaims(null, [{ layer: 0, boundaryStep: 700 }])[0].verdict).toBe('disagrees');
    expect(errorClaims(null, [{ layer: 0, boundaryStep: null }])[0].verdict).toBe('disagrees');
  });

  it('agree with errors like the paper’s', () => {
    const like = comparison((contender, origin, horizon) => [0.5, 0.8, 1.2][contender] * (1 + horizon / 10) * (8000 / origin));
    expect(errorClaims(like, states).map(({ id, verdict }) => [id, verdict])).toEqual([
      ['boundary', 'agrees'], ['falling', 'agrees'], ['order', 'agrees'], ['level', 'agrees'], ['horizon', 'agrees'],
    ]);
  });

  it('disagree, or agree in part, with others', () => {
    const reversed = comparison((contender, origin, horizon) => [6, 4, 2][contender] * (1 - horizon / 4) * origin / 1000);
    expect(errorClaims(reversed, states).map(({ verdict }) => verdict)).toEqual(['agrees', 'disagrees', 'disagrees', 'disagrees', 'disagrees']);
    const half = comparison((contender) => [1, 3, 2][contender]);
    expect(byId(errorClaims(half, states), 'order')).toMatchObject({ verdict: 'partly', here: 'Relative error in the stable state: SW_Avg 1.00 %, ARIMA 3.00 %, LSTM 2.00 %.' });
    const missing = comparison((contender) => (contender === 2 ? null : 1));
    expect(byId(errorClaims(missing, states), 'order')).toMatchObject({ verdict: 'open', here: 'LSTM has no forecast in a stable state yet.' });
  });
});

describe('the verdicts', () => {
  const claim = (verdict: Claim['verdict']): Claim => ({ id: verdict, figure: '', paper: '', here: '', verdict });

  it('are counted in a sentence', () => {
    expect(verdictsInWords([claim('agrees'), claim('agrees'), claim('partly'), claim('disagrees'), claim('open')]))
      .toBe('Of 5 claims of the paper, this trace agrees with 2, in part with 1, and disagrees with 1; 1 cannot be told.');
    expect(verdictsInWords([claim('disagrees')])).toBe('Of 1 claim of the paper, this trace agrees with none and disagrees with 1.');
  });
});

describe('the paper’s comparison', () => {
  it('is of its three forecasters, 1,000 and 2,000 steps ahead, at every eighth of the trace', () => {
    expect(plan).toMatchObject({ layers: [0, 1], firstOriginStep: 1000, everySteps: 1000, horizons: [1000, 2000], contenders: [{ id: 'chosen-average' }, { id: 'arima', values: { p: 5, d: 1, q: 5 } }, { id: 'lstm', values: { form: 'joint' } }] });
  });

  it('fits short traces and those with every tenth step', () => {
    expect(paperPlan({ layers: 1, firstStep: 500, endStep: 3500, strideSteps: 10 }, null, 0)).toMatchObject({ horizons: [1000], everySteps: 380, firstOriginStep: 880 });
    expect(paperPlan({ layers: 1, firstStep: 0, endStep: 900, strideSteps: 1 }, 50, 0)).toMatchObject({ horizons: [450], everySteps: 50 });
  });
});
