import { amount, number } from '../amount.ts';
import { askLayerCount } from '../read/layer-count.ts';
import { guessLayers } from '../read/layer-guess.ts';
import { hasRole } from '../read/names.ts';
import { badInput, needsAnswers } from '../read/problems.ts';
import type { Questions } from '../read/questions.ts';

export type Axis = 'steps' | 'layers' | 'experts';

/** What an array's axes are. A missing axis of layers is put in with length 1, or cut out of a joint axis. */
export interface ArrayLayout {
  /** In the order of the array, three of them. */
  readonly axes: readonly [Axis, Axis, Axis];
  readonly lengths: readonly [number, number, number];
  /** A fourth axis that is summed before, where the array has one. */
  readonly summed?: SummedAxis;
}

/** An axis of ranks or micro-batches, whose loads are summed. */
export interface SummedAxis {
  /** Of the array, lengths of 1 left out where it has more than three axes. */
  readonly shape: readonly number[];
  readonly axis: number;
}

export function lengthOf(layout: ArrayLayout, axis: Axis): number {
  return layout.lengths[layout.axes.indexOf(axis)];
}

export interface ArrayFacts {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether the first axis varies fastest in the file. */
  readonly fortranOrder: boolean;
  /** Number of steps where it is known otherwise: from an array of step numbers beside this one. */
  readonly knownSteps?: number;
  /** What the file calls the axes. */
  readonly axisNames?: readonly string[];
  /** First rows of a two-dimensional array of steps × columns, if they were at hand. */
  readonly firstRows?: readonly ArrayLike<number>[];
}

const orders: readonly (readonly [Axis, Axis, Axis])[] = [
  ['steps', 'layers', 'experts'], ['steps', 'experts', 'layers'], ['layers', 'steps', 'experts'],
  ['layers', 'experts', 'steps'], ['experts', 'layers', 'steps'], ['experts', 'steps', 'layers'],
];

/** What axes are by their names, such as "step", "layer_idx" and "experts"; null where the names do not tell all. */
export function axesByName(names: readonly string[] | undefined): Axis[] | null {
  const axes = (names ?? []).map((name) => (['step', 'layer', 'expert'] as const).find((role) => hasRole(name, role)));
  const found = axes.flatMap((role): Axis[] => (role ? [`${role}s`] : []));
  return found.length === names?.length && new Set(found).size === found.length ? found : null;
}

/**
 * Decides which axis is what: by their names, where the file gives them. Else steps are the axis of the known length, else the longest one, where
 * one is at least twice as long as the others and no axis of one lies in the middle; else the first. Of the rest, layers come before
 * experts, unless that leaves a single expert.
 */
export function layoutOf(facts: ArrayFacts, questions: Questions): ArrayLayout {
  const { name, knownSteps } = facts;
  const shape = facts.shape.length > 3 ? facts.shape.filter((size) => size !== 1) : facts.shape;
  const text = `(${facts.shape.join(', ')})`;
  if (shape.some((size) => size === 0)) throw badInput(name, `its shape ${text} is empty`, 'save an array with at least one step, layer and expert');
  if (shape.length < 2) throw badInput(name, `its shape ${text} has no axis for the experts`, 'save an array of [steps, layers, experts]');
  const names = facts.axisNames?.filter((_, axis) => facts.shape.length <= 3 || facts.shape[axis] !== 1);
  if (shape.length === 4) return fourAxes(facts, shape, names, questions);
  if (shape.length > 4) throw badInput(name, `its shape ${text} has too many axes`, 'save an array of [steps, layers, experts]: those of ranks and micro-batches summed, counts.sum(axis=(1, 2))');
  const named = axesByName(names);
  if (named && shape.length === 3) return threeAxes(shape, named, false, questions);
  if (named?.includes('steps') && named.includes('experts')) return twoAxes(facts, shape, named.indexOf('steps'), false, questions, 1);
  const byLength = shape.map((size, axis) => ({ size, axis })).sort((a, b) => b.size - a.size);
  const known = knownSteps === undefined ? [] : shape.map((size, axis) => (size === knownSteps ? axis : -1)).filter((axis) => axis >= 0);
  const clearlyLongest = byLength[0].size >= 2 * byLength[1].size;
  // In the middle, an axis of one is the layers of the usual order.
  const usual = shape.length === 3 && shape[1] === 1;
  const steps = known.length === 1 ? known[0] : clearlyLongest && !usual ? byLength[0].axis : (known[0] ?? 0);
  const ambiguous = known.length !== 1 && (!clearlyLongest || steps !== 0);
  // One expert a layer is nothing to route to.
  const others = shape.filter((_, axis) => axis !== steps);
  const guess: Axis[] = others.length === 2 && others[1] === 1 ? ['experts', 'layers'] : ['layers', 'experts'];
  guess.splice(steps, 0, 'steps');
  return shape.length === 3 ? threeAxes(shape, guess, ambiguous, questions) : twoAxes(facts, shape, steps, ambiguous, questions);
}

function threeAxes(shape: readonly number[], guess: readonly Axis[], ambiguous: boolean, questions: Questions): ArrayLayout {
  const answer = questions.ask({
    id: 'axes',
    label: 'Which axis is what?',
    options: orders.map((axes) => ({ value: axes.join(','), label: axes.map((axis, i) => amount(shape[i], axis.slice(0, -1))).join(' × ') })),
    guess: guess.join(','),
    ambiguous,
  });
  const axes = orders.find((order) => order.join(',') === answer) ?? orders[0];
  return { axes, lengths: [shape[0], shape[1], shape[2]] };
}

