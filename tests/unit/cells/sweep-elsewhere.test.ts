import { describe, expect, test } from 'vitest';
import { sweepFinding } from '../../../src/cells/sweep/finding.ts';
import { sweepPlan, untestedElsewhere } from '../../../src/cells/sweep/plan.ts';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, cellOfKind } from '../../../src/notebook/edits.ts';
import { defaultSettings } from '../../../src/notebook/kinds/index.ts';
import { parseDocument, parseSettings } from '../../../src/notebook/schema.ts';
import { packSweep, unpackSweep } from '../../../src/notebook/sweep-result.ts';
import type { OtherTraceTest, SweepPlan, SweepState, SweepTest, TestElsewhere } from '../../../src/sweep/types.ts';
import type { TraceRef } from '../../../src/trace/trace-ref.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const fingerprint = '1'.repeat(32);
const info = { name: 'mine.csv', fingerprint, firstStep: 0, lastStep: 9999, strideSteps: 1, layers: [{ name: '0', experts: 16 }] } as unknown as TraceInfo;
const sample: TraceRef = { kind: 'sample', id: 'gpt-moe-125m-16e' };
const file: TraceRef = { kind: 'file', name: 'run 2.csv', fingerprint: '2'.repeat(32), mapping: {} };
const settings = defaultSettings('sweep');
const plan = sweepPlan({ ...settings, elsewhere: file }, info);
const other: OtherTraceTest = {
  name: 'run 2.csv', fingerprint: '2'.repeat(32), layers: [0], origins: [6000, 7000],
  byOrigin: [3, 5], average: [4, 6], noiseFloor: [1, 1], asTrained: { byOrigin: [6, 6] },
};
const testOf = (elsewhere?: TestElsewhere): SweepTest => ({ trial: 0, byOrigin: [2, 2], average: [4, 4], noiseFloor: [], ...(elsewhere ? { elsewhere } : {}) });
const stateOf = (test: SweepTest | null): SweepState => ({
  trials: [{ id: 0, forecaster: 'lstm', values: plan.space[0].values, state: 'finished', scores: [{ rung: 0, iterations: 300, score: 2 }], byOrigin: [2, 2], curve: [], elapsedMs: 1, atMs: 1 }],
  average: [3, 3], test, elapsedMs: 1,
});
const keptOf = (test: SweepTest | null, of: SweepPlan = plan) => ({ fingerprint, plan: of, state: stateOf(test), ended: 'complete' as const, began: '2026-01-01T00:00:00.000Z', makings: [], version: '0.1.0', time: new Date(0) });
const stored = (result: unknown) => {
  const document = addCell(defaultDocument(), 'sweep', undefined, 's');
  return parseDocument(JSON.parse(JSON.stringify({ ...document, cells: document.cells.map((cell) => (cell.id === 's' ? { ...cell, result } : cell)) })));
};

describe('a plan', () => {
  test('names the other trace, and leaves it out where it is the open one', () => {
    expect(plan.elsewhere).toEqual(file);
    expect('elsewhere' in sweepPlan(settings, info)).toBe(false);
    expect('elsewhere' in sweepPlan({ ...settings, elsewhere: { ...file, fingerprint } }, info)).toBe(false);
    expect('elsewhere' in sweepPlan({ ...settings, elsewhere: sample }, { ...info, name: sample.id })).toBe(false);
  });
});

describe('a test on another trace', () => {
  test('is kept in the notebook and comes back as it was, as does why there is none', () => {
    for (const elsewhere of [other, { ...other, byOrigin: [], problem: 'too short', asTrained: { problem: 'of 16 experts' } }, { problem: 'it is gone' }, undefined]) {
      const kept = keptOf(testOf(elsewhere));
      const back = cellOfKind(stored(packSweep(kept)), 's', 'sweep')?.result;
      expect(unpackSweep(back!)).toMatchObject({ plan, state: { test: testOf(elsewhere) } });
      // Nothing has changed to whoever compares plans.
      expect(JSON.stringify(unpackSweep(back!).plan)).toBe(JSON.stringify(plan));
    }
  });

  test('is refused where the notebook makes no sense', () => {
    const packed = packSweep(keptOf(testOf(other)));
    const { elsewhere: _, ...without } = packed.plan;
    expect(() => stored({ ...packed, plan: without })).toThrow(/does not name/);
    expect(() => stored({ ...packed, test: { ...packed.test, elsewhere: { ...other, origins: ['here'] } } })).toThrow(/a test on another trace/);
    expect(() => stored({ ...packed, plan: { ...packed.plan, elsewhere: { kind: 'file', name: 'x', fingerprint: '../../x' } } })).toThrow(/fingerprint/);
    expect(() => parseSettings('sweep', { elsewhere: { kind: 'sample', id: 'https://elsewhere.example/x' } })).toThrow(/id of a sample/);
  });

  test('is what is missing of a complete sweep whose other trace is new, or was not there', () => {
    const { elsewhere: _, ...alone } = plan;
    const untested = { ...stateOf(testOf()), test: { ...testOf(), elsewhere: undefined } };
    expect(untestedElsewhere(keptOf(testOf(), alone), plan)).toEqual(untested);
    expect(untestedElsewhere(keptOf(testOf(other)), { ...plan, elsewhere: sample })).toEqual(untested);
    expect(untestedElsewhere(keptOf(testOf({ problem: 'it is gone' })), plan)).toEqual(untested);
    expect(untestedElsewhere(keptOf(testOf(other)), plan)).toBeNull();
    expect(untestedElsewhere(keptOf(testOf(), alone), { ...plan, trials: 8 })).toBeNull();
    expect(untestedElsewhere(keptOf(testOf(other)), alone)).toBeNull();
    expect(untestedElsewhere({ ...keptOf(testOf(), alone), ended: 'stopped' }, plan)).toEqual(untested);
    expect(untestedElsewhere({ ...keptOf(testOf(), alone), ended: 'cancelled' }, plan)).toBeNull();
  });

  test('is told honestly', () => {
    const said = (elsewhere: TestElsewhere) => sweepFinding(plan, stateOf(testOf(elsewhere)), false);
    expect(said(other)).toMatch(/50 % less than the sliding average \(4\.00 %\)\. On run 2\.csv, another trace, the sliding average errs by 5\.00 %; its settings trained there err by 4\.00 %, 20 % less; as trained here it errs by 6\.00 %, 20 % more\.$/);
    expect(said({ ...other, asTrained: { problem: 'of 16 experts' } })).toMatch(/20 % less; as trained here it cannot forecast that trace\.$/);
    expect(said({ ...other, byOrigin: [], problem: 'too short' })).toMatch(/its settings do not work there; as trained here it errs by/);
    const { asTrained: _, ...fitted } = other;
    expect(said(fitted)).toMatch(/its settings fitted there err by 4\.00 %, 20 % less\.$/);
    expect(said({ problem: 'it is gone; open the file again' })).toMatch(/It could not be tested on run 2\.csv: it is gone; open the file again\.$/);
    expect(sweepFinding({ ...plan, testOrigins: [] }, stateOf({ trial: 0, byOrigin: [], average: [], noiseFloor: [], elsewhere: other }), false)).toMatch(/Nothing was recorded after the origin that could test it\. On run 2\.csv/);
  });
});
