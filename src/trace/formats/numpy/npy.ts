import { amount } from '../../amount.ts';
import { chunksOf } from '../../read/chunks.ts';
import { bytesOfForm } from '../../arrays/elements.ts';
import { finishTrace } from '../../build/finish.ts';
import { GridReading } from '../../arrays/grid-reading.ts';
import { npyMagic, startsWith, type NpyHeader } from './header.ts';
import { decodeNpy } from './values.ts';
import { badInput } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';

/** One NumPy array. */
export const npyReader: Reader = {
  id: 'npy',
  label: 'NumPy array (.npy)',
  sniff: (head) => (startsWith(head, npyMagic) ? 1 : 0),
  read: readNpy,
};

async function readNpy(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const questions = new Questions(options.mapping);
  const reading = new GridReading({ name, questions, store: options.store });
  const notes: string[] = [];
  const begin = (header: NpyHeader): void => {
    checkLength(header, name, source.byteLength, notes);
    reading.begin(header);
  };
  await decodeNpy(chunksOf(source, options), name, begin, (values) => reading.push(values));
  const grid = reading.finish();
  return finishTrace({
    name,
    format: 'NPY',
    kind: grid.fractional ? 'shares' : 'counts',
    steps: Float64Array.from({ length: grid.rows }, (_, row) => row),
    layers: grid.layers(grid.experts.map((_, layer) => String(layer))),
    questions: questions.all,
    notes: ['the file has no step numbers: its rows are steps 0, 1, 2, …', ...reading.notes, ...notes],
  }, options);
}

/** Notices a file that is shorter than its header says before memory is taken for it. */
function checkLength(header: NpyHeader, name: string, byteLength: number | undefined, notes: string[]): void {
  const whole = header.dataStart + bytesOfForm(header);
  if (byteLength === undefined || byteLength === whole) return;
  if (byteLength < whole) {
    throw badInput(name, `it ends after ${byteLength} of ${whole} bytes; shape (${header.shape.join(', ')})`, 'the file is cut off; copy it again', `${name}, byte ${byteLength}`);
  }
  notes.push(`${amount(byteLength - whole, 'byte')} after the array ${byteLength - whole === 1 ? 'is' : 'are'} left out`);
}