/** One more axis than loads have: that of ranks is summed. Asks which it is, unless the names say it. */
function fourAxes({ name, shape: given, knownSteps }: ArrayFacts, shape: readonly number[], names: readonly string[] | undefined, questions: Questions): ArrayLayout {
  const byName = names === undefined ? -1 : names.findIndex((one) => namesSummed(one));
  const namedRest = byName < 0 ? null : axesByName(names?.filter((_, axis) => axis !== byName));
  const steps = knownSteps === undefined ? 0 : Math.max(0, shape.indexOf(knownSteps));
  const guess: (Axis | 'ranks')[] = namedRest ?? ['ranks', 'layers', 'experts'];
  guess.splice(namedRest ? byName : steps, 0, namedRest ? 'ranks' : 'steps');
  const options = [0, 1, 2, 3].flatMap((axis) => orders.map((order) => order.toSpliced(axis, 0, 'ranks' as Axis) as readonly (Axis | 'ranks')[]));
  const id = 'axes';
  const answer = questions.ask({
    id,
    label: 'Which axis is what?',
    options: options.map((axes) => ({
      value: axes.join(','),
      label: axes.map((axis, i) => `${amount(shape[i], axis.slice(0, -1))}${axis === 'ranks' ? ', summed' : ''}`).join(' × '),
    })),
    guess: guess.join(','),
    ambiguous: namedRest === null,
  });
  const axes = options.find((order) => order.join(',') === answer) ?? options[0];
  if (namedRest === null && questions.answer(id) !== answer) {
    throw needsAnswers(badInput(
      name,
      `its shape (${given.join(', ')}) has four axes, and nothing says which of them is summed`,
      'say which axis is that of ranks or micro-batches, or save an array of [steps, layers, experts], summed: counts.sum(axis=1)',
    ), questions.all);
  }
  const axis = axes.indexOf('ranks');
  const [a, b, c] = axes.filter((one) => one !== 'ranks');
  const [x, y, z] = shape.toSpliced(axis, 1);
  return { axes: [a, b, c], lengths: [x, y, z], summed: { shape, axis } };
}

/** Whether an axis of this name is summed. */
function namesSummed(name: string): boolean {
  return /^(?:(?:dp|ep|data|expert)?[ _-]?(?:parallel[ _-]?)?ranks?|dp|gpus?|devices?|workers?|micro[ _-]?batch(?:es)?)$/i.test(name.trim());
}

/** @param knownLayers where the file says so */
function twoAxes(facts: ArrayFacts, shape: readonly number[], steps: number, ambiguous: boolean, questions: Questions, knownLayers: number | null = null): ArrayLayout {
  const stepsFirst = askStepsFirst([number.format(shape[0]), number.format(shape[1])], steps === 0, ambiguous, questions);
  const columns = shape[stepsFirst ? 1 : 0];
  const named = knownLayers ?? layersInName(facts.name, columns);
  const rows = stepsFirst ? (facts.firstRows ?? []) : [];
  const layers = askLayerCount(questions, columns, named ?? (rows.length > 0 ? guessLayers(rows) : 1), named === null);
  return layerLayout(stepsFirst, facts.fortranOrder, shape[stepsFirst ? 0 : 1], layers, columns / layers);
}

/** Asks which axis of a two-dimensional array is the steps. @param sizes as they are shown */
export function askStepsFirst(sizes: readonly [string, string], guess: boolean, ambiguous: boolean, questions: Questions): boolean {
  const sized = (size: string, noun: string): string => `${size} ${noun}${size === '1' ? '' : 's'}`;
  const answer = questions.ask({
    id: 'axes',
    label: 'Which axis is what?',
    options: [
      { value: 'steps,experts', label: `${sized(sizes[0], 'step')} × ${sized(sizes[1], 'column')}` },
      { value: 'experts,steps', label: `${sized(sizes[0], 'column')} × ${sized(sizes[1], 'step')}` },
    ],
    guess: guess ? 'steps,experts' : 'experts,steps',
    ambiguous,
  });
  return answer === 'steps,experts';
}

/**
 * Layout of a two-dimensional array whose columns are layers of experts, one behind the other.
 * Experts vary faster than layers in either memory order, so in Fortran order, where the first axis varies fastest,
 * they come first when the joint axis is cut.
 */
export function layerLayout(stepsFirst: boolean, fortranOrder: boolean, steps: number, layers: number, experts: number): ArrayLayout {
  const joint = fortranOrder
    ? { axes: ['experts', 'layers'] as const, lengths: [experts, layers] as const }
    : { axes: ['layers', 'experts'] as const, lengths: [layers, experts] as const };
  return stepsFirst
    ? { axes: ['steps', ...joint.axes], lengths: [steps, ...joint.lengths] }
    : { axes: [...joint.axes, 'steps'], lengths: [...joint.lengths, steps] };
}

/** "counts_12layers.npy", "gpt-12l-16e.npy" → 12, where that many layers fit. */
function layersInName(name: string, columns: number): number | null {
  const found = /(?<![\d.])(\d+)[-_ ]?layers?(?![a-z])/i.exec(name) ?? /(?<![a-z\d.])(\d+)l[-_ ]?\d+e(?![a-z])/i.exec(name);
  const layers = found ? Number(found[1]) : 0;
  return layers > 0 && columns % layers === 0 ? layers : null;
}
