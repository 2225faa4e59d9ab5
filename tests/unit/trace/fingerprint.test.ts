import { expect, test } from 'vitest';
import { fingerprint, WordHash } from '../../../src/trace/fingerprint.ts';
import { open } from './support.ts';

/**
 * From an implementation in Python that gives the published verification value of MurmurHash3_x86_128
 * (0xB3ECE62A in Appleby's SMHasher).
 */
test.each([
  [[], '00000000000000000000000000000000'],
  [[1], 'cf0f20ca519c70b1519c70b1519c70b1'],
  [[1, 2], '40e85748a4321e5e7fee4e567fee4e56'],
  [[1, 2, 3], '8504721670aa166f7385e62f9204edfb'],
  [[1, 2, 3, 4], '37d6ee173d4a429d3dbb9c175b64b81d'],
  [[4294967295, 0, 123456789, 5, 6], '96c8da425bedac4008427959bbb3be4d'],
  [Array.from({ length: 23 }, (_, i) => i), 'a65b2ef395a9d62fa1a27da559ead1d8'],
])('the hash of %j is the reference’s, however the words are cut', (words, digest) => {
  for (let cut = 0; cut <= words.length; cut++) {
    const hash = new WordHash().update(Uint32Array.from(words.slice(0, cut))).update(Uint32Array.from(words.slice(cut)));
    expect(hash.digest()).toBe(digest);
  }
});

const trace = {
  kind: 'counts' as const,
  steps: Float64Array.of(0, 1),
  layers: [{ name: '0', experts: 2, values: Uint32Array.of(1, 2, 3, 4) }, { name: '1', experts: 2, values: Uint32Array.of(5, 6, 7, 8) }],
};

test('kind, steps, shape, order of layers and each value count; names do not', () => {
  const others = [
    { ...trace, kind: 'shares' as const },
    { ...trace, steps: Float64Array.of(0, 2) },
    { ...trace, layers: trace.layers.toReversed() },
    { ...trace, layers: [{ name: '0', experts: 4, values: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }] },
    { ...trace, layers: [trace.layers[0], { name: '1', experts: 2, values: Uint32Array.of(5, 6, 7, 9) }] },
  ];
  const digests = [trace, ...others].map((trace) => fingerprint(trace));
  expect(new Set(digests).size).toBe(digests.length);
  expect(fingerprint({ ...trace, layers: trace.layers.map((layer) => ({ ...layer, name: `decoder.${layer.name}` })) })).toBe(digests[0]);
  expect(digests.every((digest) => /^[0-9a-f]{32}$/.test(digest))).toBe(true);
});

test('the same shares have the same fingerprint as text and as doubles', async () => {
  const shares = [0.125, 0.3, 0.575];
  const csv = await open(`step,expert_0,expert_1,expert_2\n0,${shares.join(',')}\n`, 'x.csv');
  const json = await open(JSON.stringify({ step: 0, shares }), 'x.jsonl');
  expect(csv.trace.fingerprint).toBe(json.trace.fingerprint);
});
