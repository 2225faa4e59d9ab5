import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideHalving, rungCounts, rungsOf } from '../../../src/sweep/halving.ts';
import type { TrialRecord, TrialState } from '../../../src/sweep/types.ts';

const trial = (id: number, scores: readonly number[], state: TrialState = 'waiting'): TrialRecord => ({
  id, forecaster: 'lstm', values: {}, state, scores: scores.map((score, rung) => ({ rung, iterations: 3 ** rung, score })),
});

describe('rungs', () => {
  test('of Li et al. 2020: grace 1, reduction 3, at most 9 iterations; 9, 3 and 1 trials of 9', () => {
    expect(rungsOf({ grace: 1, reduction: 3, maximum: 9 })).toEqual([1, 3, 9]);
    expect(rungCounts(9, 3, 3)).toEqual([9, 3, 1]);
  });

  test('of Li et al. 2018, the first bracket of 81 iterations: 81, 27, 9, 3 and 1 trials', () => {
    expect(rungsOf({ grace: 1, reduction: 3, maximum: 81 })).toEqual([1, 3, 9, 27, 81]);
    expect(rungCounts(81, 5, 3)).toEqual([81, 27, 9, 3, 1]);
  });

  test('end at the maximum, near which there is no other', () => {
    expect(rungsOf({ grace: 100, reduction: 3, maximum: 1000 })).toEqual([100, 300, 1000]);
    expect(rungsOf({ grace: 100, reduction: 3, maximum: 850 })).toEqual([100, 300, 850]);
    expect(rungsOf({ grace: 100, reduction: 3, maximum: 500 })).toEqual([100, 500]);
    expect(rungsOf({ grace: 300, reduction: 4, maximum: 300 })).toEqual([300]);
  });

  test('are no more than are wanted before the last', () => {
    expect(rungsOf({ grace: 1, reduction: 3, maximum: 81, rungs: 1 })).toEqual([1, 81]);
    expect(rungsOf({ grace: 1, reduction: 3, maximum: 81, rungs: 2 })).toEqual([1, 3, 81]);
    expect(rungsOf({ grace: 1, reduction: 3, maximum: 81, rungs: 9 })).toEqual([1, 3, 9, 27, 81]);
    expect(rungsOf({ grace: 300, reduction: 4, maximum: 300, rungs: 1 })).toEqual([300]);
  });

  test('have one trial at least, and none where none was begun', () => {
    expect(rungCounts(5, 4, 4)).toEqual([5, 1, 1, 1]);
    expect(rungCounts(0, 2, 3)).toEqual([0, 0]);
  });

  test.each([
    ['grace', { grace: 0, reduction: 3, maximum: 9 }], ['grace', { grace: 1.5, reduction: 3, maximum: 9 }],
    ['reduction', { grace: 1, reduction: 1, maximum: 9 }], ['maximum', { grace: 10, reduction: 3, maximum: 9 }], ['maximum', { grace: 1, reduction: 3, maximum: NaN }],
  ])('%s of %o is refused', (where, halving) => {
    expect(() => rungsOf(halving)).toThrow(expect.objectContaining({ code: 'bad-setting', where }));
  });
});

