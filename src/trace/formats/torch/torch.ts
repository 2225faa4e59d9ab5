import { readArrays } from '../../arrays/arrays.ts';
import type { NamedArray } from '../../arrays/named-array.ts';
import { startsWith } from '../numpy/header.ts';
import { badInput } from '../../read/problems.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';
import { sliceOf } from '../../read/slices.ts';
import { tensorArray } from './array.ts';
import { namedTensors } from './objects.ts';
import { legacyMagic, openLegacy } from './legacy.ts';
import { openZip } from './zip.ts';

/** What torch.save writes, in its present form (a zip archive) and in the one before PyTorch 1.6. Nothing in it is executed. */
export const torchReader: Reader = {
  id: 'torch',
  label: 'PyTorch tensors (.pt, .pth)',
  sniff(head) {
    if (startsWith(head, legacyMagic)) return 1;
    if (head.length < 30 || !startsWith(head, zipMagic)) return 0;
    const nameLength = head[26] + head[27] * 256;
    return /(^|\/)data\.pkl$/.test(new TextDecoder().decode(head.subarray(30, 30 + nameLength))) ? 1 : 0;
  },
  read: readTorch,
};

const zipMagic = Uint8Array.of(0x50, 0x4b, 3, 4);

async function readTorch(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const first = await sliceOf(source, 0, legacyMagic.length, options.signal);
  const legacy = startsWith(new Uint8Array(first.buffer, first.byteOffset, first.byteLength), legacyMagic);
  const { root, bigEndian, storageChunks } = await (legacy ? openLegacy : openZip)(source, options.signal);
  const tensors = namedTensors(root, name);
  if (tensors.length === 0) throw badInput(name, 'there is no tensor in it', 'save one with torch.save({"counts": counts})');
  const arrays: NamedArray[] = [];
  for (const named of tensors) arrays.push(tensorArray(named, bigEndian, await storageChunks(named.tensor.storage)));
  if (!isRecorderOfSglang(root)) return readArrays({ name, format: 'PyTorch', arrays, notes: [] }, options);
  const result = await readArrays({ name, format: 'PyTorch', arrays, notes: [], ring: 'logical_count' }, options);
  const rank: unknown = root.get('rank');
  return typeof rank === 'number' ? { ...result, rank } : result;
}

/** SGLang's expert_distribution_recorder_*.pt. */
function isRecorderOfSglang(root: unknown): root is Map<unknown, unknown> {
  return root instanceof Map && root.has('rank') && root.has('logical_count');
}
