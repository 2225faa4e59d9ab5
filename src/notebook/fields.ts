/** Building blocks of the schemas. Every field states its range, refuses what is outside and says so in words. */
import * as v from 'valibot';

/** Largest training step that a notebook may name. */
export const maximumStep = 1e12;
export const maximumLayer = 9_999;
export const maximumExpert = 99_999;

/** A value as an error message echoes it: short, whatever it is. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length.toLocaleString('en-US')}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : `a ${typeof value}`;
}

function inWords(value: number): string {
  return Math.abs(value) >= 1e9 || (value !== 0 && Math.abs(value) < 1e-3) ? String(value) : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

export function integer(minimum: number, maximum: number) {
  return v.custom<number>(
    (input) => Number.isInteger(input) && (input as number) >= minimum && (input as number) <= maximum,
    (issue) => `${show(issue.input)} is not a whole number from ${inWords(minimum)} to ${inWords(maximum)}`,
  );
}

export function number(minimum: number, maximum: number) {
  return v.custom<number>(
    (input) => typeof input === 'number' && input >= minimum && input <= maximum,
    (issue) => `${show(issue.input)} is not a number from ${inWords(minimum)} to ${inWords(maximum)}`,
  );
}

/** A list of plain numbers, checked in one pass: results hold hundreds of thousands. */
export function numbers(maximumLength: number, minimum: number, maximum: number) {
  return v.custom<readonly number[]>(
    (input) =>
      Array.isArray(input) &&
      input.length <= maximumLength &&
      input.every((value) => typeof value === 'number' && value >= minimum && value <= maximum),
    (issue) => `${show(issue.input)} is not a list of at most ${inWords(maximumLength)} numbers from ${inWords(minimum)} to ${inWords(maximum)}`,
  );
}

export function text(maximumLength: number) {
  return v.custom<string>(
    (input) => typeof input === 'string' && input.length <= maximumLength,
    (issue) =>
      typeof issue.input === 'string'
        ? `a text of ${inWords(issue.input.length)} characters is longer than the ${inWords(maximumLength)} allowed`
        : `${show(issue.input)} is not a text`,
  );
}

/** A text of a fixed form; `form` finishes the sentence "… is not". */
export function pattern(expression: RegExp, maximumLength: number, form: string) {
  return v.custom<string>(
    (input) => typeof input === 'string' && input.length <= maximumLength && expression.test(input),
    (issue) => `${show(issue.input)} is not ${form}`,
  );
}

export function oneOf<const Options extends readonly string[]>(options: Options) {
  return v.custom<Options[number]>(
    (input) => typeof input === 'string' && options.includes(input),
    (issue) => `${show(issue.input)} is none of ${options.join(', ')}`,
  );
}

export const yesNo = v.custom<boolean>(
  (input) => typeof input === 'boolean',
  (issue) => `${show(issue.input)} is neither true nor false`,
);

/** A list whose length is checked before any of its items is looked at. */
export function list<Output>(item: v.GenericSchema<unknown, Output>, maximumLength: number) {
  return v.pipe(
    v.custom<unknown[]>(
      (input) => Array.isArray(input) && input.length <= maximumLength,
      (issue) => `${show(issue.input)} is not a list of at most ${inWords(maximumLength)}`,
    ),
    v.array(item),
  );
}

/** An object of few, well named keys. Prototype keys are no names here. */
export function record<Output>(key: RegExp, value: v.GenericSchema<unknown, Output>, maximumKeys: number) {
  return v.pipe(
    v.custom<Record<string, unknown>>(
      (input) =>
        typeof input === 'object' &&
        input !== null &&
        !Array.isArray(input) &&
        Object.keys(input).length <= maximumKeys &&
        Object.keys(input).every((name) => name.length <= 100 && key.test(name) && !(name in Object.prototype)),
      () => `is not an object of at most ${inWords(maximumKeys)} plainly named entries`,
    ),
    v.record(v.string(), value),
  );
}

/** Chosen experts for drawing. */
export const drawnExperts = list(integer(0, maximumExpert), 8);

/** ISO 8601, UTC. */
export const time = pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, 40, 'a time such as 2026-11-23T19:11:00Z');

export const fingerprint = pattern(/^[0-9a-f]{32}$/, 32, 'a fingerprint of 32 hexadecimal digits');
