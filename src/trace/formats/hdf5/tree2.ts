import type { Hdf5Cursor, Hdf5File } from './file.ts';
import { badInput } from '../../read/problems.ts';
import { cutOff } from '../../read/slices.ts';

/** Bytes of a node beside its records and pointers: signature, version, type, checksum. */
const nodeBytes = 10;

const mostDepth = 20;

/**
 * Walks a version 2 tree in the order of its records.
 * @param types of records that are expected, as the format numbers them
 * @param onRecord called with each record, its type and its length in bytes
 */
export async function walkTree2(file: Hdf5File, root: number, types: readonly number[], onRecord: (record: Hdf5Cursor, type: number, bytes: number) => void): Promise<void> {
  const header = await file.checked(root, 34);
  header.signature('BTHD');
  header.skip(1);
  const type = header.u8();
  const blockBytes = header.u32();
  const recordBytes = header.u16();
  const depth = header.u16();
  header.skip(2);
  const top = header.address();
  const topRecords = header.u16();
  if (!types.includes(type) || recordBytes === 0 || depth > mostDepth) throw badInput(file.name, `a tree in it is of the wrong kind (type ${type}, depth ${depth})`, cutOff, `${file.name}, byte ${root}`);
  const pointers = pointerForms(blockBytes, recordBytes, depth);
  const seen = new Set<number>();
  const visit = async (address: number, records: number, level: number): Promise<void> => {
    if (seen.has(address)) throw badInput(file.name, 'a tree in it leads back to itself', cutOff, `${file.name}, byte ${address}`);
    seen.add(address);
    const { countBytes, totalBytes } = pointers[level];
    const node = await file.checked(address, nodeBytes - 4 + records * recordBytes + (level > 0 ? (records + 1) * (8 + countBytes + totalBytes) : 0));
    node.signature(level > 0 ? 'BTIN' : 'BTLF');
    node.skip(2);
    const own = Array.from({ length: records }, () => node.part(recordBytes));
    for (let i = 0; i <= records; i++) {
      if (level > 0) {
        const child = node.u64();
        const count = node.uint(countBytes);
        node.skip(totalBytes);
        await visit(child, count, level - 1);
      }
      if (i < records) onRecord(own[i], type, recordBytes);
    }
  };
  if (top !== null && topRecords > 0) await visit(top, topRecords, depth);
}

interface PointerForm {
  /** Bytes that tell the records of a child. */
  readonly countBytes: number;
  /** Bytes that tell the records of a child and of all below it; 0 where the children are leaves. */
  readonly totalBytes: number;
}

/** How nodes of each level write the pointers to their children; level 0 are the leaves. */
function pointerForms(blockBytes: number, recordBytes: number, depth: number): PointerForm[] {
  const mostInLeaf = Math.floor((blockBytes - nodeBytes) / recordBytes);
  const countBytes = bytesFor(mostInLeaf);
  const forms: PointerForm[] = [{ countBytes: 0, totalBytes: 0 }];
  let mostBelow = mostInLeaf;
  for (let level = 1, totalBytes = 0; level <= depth; level++) {
    forms.push({ countBytes, totalBytes });
    const pointerBytes = 8 + countBytes + totalBytes;
    const most = Math.floor((blockBytes - nodeBytes - pointerBytes) / (recordBytes + pointerBytes));
    mostBelow = (most + 1) * mostBelow + most;
    totalBytes = bytesFor(mostBelow);
  }
  return forms;
}

/** Bytes that a number up to `most` takes. */
function bytesFor(most: number): number {
  return most < 256 ? 1 : Math.min(8, Math.floor(Math.log2(most) / 8) + 1);
}
