import { describe, expect, test } from 'vitest';
import { emptyBatch, gather, type Examples } from '../../../workers/lstm/examples.ts';
import { networkOf } from './entries.ts';

// Two planes of six rows, two series of two inputs each: values[row] = [series 0: a, b; series 1: c, d].
// The first plane is what windows read, row by row; the second holds targets.
const WINDOWS = [0, 1, 2, 3, 4, 5].flatMap((row) => [row, 10 + row, 20 + row, 30 + row]);
const TARGETS = WINDOWS.map((value) => 100 + value);

const network = networkOf({ inputs: 2, bins: 3, statics: 1, targets: 2, candidates: 2 });

const examples: Examples = {
  values: Float32Array.from([...WINDOWS, ...TARGETS]),
  series: 2,
  // Bins are two rows apart; the groups of a target one row.
  hop: 8, channels: 1, targetHop: 4,
  // Anchor 0: rows 0, 2 and 4, targets in rows 1 and 2; anchor 1: rows 1, 3 and 5, targets in rows 3 and 4.
  anchors: Uint32Array.from([0, 28, 1, 0, 4, 36, 0, 0]),
  norms: null, bases: null, clip: 1,
  // A side row a series: static, then the candidates of each target.
  sides: Float32Array.from([
    1, 11, 12, 13, 14,
    2, 21, 22, 23, 24,
    3, 31, 32, 33, 34,
    4, 41, 42, 43, 44,
  ]),
  training: { from: 0, count: 4 }, all: { from: 0, count: 4 }, validation: new Uint32Array(), parts: [], queries: new Uint32Array(),
};

function gathered(part: Partial<Examples>, samples: readonly number[], withTargets = true): ReturnType<typeof emptyBatch> {
  const batch = emptyBatch(network, samples.length);
  gather(network, { ...examples, ...part }, samples, batch, withTargets);
  return batch;
}

describe('a batch', () => {
  test('holds windows and targets of the series at the anchor, as they are without norms', () => {
    // Sample 1: anchor 0, series 1. Sample 2: anchor 1, series 0.
    const { windows, targets } = gathered({}, [1, 2]);
    expect([...windows]).toEqual([20, 30, 22, 32, 24, 34, 1, 11, 3, 13, 5, 15]);
    expect([...targets]).toEqual([121, 122, 103, 104]);
  });

  test('holds statics and candidates of the side row that the anchor names', () => {
    const { statics, candidates } = gathered({}, [1, 2]);
    expect([...statics]).toEqual([4, 1]);
    expect([...candidates]).toEqual([41, 42, 43, 44, 11, 12, 13, 14]);
  });

  test('takes all channels of a group before the next group', () => {
    expect([...gathered({ channels: 2 }, [1]).targets]).toEqual([121, 131]);
  });

  // Reference and scale of both inputs, by side row and series.
  const norms = Float32Array.from([
    0, 0, 0, 0, 0, 0, 0, 0,
    1, 0.5, 12, 0.25, 21, 0.25, 31, 2,
  ]);

  test('holds windows less their reference, scaled and then clipped, and targets less it, scaled alone', () => {
    const { windows, targets } = gathered({ norms }, [0, 1]);
    expect([...windows]).toEqual([-0.5, -0.5, 0.5, 0, 1, 0.5, -0.25, -1, 0.25, 1, 0.75, 1]);
    // (101 − 1) / 2, (102 − 1) / 2; (121 − 21) / 4, (122 − 21) / 4
    expect([...targets]).toEqual([50, 50.5, 25, 25.25]);
  });

  test('holds targets less their own base where there is one', () => {
    const bases = Float32Array.from([0, 0, 0, 0, 100, 90, 120, 110]);
    expect([...gathered({ norms, bases }, [0, 1]).targets]).toEqual([0.5, 6, 0.25, 3]);
    expect([...gathered({ bases }, [0, 1]).targets]).toEqual([1, 12, 1, 12]);
  });

  test('of queries reads no targets', () => {
    const beyond = Uint32Array.from([0, 1e9, 1, 0]);
    expect([...gathered({ anchors: beyond }, [0], false).targets]).toEqual([0, 0]);
  });
});