describe('synchronous halving', () => {
  const first = [0.5, 0.2, 0.9, 0.4, 0.1, 0.8, 0.3, 0.7, 0.6];

  test('of nine trials by hand: trials 4, 1 and 6 go on, of them trial 6', () => {
    const rule = { rungs: 3, reduction: 3, noMore: true };
    expect(decideHalving(first.map((score, id) => trial(id, [score])), rule)).toEqual({ goOn: [4, 1, 6], prune: [0, 2, 3, 5, 7, 8] });
    const second = new Map([[4, 0.09], [1, 0.08], [6, 0.07]]);
    const records = first.map((score, id) => (second.has(id) ? trial(id, [score, second.get(id)!]) : trial(id, [score], 'pruned')));
    expect(decideHalving(records, rule)).toEqual({ goOn: [6], prune: [1, 4] });
    const last = records.map((record) => (record.id === 6 ? trial(6, [0.3, 0.07, 0.05], 'finished') : { ...record, state: 'pruned' as const }));
    expect(decideHalving(last, rule)).toEqual({ goOn: [], prune: [] });
  });

  test('lets one trial go on of fewer than the reduction', () => {
    expect(decideHalving([trial(0, [0.2]), trial(1, [0.1])], { rungs: 2, reduction: 3, noMore: true })).toEqual({ goOn: [1], prune: [0] });
  });

  test('takes the earlier of equal trials', () => {
    expect(decideHalving([2, 0, 1].map((id) => trial(id, [0.5])), { rungs: 2, reduction: 3, noMore: true })).toEqual({ goOn: [0], prune: [1, 2] });
  });
});

describe('asynchronous halving', () => {
  const rule = { rungs: 3, reduction: 3, noMore: false };

  test('by hand, as scores come in: the third one lets the best go on, the sixth the second best', () => {
    expect(decideHalving([trial(0, [0.5]), trial(1, [0.2])], rule)).toEqual({ goOn: [], prune: [] });
    expect(decideHalving([trial(0, [0.5]), trial(1, [0.2]), trial(2, [0.9])], rule)).toEqual({ goOn: [1], prune: [] });
    // Trial 1 is on its way. Two better ones have come, which makes it the third of six.
    const six = [trial(0, [0.5]), trial(1, [0.2], 'running'), trial(2, [0.9]), trial(3, [0.15]), trial(4, [0.1]), trial(5, [0.8])];
    expect(decideHalving(six, rule)).toEqual({ goOn: [4, 3], prune: [] });
  });

  test('puts the higher rung first', () => {
    const records = [trial(0, [0.1, 0.3]), trial(1, [0.2, 0.1]), trial(2, [0.3, 0.2]), trial(3, [0.05]), ...[4, 5, 6, 7, 8].map((id) => trial(id, [0.9]))];
    expect(decideHalving(records, rule).goOn).toEqual([1, 3]);
  });

  test('decides a rung for good when nobody can come any more, and the next one not before', () => {
    const scored = [trial(0, [0.1, 0.1]), trial(1, [0.2]), trial(2, [0.3])];
    expect(decideHalving([...scored, trial(3, [], 'running')], { ...rule, noMore: true })).toEqual({ goOn: [], prune: [] });
    expect(decideHalving([...scored, trial(3, [])], { ...rule, noMore: true })).toEqual({ goOn: [], prune: [] });
    expect(decideHalving([...scored, trial(3, [], 'failed')], { ...rule, noMore: true })).toEqual({ goOn: [0], prune: [1, 2] });
    // Six are scored: trial 1 goes on, so that trial 0 has to wait for it.
    const six = [...scored, trial(3, [0.4]), trial(4, [0.5]), trial(5, [0.6])];
    expect(decideHalving(six, { ...rule, noMore: true })).toEqual({ goOn: [1], prune: [2, 3, 4, 5] });
  });

  test('lets nothing go on whose numbers broke, and counts it', () => {
    expect(decideHalving([trial(0, [NaN]), trial(1, [0.2]), trial(2, [NaN])], rule)).toEqual({ goOn: [1], prune: [0, 2] });
    expect(decideHalving([trial(0, [NaN]), trial(1, [NaN]), trial(2, [NaN])], { ...rule, noMore: true })).toEqual({ goOn: [], prune: [0, 1, 2] });
  });
});

