import { JsonExtent } from './extent.ts';
import { JsonFault, isBlankByte, parseJson, type Json } from './parse.ts';
import { badInput } from '../../read/problems.ts';

/** What is made of a value: an object's members are walked, an array's elements given one by one, either given whole or passed over. */
export type Handling = 'members' | 'elements' | 'whole' | 'skip';

export interface WalkHandler {
  /**
   * Called once for each value that begins, except inside arrays.
   * @param path keys on the way, joined by "/"; '' for a whole document
   * @param first its first byte, as a character
   */
  handling(path: string, first: string): Handling;
  /** @param index of an element, -1 for a whole value */
  take(path: string, index: number, value: Json): void;
  /** A document has ended; another may follow. */
  end(): void;
}

/** What is held at once: a value that is given whole, an element, or a key. */
const longestBytes = 256 << 20;
const largeBytes = 16 << 20;

interface Frame {
  readonly path: string;
  /** Next element; -1 in an object. */
  index: number;
}

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma';

/**
 * Walks through JSON of any size, in whatever pieces it comes, and gives the values that are asked for.
 * Memory is the largest of them. One document may follow another.
 */
export class JsonWalk {
  readonly #file: string;
  readonly #handler: WalkHandler;
  #buffer = new Uint8Array(1 << 17);
  /** Bytes of the buffer that are worked on: `#at` in, `#end` out. */
  #at = 0;
  #end = 0;
  /** Of the first byte of the buffer, in the file. */
  #base = 0;
  readonly #frames: Frame[] = [];
  #expected: Expected = 'value';
  /** Path of the value that comes next. */
  #path = '';
  readonly #extent = new JsonExtent();
  /** The value whose end is looked for: where it began, if it is kept, and where it goes. */
  #measured: { from: number; readonly use: 'key' | 'whole' | 'element' | 'skip' } | null = null;

  constructor(file: string, handler: WalkHandler) {
    this.#file = file;
    this.#handler = handler;
  }

  push(piece: Uint8Array): void {
    this.#makeRoom(piece.length);
    this.#buffer.set(piece, this.#end);
    this.#end += piece.length;
    this.#run();
  }

  /** Throws when a document has not ended. */
  finish(): void {
    // What follows a number ends it.
    this.push(Uint8Array.of(32));
    if (this.#measured || this.#frames.length > 0) throw this.#fault('it ends inside an array or object: the file is cut off', this.#end - 1);
  }

  #makeRoom(bytes: number): void {
    const first = this.#measured && this.#measured.use !== 'skip' ? this.#measured.from : Math.min(this.#at, this.#end);
    const kept = this.#end - first;
    if (kept > longestBytes) throw badInput(this.#file, 'it has more than 256 MB in one JSON value', 'save it as JSON lines, a line a step, or with numpy.save');
    if (this.#end + bytes <= this.#buffer.length) return;
    // Room for several pieces, so that they are not moved each time; half of it where a single value is large.
    const target = kept + bytes > this.#buffer.length / 2 ? new Uint8Array((kept + bytes) * (kept > largeBytes ? 2 : 4)) : this.#buffer;
    target.set(this.#buffer.subarray(first, this.#end));
    this.#buffer = target;
    this.#base += first;
    this.#at -= first;
    this.#end -= first;
    if (this.#measured) this.#measured.from -= first;
  }

  #run(): void {
    for (;;) {
      if (this.#measured) {
        this.#at = this.#extent.advance(this.#buffer, this.#at, this.#end);
        if (!this.#extent.ended) return;
        this.#ended(this.#measured.from, this.#measured.use);
        continue;
      }
      while (this.#at < this.#end && isBlankByte(this.#buffer[this.#at])) this.#at++;
      if (this.#at >= this.#end) return;
      this.#token(this.#buffer[this.#at]);
    }
  }

  #token(byte: number): void {
    const frame = this.#frames.at(-1);
    const closes = frame && byte === (frame.index < 0 ? 125 : 93);
    switch (this.#expected) {
      case 'first value':
      case 'value':
        if (closes && this.#expected === 'first value') return this.#close();
        return this.#begin(byte, frame);
      case 'first key':
      case 'key':
        if (closes && this.#expected === 'first key') return this.#close();
        if (byte !== 34) throw this.#unexpected(byte, 'a key');
        return this.#measure('key', byte);
      case 'colon':
        if (byte !== 58) throw this.#unexpected(byte, 'a colon');
        this.#expected = 'value';
        break;
      case 'comma':
        if (closes) return this.#close();
        if (byte !== 44) throw this.#unexpected(byte, `a comma or ${frame && frame.index >= 0 ? '"]"' : '"}"'}`);
        this.#expected = frame && frame.index >= 0 ? 'value' : 'key';
    }
    this.#at++;
  }

  #begin(byte: number, frame: Frame | undefined): void {
    if (byte === 93 || byte === 125 || byte === 44 || byte === 58) throw this.#unexpected(byte, 'a value');
    if (frame && frame.index >= 0) return this.#measure('element', byte);
    const handling = this.#handler.handling(this.#path, String.fromCharCode(byte));
    const opens = (handling === 'members' && byte === 123) || (handling === 'elements' && byte === 91);
    if (!opens) return this.#measure(handling === 'whole' ? 'whole' : 'skip', byte);
    this.#frames.push({ path: this.#path, index: byte === 91 ? 0 : -1 });
    this.#expected = byte === 91 ? 'first value' : 'first key';
    this.#at++;
  }

  #measure(use: 'key' | 'whole' | 'element' | 'skip', byte: number): void {
    this.#extent.begin(byte);
    this.#measured = { from: this.#at, use };
  }

  #ended(from: number, use: 'key' | 'whole' | 'element' | 'skip'): void {
    this.#measured = null;
    const frame = this.#frames.at(-1);
    if (use === 'skip') return this.#valueEnded();
    const value = this.#parse(from);
    if (use === 'key') {
      const key = typeof value === 'string' ? value : '';
      this.#path = frame && frame.path !== '' ? `${frame.path}/${key}` : key;
      this.#expected = 'colon';
      return;
    }
    if (use === 'element' && frame) this.#handler.take(frame.path, frame.index++, value);
    else this.#handler.take(this.#path, -1, value);
    this.#valueEnded();
  }

  #close(): void {
    this.#at++;
    this.#frames.pop();
    this.#valueEnded();
  }

  #valueEnded(): void {
    if (this.#frames.length > 0) {
      this.#expected = 'comma';
      return;
    }
    this.#handler.end();
    this.#path = '';
    this.#expected = 'value';
  }

  #parse(from: number): Json {
    try {
      return parseJson(this.#buffer.subarray(from, this.#at));
    } catch (error) {
      throw error instanceof JsonFault ? this.#fault(error.message, from + error.at) : error;
    }
  }

  #unexpected(byte: number, wanted: string): Error {
    return this.#fault(`${JSON.stringify(String.fromCharCode(byte))} where ${wanted} should be`, this.#at);
  }

  /** @param at in the buffer */
  #fault(what: string, at: number): Error {
    return invalid(this.#file, what, this.#base + at);
  }
}

/** A file that is no JSON at some byte. */
export function invalid(file: string, what: string, byte: number): Error {
  return badInput(file, `it is not valid JSON (${what}, byte ${byte})`, 'check that the file is whole, then open it again', `${file}, byte ${byte}`);
}
