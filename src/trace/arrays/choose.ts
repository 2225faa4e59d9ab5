import { amount } from '../amount.ts';
import { groupByNumber, groupVectors, type StepArray } from './group.ts';
import type { NamedArray } from './named-array.ts';
import { groupScore, hasRole, naturalOrder, roleRank, type ColumnRole } from '../read/names.ts';
import { badInput } from '../read/problems.ts';
import type { Questions } from '../read/questions.ts';

/** One array of all layers, one array a layer in order, or one array a step. */
export type ChosenLoads =
  | { readonly kind: 'one'; readonly array: NamedArray }
  | { readonly kind: 'layers'; readonly arrays: readonly { readonly layer: string; readonly array: NamedArray }[] }
  | { readonly kind: 'steps'; readonly arrays: readonly StepArray[]; readonly numbered: boolean };

interface Candidate {
  readonly value: string;
  readonly label: string;
  readonly score: number;
  readonly size: number;
  readonly loads: ChosenLoads;
}

/** Chooses the arrays of loads; asks when several could be it. */
export function chooseLoads(file: string, arrays: readonly NamedArray[], questions: Questions): ChosenLoads {
  const candidates = candidatesOf(arrays);
  candidates.sort((a, b) => b.score - a.score || b.size - a.size || naturalOrder(a.value, b.value));
  const best = candidates[0];
  if (!best) {
    const held = arrays.map(({ name, form }) => `${name} (${form.shape.join(' × ')})`).slice(0, 12).join(', ');
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

/** Arrays of two to four axes, alone or as groups; only where there is none, groups of vectors. */
function candidatesOf(arrays: readonly NamedArray[]): Candidate[] {
  const filled = arrays.filter(({ form }) => form.length > 0);
  const axes = ({ form }: NamedArray): number => form.shape.filter((size) => size > 1).length;
  const three = filled.filter((array) => axes(array) <= 3 && array.form.shape.length >= 2);
  // One axis more may be that of ranks, in an array that is called loads, or where there is nothing else.
  const fitting = [...three, ...filled.filter((array) => axes(array) === 4 && (three.length === 0 || hasRole(array.name, 'load')))];
  const groups = groupByNumber(fitting);
  const grouped = new Set(groups.flatMap((group) => group.members.map((member) => member.array)));
  const candidates: Candidate[] = fitting.filter((array) => !grouped.has(array)).map((array) => ({
    value: array.name,
    label: `${array.name} (${array.form.shape.join(' × ')})`,
    score: hasRole(array.name, 'load') ? 3 - roleRank(array.name, 'load') / 100 : groupScore(array.name),
    size: array.form.length,
    loads: { kind: 'one', array },
  }));
  for (const { name, members, aStep } of groups) {
    const candidate = { score: 1.5 + groupScore(name), size: sizeOf(members) };
    candidates.push({
      ...candidate,
      value: name,
      label: `${name} (${amount(members.length, 'array')}, one a layer)`,
      loads: { kind: 'layers', arrays: members.map(({ number, array }) => ({ layer: number, array })) },
    });
    if (!aStep) continue;
    candidates.push({
      ...candidate,
      score: candidate.score + 0.25,
      value: `${name}, a step`,
      label: `${name} (${amount(members.length, 'array')}, one a step)`,
      loads: { kind: 'steps', arrays: members.map(({ number, array }) => ({ step: Number(number), layer: null, array })), numbered: isNumbered(name) },
    });
  }
  if (candidates.length > 0) return candidates;
  return groupVectors(filled).map(({ name, members }) => ({
    value: name,
    label: `${name} (${amount(members.length, 'array')}, one a step${members[0].layer === null ? '' : ' and layer'})`,
    score: 1.5 + groupScore(name),
    size: sizeOf(members),
    loads: { kind: 'steps', arrays: members, numbered: isNumbered(name) },
  }));
}

function sizeOf(members: readonly { readonly array: NamedArray }[]): number {
  return members.reduce((sum, { array }) => sum + array.form.length, 0);
}

/** Places in a list, and the names that NumPy gives to arrays without one, are no step numbers. */
function isNumbered(group: string): boolean {
  return !/\[\*\]|^arr_\*$/.test(group);
}

/** The one-dimensional array of a role (steps, loss), if there is one. */
export function findSeries(arrays: readonly NamedArray[], role: ColumnRole): NamedArray | undefined {
  const found = arrays.filter(({ name, form }) => form.shape.length === 1 && hasRole(name, role));
  return found.sort((a, b) => roleRank(a.name, role) - roleRank(b.name, role))[0];
}
