import { amount } from '../../amount.ts';
import { readContinued } from '../../together/continued.ts';
import { nameOfFiles } from '../../together/name-of-files.ts';
import { SeveralProgress } from '../../together/several-progress.ts';
import { readRanks, type RankKind } from '../../together/ranks.ts';
import type { ReadOptions, ReadResult } from '../../read/reader.ts';
import type { GivenFile } from '../../together/together.ts';

const kind: RankKind = { format: 'SGLang', hasAllExperts: true };

const recordingName = /(?:^|\/)expert_distribution_recorder_(\d+(?:\.\d+)?)[^/]*\.pt$/;

/** Whether a file is one of SGLang's expert_distribution_recorder_{time}.pt. */
export function isSglangRecording({ source, reader }: GivenFile): boolean {
  return recordingName.test(source.name) && reader?.id === 'torch';
}

/** Recordings of one or several ranks. Those of one rank follow one another by their times; ranks are joined step by step. */
export async function readSglang(files: readonly GivenFile[], name: string, options: ReadOptions): Promise<ReadResult> {
  const byRank = new Map<number, { file: GivenFile; rows: number }[]>();
  const { signal, mapping } = options;
  const progress = new SeveralProgress(`looking into ${name}`, files.map(({ source }) => source), options.onProgress);
  for (const file of files.toSorted((a, b) => timeOf(a) - timeOf(b))) {
    const { trace, rank = 0 } = await file.open({ signal, mapping, onProgress: progress.ofFile });
    progress.next(file.source);
    byRank.set(rank, [...(byRank.get(rank) ?? []), { file, rows: trace.steps.length }]);
  }
  const ranks = [...byRank].sort(([a], [b]) => a - b).map(([, recordings]) => oneAfterTheOther(recordings));
  if (ranks.length > 1) return readRanks(ranks, name, kind, options);
  const result = await ranks[0].open(options);
  return { ...result, trace: { ...result.trace, name } };
}

function timeOf({ source }: GivenFile): number {
  return Number(recordingName.exec(source.name)?.[1] ?? 0);
}

/** The recordings of a rank as one file, whose steps are numbered on. */
function oneAfterTheOther(recordings: readonly { readonly file: GivenFile; readonly rows: number }[]): GivenFile {
  const [first] = recordings;
  if (recordings.length === 1) return first.file;
  const files = recordings.map(({ file }, i): GivenFile => {
    const before = recordings.slice(0, i).reduce((sum, { rows }) => sum + rows, 0);
    return {
      ...file,
      async open(options) {
        const result = await file.open(options);
        return { ...result, trace: { ...result.trace, steps: result.trace.steps.map((step) => step + before) } };
      },
    };
  });
  const bytes = files.reduce<number | undefined>((sum, { source }) => (sum === undefined || source.byteLength === undefined ? undefined : sum + source.byteLength), 0);
  const name = nameOfFiles(files.map(({ source }) => source.name));
  return {
    ...first.file,
    source: { ...first.file.source, name, byteLength: bytes },
    async open(options) {
      const result = await readContinued(files, name, options);
      return { ...result, notes: [...result.notes, `the steps of ${amount(files.length, 'recording')} of a rank follow one another by their times`] };
    },
  };
}
