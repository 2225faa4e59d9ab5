/**
 * Limits that keep a hostile document from costing time or memory. They are checked before anything looks
 * at the content; real notebooks stay far below them.
 */
import { GatecastError } from '../errors.ts';

/** Largest notebook file, characters. A notebook with ten trained forecasts takes about 10 MB. */
export const maximumFileLength = 32 * 1024 * 1024;
export const maximumDepth = 32;
/** Numbers, texts, lists and objects of one document together. */
export const maximumValues = 4_000_000;

/** Keys that reach into an object's prototype where code is careless. No notebook has them. */
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Walks a parsed document once. Refuses prototype keys, deep nesting, cycles and masses of values. */
export function refuseHostile(root: unknown): void {
  let values = 0;
  const path: (string | number)[] = [];
  const walk = (value: unknown): void => {
    if (++values > maximumValues) throw hostile(path, `more than ${maximumValues.toLocaleString('en-US')} values`);
    if (typeof value !== 'object' || value === null) return;
    if (path.length >= maximumDepth) throw hostile(path, `nested more than ${maximumDepth} deep`);
    if (Array.isArray(value)) {
      if (value.length > maximumValues) throw hostile(path, `more than ${maximumValues.toLocaleString('en-US')} values`);
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        walk(value[index]);
        path.pop();
      }
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      path.push(key);
      if (prototypeKeys.has(key)) throw hostile(path, `a key named ${key}`);
      walk(child);
      path.pop();
    }
  };
  walk(root);
}

function hostile(path: readonly (string | number)[], what: string): GatecastError {
  return new GatecastError({
    code: 'bad-input',
    message: `this is no notebook of Gatecast: ${what}`,
    where: pathInWords(path.slice(0, 8)),
    remedy: 'take a file that Gatecast saved',
  });
}

/** `cells[2].settings.layer`; "the whole file" for the root. */
export function pathInWords(path: readonly unknown[]): string {
  let words = '';
  for (const key of path) {
    if (typeof key === 'number') words += `[${key}]`;
    else if (/^[A-Za-z_$][\w$]{0,60}$/.test(String(key))) words += words ? `.${String(key)}` : String(key);
    else words += `[${JSON.stringify(String(key).slice(0, 60))}]`;
  }
  return words || 'the whole file';
}
