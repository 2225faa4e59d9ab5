import { parseDecimal } from '../../read/decimal.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What is no JSON, and at which of the bytes given. */
export class JsonFault extends Error {
  readonly at: number;

  constructor(what: string, at: number) {
    super(what);
    this.at = at;
  }
}

/** Arrays and objects in one another. Loads take four. */
const deepest = 64;

const quote = 34;
const backslash = 92;
const minus = 45;
const zero = 48;
const decoder = new TextDecoder();

/**
 * The one value that bytes hold. As Python writes it, NaN is read as null and Infinity as itself.
 * Throws `JsonFault` for anything else, for keys that come twice and for numbers too large for a double.
 */
export function parseJson(bytes: Uint8Array): Json {
  const parser = new Parser(bytes, false);
  const value = parser.value(0);
  parser.expectEnd();
  return value ?? null;
}

/** The value that bytes begin with, as far as it is there: what is open at the end counts as closed. */
export function beginningOfJson(bytes: Uint8Array): Json {
  return new Parser(bytes, true).value(0) ?? null;
}

class Parser {
  readonly #bytes: Uint8Array;
  readonly #partial: boolean;
  #at = 0;
  /** The end was met inside the value. */
  #cut = false;

  constructor(bytes: Uint8Array, partial: boolean) {
    this.#bytes = bytes;
    this.#partial = partial;
  }

  /** undefined when the bytes end in it, before anything can be said of it. */
  value(depth: number): Json | undefined {
    const byte = this.#next('where a value should be');
    if (byte === minus || (byte >= zero && byte <= 57)) return this.#number();
    if (byte === 91) return this.#array(depth);
    if (byte === 123) return this.#object(depth);
    if (byte === quote) return this.#string();
    return byte < 0 ? undefined : this.#word();
  }

  expectEnd(): void {
    for (; this.#at < this.#bytes.length; this.#at++) if (!isBlankByte(this.#bytes[this.#at])) throw this.#unexpected('after the end of the value');
  }

  #array(depth: number): Json[] {
    this.#enter(depth);
    const list: Json[] = [];
    if (this.#next('inside an array') === 93) {
      this.#at++;
      return list;
    }
    while (!this.#cut) {
      this.#counts(list);
      const value = this.value(depth + 1);
      if (value !== undefined) list.push(value);
      const byte = this.#next('inside an array');
      if (byte < 0) break;
      if (byte !== 44 && byte !== 93) throw this.#unexpected('where a comma or the end of an array should be');
      this.#at++;
      if (byte === 93) break;
    }
    return list;
  }

