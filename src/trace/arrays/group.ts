import type { NamedArray } from './named-array.ts';
import { naturalOrder } from '../read/names.ts';

interface NumberedGroup {
  /** The names with their last number as a star. */
  readonly name: string;
  /** By their numbers. */
  readonly members: readonly { readonly number: string; readonly array: NamedArray }[];
  /** Whether it rather is one array a step than one a layer. */
  readonly aStep: boolean;
}

/** Loads of one step: `[layers, experts]` where `layer` is null, else `[experts]` of that layer. */
export interface StepArray {
  readonly step: number;
  readonly layer: string | null;
  readonly array: NamedArray;
}

/** Names beyond this length are no names of a series. */
const longestName = 300;

/** Two-dimensional arrays whose names differ only in their last number: one a layer, or one a step. */
export function groupByNumber(arrays: readonly NamedArray[]): NumberedGroup[] {
  const groups = new Map<string, { number: string; array: NamedArray }[]>();
  for (const array of arrays) {
    const found = array.name.length <= longestName ? /^(.*?)(\d+)(\D*)$/.exec(array.name) : null;
    if (!found || array.form.shape.length !== 2) continue;
    const name = `${found[1]}*${found[3]}`;
    const members = groups.get(name) ?? [];
    members.push({ number: String(Number(found[2])), array });
    groups.set(name, members);
  }
  return [...groups].filter(([, members]) => members.length > 1).map(([name, members]) => ({
    name,
    members: isList(name) ? members : members.sort((a, b) => naturalOrder(a.number, b.number)),
    aStep: isArrayAStep(name, members.map(({ array }) => array.form.shape)),
  }));
}

function isList(group: string): boolean {
  return group.endsWith('[*]');
}

/** A list that is longer than its arrays, names with "step", and very many arrays speak for one a step, "layer" against. */
function isArrayAStep(name: string, shapes: readonly (readonly number[])[]): boolean {
  const [rows, columns] = shapes[0];
  if (shapes.some((shape) => shape[0] !== rows || shape[1] !== columns) || namesLayer(name)) return false;
  return namesStep(name) || shapes.length >= 2 * Math.max(rows, columns) || (isList(name) && shapes.length > rows);
}

function namesLayer(name: string): boolean {
  return /layer|block|moe/i.test(name);
}

function namesStep(name: string): boolean {
  return /step|iter/i.test(name);
}

interface VectorGroup {
  readonly name: string;
  /** In the order of the file, so that it is read from beginning to end. */
  readonly members: readonly StepArray[];
}

/**
 * One-dimensional arrays, `[experts]` each, whose names differ in their last two numbers, step and layer
 * (TensorRT-LLM's "100_3", "layer3/step100"), or in their last one: the step, or the layer of a single step.
 */
export function groupVectors(arrays: readonly NamedArray[]): VectorGroup[] {
  const groups = new Map<string, StepArray[]>();
  for (const array of arrays) {
    const { name } = array;
    if (array.form.shape.length !== 1 || name.length > longestName) continue;
    const two = /^(.*?)(\d+)(\D+)(\d+)(\D*)$/.exec(name);
    const one = two ? null : /^(\D*)(\d+)(\D*)$/.exec(name);
    if (two) {
      const [, start, first, middle, second, end] = two;
      const layerFirst = namesLayer(start) && !namesLayer(middle);
      const [step, layer] = layerFirst ? [second, first] : [first, second];
      add(groups, `${start}*${middle}*${end}`, { step: Number(step), layer: String(Number(layer)), array });
    } else if (one && !/expert/i.test(one[1])) {
      const isLayer = namesLayer(one[1]);
      add(groups, `${one[1]}*${one[3]}`, { step: isLayer ? 0 : Number(one[2]), layer: isLayer ? String(Number(one[2])) : null, array });
    }
  }
  return [...groups].filter(([, members]) => members.length > 1).map(([name, members]) => ({ name, members }));
}

function add(groups: Map<string, StepArray[]>, name: string, member: StepArray): void {
  const members = groups.get(name);
  if (members) members.push(member);
  else groups.set(name, [member]);
}
