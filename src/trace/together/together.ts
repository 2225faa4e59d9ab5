import { amount } from '../amount.ts';
import { continuedOrder, readContinued } from './continued.ts';
import { isExpertTable, readExpertTables } from '../formats/fastmoe.ts';
import { naturalOrder } from '../read/names.ts';
import { badInput } from '../read/problems.ts';
import { Questions } from '../read/questions.ts';
import { isMegatronRank, isTensorRtRank, megatron, readRanks, tensorRt } from './ranks.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../read/reader.ts';
import { isSglangRecording, readSglang } from '../formats/torch/sglang.ts';
import { beginsAsExportedScalar, isScalarOfExpert, readExportedScalars, runOfScalar } from '../formats/tensorboard/exported.ts';
import { readTensorBoard } from '../formats/tensorboard/tensorboard.ts';

/** One of several files that were given at once, unpacked. Its name is its path in the folder or archive. */
export interface GivenFile {
  readonly source: Source;
  /** Its first 64 kB. */
  readonly head: Uint8Array;
  /** Undefined for a file that no reader knows. */
  readonly reader: Reader | undefined;
  /** Reads it alone. */
  open(options: ReadOptions): Promise<ReadResult>;
}

/** Whether a file of a folder or archive may be one of a trace, by its path: what systems put there beside is not. */
export function isWorthOpening(path: string): boolean {
  return !path.endsWith('/') && !/(?:^|\/)(?:\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(path);
}

/** One way to read the files. */
interface Way {
  readonly value: string;
  readonly label: string;
  readonly files: readonly GivenFile[];
  /** Files of this kind say by themselves that they belong together. */
  readonly sure: boolean;
  read(name: string, options: ReadOptions): Promise<ReadResult>;
}

const mostFilesAsked = 100;

/** Reads files that belong together as one trace; asks which one is meant, or in which way, where it is not plain. */
export async function readTogether(files: readonly GivenFile[], name: string, options: ReadOptions): Promise<ReadResult> {
  const ways = await waysOf(files.toSorted((a, b) => naturalOrder(a.source.name, b.source.name)), options);
  if (ways.length === 0) {
    throw badInput(name, `none of its ${amount(files.length, 'file')} can be read as a trace: ${files.slice(0, 5).map((file) => file.source.name).join(', ')}${files.length > 5 ? ', …' : ''}`, 'open the files of one trace');
  }
  const questions = new Questions(options.mapping);
  let [way] = ways;
  if (ways.length > 1) {
    const guess = ways[0];
    const answer = questions.ask({
      id: 'files',
      label: 'Which files are the trace?',
      options: ways.map(({ value, label }) => ({ value, label })),
      guess: guess.value,
      ambiguous: !guess.sure || ways.some((other) => other !== guess && other.sure),
    });
    way = ways.find((one) => one.value === answer) ?? guess;
  }
  const result = await way.read(name, options);
  const others = files.length - way.files.length;
  const notes = others > 0 ? [`${amount(others, 'other file')} ${others === 1 ? 'was' : 'were'} left alone`] : [];
  return { ...result, questions: [...questions.all, ...result.questions], notes: [...result.notes, ...notes] };
}

/** Ways to read the files, the likeliest first: kinds that say what they are, then logs that continue one another, then files alone. */
async function waysOf(files: readonly GivenFile[], options: ReadOptions): Promise<Way[]> {
  const ways: Way[] = [];
  const together = (
    test: (file: GivenFile) => boolean, kind: string, what: string,
    read: (files: readonly GivenFile[], name: string, options: ReadOptions) => Promise<ReadResult>, placeOf: (path: string) => string = folderOf,
  ): void => {
    for (const [folder, members] of byPlace(files.filter(test), placeOf)) {
      if (members.length < 2) continue;
      ways.push({
        value: `${kind}:${folder}`, label: `${folder === '' ? '' : `${folder}: `}${amount(members.length, what)} together`, files: members, sure: true,
        read: (name, more) => read(members, name, more),
      });
    }
  };
  const sources = (members: readonly GivenFile[]): Source[] => members.map(({ source }) => source);
  together(isMegatronRank, 'ranks', 'Megatron-LM rank', (members, name, more) => readRanks(members, name, megatron, more));
  together(isTensorRtRank, 'tensorrt', 'TensorRT-LLM rank', (members, name, more) => readRanks(members, name, tensorRt, more));
  together(isSglangRecording, 'sglang', 'SGLang recording', readSglang);
  together((file) => isExpertTable(file.source.name), 'tables', 'FastMoE table', (members, name, more) => readExpertTables(sources(members), name, more));
  together((file) => file.reader?.id === 'tensorboard', 'events', 'TensorBoard file', (members, name, more) => readTensorBoard(sources(members), name, more));
  const scalars = byPlace(files.filter(({ head }) => beginsAsExportedScalar(head)), runOfScalar);
  const ofExperts = new Set([...scalars.values()].filter((members) => members.filter(({ source }) => isScalarOfExpert(source.name)).length > 1).flat());
  together((file) => ofExperts.has(file), 'scalars', 'exported scalar', (members, name, more) => readExportedScalars(sources(members), name, more), runOfScalar);
  ways.sort((a, b) => b.files.length - a.files.length);
  const taken = new Set(ways.flatMap((way) => way.files));
  const alone = files.filter((file) => !taken.has(file) && (file.reader !== undefined || isPackedName(file.source.name)));
  const order = alone.length > 1 && alone.length <= mostFilesAsked ? await continuedOrder(alone, options) : null;
  if (order) {
    ways.push({
      value: 'continued', label: `${amount(order.files.length, 'file')} that continue one another`, files: order.files, sure: order.sure && ways.length === 0,
      read: (name, more) => readContinued(order.files, name, more),
    });
  }
  const single = alone.toSorted((a, b) => (b.source.byteLength ?? 0) - (a.source.byteLength ?? 0)).slice(0, mostFilesAsked);
  const singles = single.map((file): Way => ({
    value: file.source.name, label: file.source.name, files: [file], sure: single.length === 1 && ways.length === 0, read: (_, more) => file.open(more),
  }));
  return order && !order.sure ? [...ways.slice(0, -1), ...singles, ...ways.slice(-1)] : [...ways, ...singles];
}

function isPackedName(name: string): boolean {
  return /\.zip$/i.test(name);
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

function byPlace(files: readonly GivenFile[], placeOf: (path: string) => string): Map<string, GivenFile[]> {
  const places = new Map<string, GivenFile[]>();
  for (const file of files) {
    const place = placeOf(file.source.name);
    places.set(place, [...(places.get(place) ?? []), file]);
  }
  return places;
}