  /** The short way for what most of a file is: whole numbers of one to nine digits, each with a comma behind it. */
  #counts(list: Json[]): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (;;) {
      if (bytes[at] === 32) at++;
      const first = at;
      let whole = bytes[at] - zero;
      if (!(whole >= 0 && whole <= 9)) return;
      for (let digit = bytes[++at] - zero; digit >= 0 && digit <= 9; digit = bytes[++at] - zero) whole = whole * 10 + digit;
      if (bytes[at] !== 44 || at - first > 9 || (bytes[first] === zero && at - first > 1)) return;
      list.push(whole);
      this.#at = ++at;
    }
  }

  #object(depth: number): Json {
    this.#enter(depth);
    const object: { [key: string]: Json } = {};
    if (this.#next('inside an object') === 125) {
      this.#at++;
      return object;
    }
    while (!this.#cut) {
      const start = this.#at;
      const found = this.#next('inside an object');
      if (found >= 0 && found !== quote) throw this.#unexpected('where a key should be');
      const key = found < 0 ? undefined : this.#string();
      if (key === undefined) break;
      if (Object.hasOwn(object, key)) throw new JsonFault(`the key ${JSON.stringify(key.slice(0, 40))} comes twice in an object`, start);
      const colon = this.#next('after a key');
      if (colon < 0) break;
      if (colon !== 58) throw this.#unexpected('where the colon after a key should be');
      this.#at++;
      const value = this.value(depth + 1);
      // As a plain assignment this key would change what the object is.
      if (value !== undefined && key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
      else if (value !== undefined) object[key] = value;
      const byte = this.#next('inside an object');
      if (byte < 0) break;
      if (byte !== 44 && byte !== 125) throw this.#unexpected('where a comma or the end of an object should be');
      this.#at++;
      if (byte === 125) break;
    }
    return object;
  }

  #enter(depth: number): void {
    if (depth >= deepest) throw new JsonFault(`arrays and objects lie more than ${deepest} deep in one another`, this.#at);
    this.#at++;
  }

  #number(): number | undefined {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let whole = 0;
    if (bytes[at] === minus) at++;
    const first = at;
    for (let digit = bytes[at] - zero; digit >= 0 && digit <= 9; digit = bytes[++at] - zero) whole = whole * 10 + digit;
    const digits = at - first;
    const stop = bytes[at];
    if (this.#partial && at >= bytes.length) return this.#end('');
    if (digits > 0 && digits <= 15 && stop !== 46 && (stop | 32) !== 101 && (bytes[first] !== zero || digits === 1)) {
      this.#at = at;
      return from === first ? whole : 0 - whole;
    }
    if (digits === 0) {
      if (bytes[at] !== 73) throw this.#unexpected('where a number should be');
      return this.#word() as number | undefined;
    }
    while (at < bytes.length && isNumberByte(bytes[at])) at++;
    if (this.#partial && at >= bytes.length) return this.#end('');
    const value = isWellFormed(bytes, first, at) ? parseDecimal(bytes, from, at) : NaN;
    if (!Number.isFinite(value)) {
      const text = String.fromCharCode(...bytes.subarray(from, Math.min(at, from + 40)));
      throw new JsonFault(value === value ? `the number ${text} is too large` : `"${text}" is no number`, from);
    }
    this.#at = at;
    return value;
  }

  #string(): string | undefined {
    const bytes = this.#bytes;
    const from = this.#at + 1;
    let escaped = false;
    let at = from;
    for (; at < bytes.length && bytes[at] !== quote; at++) {
      if (bytes[at] === backslash) {
        escaped = true;
        at++;
      } else if (bytes[at] < 32) throw new JsonFault('a line break or control character inside a string', at);
    }
    if (at >= bytes.length) return this.#end('inside a string');
    this.#at = at + 1;
    if (!escaped) return decoder.decode(bytes.subarray(from, at));
    try {
      return JSON.parse(decoder.decode(bytes.subarray(from - 1, at + 1))) as string;
    } catch {
      throw new JsonFault('a string with a wrong escape', from - 1);
    }
  }

  /** A word is a value: true, false, null, and what Python writes. */
  #word(): Json | undefined {
    const from = this.#at;
    let at = from;
    while (at < this.#bytes.length && at - from < 10 && isWordByte(this.#bytes[at])) at++;
    if (this.#partial && at >= this.#bytes.length) return this.#end('');
    const word = String.fromCharCode(...this.#bytes.subarray(from, at));
    if (!words.has(word)) throw this.#unexpected('where a value should be');
    this.#at = at;
    return words.get(word);
  }

  /** The next byte that is not blank, -1 at the end of a beginning. */
  #next(place: string): number {
    const bytes = this.#bytes;
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at];
      if (!isBlankByte(byte)) return byte;
    }
    this.#end(place);
    return -1;
  }

  #end(place: string): undefined {
    if (!this.#partial) throw new JsonFault(`it ends ${place}`, this.#bytes.length);
    this.#cut = true;
    this.#at = this.#bytes.length;
  }

  #unexpected(place: string): JsonFault {
    if (this.#at >= this.#bytes.length) return new JsonFault(`it ends ${place}`, this.#at);
    const text = decoder.decode(this.#bytes.subarray(this.#at, this.#at + 20));
    return new JsonFault(`${JSON.stringify(text.split(/[\s,:"[\]{}]/, 1)[0] || text[0])} ${place}`, this.#at);
  }
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true], ['false', false], ['null', null], ['NaN', null], ['Infinity', Infinity], ['-Infinity', -Infinity],
]);

export function isBlankByte(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

function isWordByte(byte: number): boolean {
  return byte === minus || ((byte | 32) >= 97 && (byte | 32) <= 122);
}

function isNumberByte(byte: number): boolean {
  return (byte >= zero && byte <= 57) || byte === 46 || byte === minus || byte === 43 || (byte | 32) === 101;
}

/** Of what JSON asks beyond a decimal number: no zeros ahead, digits behind a point. */
function isWellFormed(bytes: Uint8Array, first: number, end: number): boolean {
  const isDigit = (at: number): boolean => at < end && bytes[at] >= zero && bytes[at] <= 57;
  if (bytes[first] === zero && isDigit(first + 1)) return false;
  let at = first;
  while (isDigit(at)) at++;
  return bytes[at] !== 46 || isDigit(at + 1);
}
