import { groupScore, hasRole, naturalOrder, roleRank, type ColumnRole } from './names.ts';
import type { NpyHeader } from './npy-header.ts';
import { badInput } from './problems.ts';
import type { Questions } from './questions.ts';
import type { ZipMember } from './zip.ts';

/** An array of an .npz file, its header read. */
export interface NpzArray {
  /** Without ".npy". */
  readonly name: string;
  readonly member: ZipMember;
  readonly header: NpyHeader;
}

/** One array of all layers, or one array a layer in order. */
export type ChosenLoads =
  | { readonly kind: 'one'; readonly array: NpzArray }
  | { readonly kind: 'layers'; readonly arrays: readonly { readonly layer: string; readonly array: NpzArray }[] };

interface Candidate {
  readonly value: string;
  readonly label: string;
  readonly score: number;
  readonly size: number;
  readonly loads: ChosenLoads;
}

/** Chooses the array of loads; asks when several could be it. */
export function chooseLoads(file: string, arrays: readonly NpzArray[], questions: Questions): ChosenLoads {
  const fitting = arrays.filter(({ header }) => header.length > 0 && header.shape.filter((size) => size > 1).length <= 3 && header.shape.length >= 2);
  const groups = groupByNumber(fitting);
  const grouped = new Set(groups.flatMap((group) => group.members.map((member) => member.array)));
  const candidates: Candidate[] = fitting.filter((array) => !grouped.has(array)).map((array) => ({
    value: array.name,
    label: `${array.name} (${array.header.shape.join(' × ')})`,
    score: hasRole(array.name, 'load') ? 3 - roleRank(array.name, 'load') / 100 : groupScore(array.name),
    size: array.header.length,
    loads: { kind: 'one', array },
  }));
  for (const { name, members } of groups) {
    candidates.push({
      value: name,
      label: `${name} (${members.length} arrays, one a layer)`,
      score: 1.5 + groupScore(name),
      size: members.reduce((sum, { array }) => sum + array.header.length, 0),
      loads: { kind: 'layers', arrays: members },
    });
  }
  candidates.sort((a, b) => b.score - a.score || b.size - a.size || naturalOrder(a.value, b.value));
  const best = candidates[0];
  if (!best) {
    const held = arrays.map(({ name, header }) => `${name} (${header.shape.join(' × ')})`).slice(0, 12).join(', ');
    throw badInput(file, `no array in it has steps and experts; it holds ${held || 'no arrays'}`, 'save an array of [steps, layers, experts] as "counts"');
  }
  if (candidates.length === 1) return best.loads;
  const answer = questions.ask({
    id: 'array',
    label: 'Which array holds the load?',
    options: candidates.map(({ value, label }) => ({ value, label })),
    guess: best.value,
    ambiguous: best.score <= candidates[1].score || best.score < 1,
  });
  return (candidates.find((candidate) => candidate.value === answer) ?? best).loads;
}

interface Group {
  readonly name: string;
  readonly members: readonly { readonly layer: string; readonly array: NpzArray }[];
}

/** Two-dimensional arrays whose names differ only in their last number and that share a length: one array a layer. */
function groupByNumber(arrays: readonly NpzArray[]): Group[] {
  const groups = new Map<string, { layer: string; array: NpzArray }[]>();
  for (const array of arrays) {
    const number = /^(.*?)(\d+)(\D*)$/.exec(array.name);
    if (!number || array.header.shape.length !== 2) continue;
    const name = `${number[1]}*${number[3]}`;
    const members = groups.get(name) ?? [];
    members.push({ layer: String(Number(number[2])), array });
    groups.set(name, members);
  }
  return [...groups].filter(([, members]) => members.length > 1).map(([name, members]) => ({
    name,
    members: members.sort((a, b) => naturalOrder(a.layer, b.layer)),
  }));
}

/** The one-dimensional array of a role (steps, loss), if there is one. */
export function findSeries(arrays: readonly NpzArray[], role: ColumnRole): NpzArray | undefined {
  const found = arrays.filter(({ name, header }) => header.shape.length === 1 && hasRole(name, role));
  return found.sort((a, b) => roleRank(a.name, role) - roleRank(b.name, role))[0];
}