describe('whatever the scores', () => {
  const scores = fc.array(fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NaN)), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 40 });
  const reductions = fc.integer({ min: 2, max: 5 });
  const rungs = 3;

  const better = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));

  /** Trains every trial that may, a few at a time in any order, until nothing is left to do. */
  function run(given: readonly (readonly number[])[], reduction: number, draw: (count: number) => number, check: (before: readonly TrialRecord[], goOn: readonly number[]) => void = () => undefined): readonly TrialRecord[] {
    let records: readonly TrialRecord[] = given.map((_, id) => trial(id, [], 'running'));
    for (;;) {
      const running = records.filter(({ state }) => state === 'running');
      if (running.length === 0) return records;
      const { id } = running[draw(running.length)];
      const { length } = records[id].scores;
      records = records.with(id, trial(id, given[id].slice(0, length + 1), length + 1 === rungs ? 'finished' : 'waiting'));
      const { goOn, prune } = decideHalving(records, { rungs, reduction, noMore: true });
      check(records, goOn);
      for (const one of goOn) records = records.with(one, { ...records[one], state: 'running' });
      for (const one of prune) records = records.with(one, { ...records[one], state: 'pruned' });
    }
  }

  test('those that go on are among the best of their rung, no more than one of the reduction, the best among them', () => {
    fc.assert(fc.property(scores, reductions, fc.infiniteStream(fc.nat()), (given, reduction, stream) => {
      run(given, reduction, (count) => stream.next().value! % count, (records, goOn) => {
        for (let rung = 0; rung < rungs - 1; rung++) {
          const scored = records.filter((record) => record.scores.length > rung);
          const now = goOn.filter((id) => records[id].scores.length === rung + 1);
          expect(now.length).toBeLessThanOrEqual(Math.max(1, Math.floor(scored.length / reduction)));
          for (const id of now) {
            const mine = records[id].scores[rung].score;
            expect(scored.filter((other) => better(other.scores[rung].score, mine)).length).toBeLessThan(Math.max(1, Math.floor(scored.length / reduction)));
          }
        }
      });
    }), { seed: 1, numRuns: 200 });
  });

  test('in the end nobody waits, and the best of each rung has gone on', () => {
    fc.assert(fc.property(scores, reductions, fc.infiniteStream(fc.nat()), (given, reduction, stream) => {
      const records = run(given, reduction, (count) => stream.next().value! % count);
      expect(records.some(({ state }) => state === 'waiting' || state === 'running')).toBe(false);
      for (let rung = 0; rung < rungs - 1; rung++) {
        const scored = records.filter((record) => record.scores.length > rung && !Number.isNaN(record.scores[rung].score));
        if (scored.length === 0) continue;
        const best = scored.reduce((a, b) => (better(b.scores[rung].score, a.scores[rung].score) ? b : a));
        expect(best.scores.length).toBeGreaterThan(rung + 1);
      }
    }), { seed: 2, numRuns: 200 });
  });

  test('decisions do not depend on the order of the records', () => {
    const states = fc.constantFrom<TrialState>('waiting', 'running', 'pruned', 'failed');
    const records = fc.array(fc.tuple(states, fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 })), { minLength: 1, maxLength: 30 })
      .map((all) => all.map(([state, given], id) => trial(id, given, state)))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(fc.property(records, reductions, fc.boolean(), ([one, other], reduction, noMore) => {
      const rule = { rungs, reduction, noMore };
      expect(decideHalving(other, rule)).toEqual(decideHalving(one, rule));
    }), { seed: 3, numRuns: 300 });
  });

  test('synchronously, as many reach each rung as are counted', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 60 }), reductions, (given, reduction) => {
      let records: readonly TrialRecord[] = given.map((all, id) => trial(id, all.slice(0, 1)));
      const reached = [records.length];
      for (let rung = 1; rung < rungs; rung++) {
        const { goOn } = decideHalving(records, { rungs, reduction, noMore: true });
        reached.push(goOn.length);
        records = records.map((record) => trial(record.id, given[record.id].slice(0, goOn.includes(record.id) ? rung + 1 : record.scores.length), goOn.includes(record.id) ? 'waiting' : 'pruned'));
      }
      expect(reached).toEqual(rungCounts(given.length, rungs, reduction));
    }), { seed: 4, numRuns: 200 });
  });
});
