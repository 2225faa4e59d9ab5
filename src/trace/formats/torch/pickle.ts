import { badInput } from '../../read/problems.ts';

/** A class or function that a pickle names. It is a name here and nothing more. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What the objects of a pickle may be. Throws for what it does not know. */
export interface PickleHost {
  /** Whether a global may be named at all: "torch.FloatStorage". */
  allows(global: string): boolean;
  /** What a call of a global with these arguments makes. */
  call(global: string, args: readonly unknown[]): unknown;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** The bytes ended inside the pickle. */
export class PickleEnds extends Error {}

/** Marks where the items of a tuple, list or dict begin on the stack. */
const mark = Symbol('mark');

/**
 * Reads one pickle of protocols 2 to 5 as data. Nothing is executed: calls go to `host`, which knows a handful of names.
 * Dicts become `Map`, lists and tuples arrays, whole numbers `number` or, when large, `bigint`.
 * @param name as errors call it
 * @returns the object, and where the pickle ends
 * @throws {PickleEnds} when more bytes are needed; `bad-input` for anything but plain data and known globals
 */
export function unpickle(bytes: Uint8Array, start: number, name: string, host: PickleHost): { readonly value: unknown; readonly end: number } {
  const machine = new PickleMachine(bytes, start, name, host);
  return { value: machine.run(), end: machine.at };
}

class PickleMachine {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #host: PickleHost;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, start: number, name: string, host: PickleHost) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.#name = name;
    this.#host = host;
  }

  /** Opcodes as Python's pickletools names them. */
  run(): unknown {
    for (;;) {
      const opcode = this.#uint(1);
      switch (String.fromCharCode(opcode)) {
        case '\x80': this.#protocol(); break;
        case '\x95': this.#take(8); break; // FRAME
        case '.': return this.#pop();
        case '(': this.#stack.push(mark); break;
        case '0': this.#pop(); break;
        case '1': this.#toMark(); break; // POP_MARK

        case 'N': this.#stack.push(null); break;
        case '\x88': this.#stack.push(true); break;
        case '\x89': this.#stack.push(false); break;
        case 'J': this.#stack.push(this.#uint(4) | 0); break;
        case 'K': this.#stack.push(this.#uint(1)); break;
        case 'M': this.#stack.push(this.#uint(2)); break;
        case '\x8a': this.#stack.push(this.#long(this.#uint(1))); break;
        case '\x8b': this.#stack.push(this.#long(this.#uint(4))); break;
        case 'G': this.#stack.push(this.#float()); break;
        case 'X': this.#stack.push(this.#text(this.#uint(4))); break;
        case '\x8c': this.#stack.push(this.#text(this.#uint(1))); break;
        case '\x8d': this.#stack.push(this.#text(this.#uint(8))); break;
        case 'T': this.#stack.push(this.#text(this.#uint(4))); break; // BINSTRING, of Python 2
        case 'U': this.#stack.push(this.#text(this.#uint(1))); break;
        case 'B': this.#stack.push(this.#take(this.#uint(4))); break;
        case 'C': this.#stack.push(this.#take(this.#uint(1))); break;

        case ')': this.#stack.push([]); break;
        case ']': this.#stack.push([]); break;
        case '}': this.#stack.push(new Map()); break;
        case 't': this.#stack.push(this.#toMark()); break;
        case '\x85': this.#tuple(1); break;
        case '\x86': this.#tuple(2); break;
        case '\x87': this.#tuple(3); break;
        case 'a': this.#append([this.#pop()]); break;
        case 'e': this.#append(this.#toMark()); break;
        case 's': this.#tuple(2); this.#setItems(this.#popArray()); break;
        case 'u': this.#setItems(this.#toMark()); break;

        case 'q': this.#memo.set(this.#uint(1), this.#top()); break;
        case 'r': this.#memo.set(this.#uint(4), this.#top()); break;
        case '\x94': this.#memo.set(this.#memo.size, this.#top()); break;
        case 'h': this.#recall(this.#uint(1)); break;
        case 'j': this.#recall(this.#uint(4)); break;

        case 'c': this.#global(this.#line(), this.#line()); break;
        case '\x93': this.#stackGlobal(); break;
        case 'Q': this.#stack.push(this.#host.persistent(this.#pop())); break;
        case 'R':
        case '\x81': this.#call(); break;
        case 'b': this.#build(); break;
        default: throw this.#wrong(`it has opcode ${opcode} at byte ${this.at - 1}, which plain tensors do not need`);
      }
    }
  }

  #wrong(what: string): Error {
    return badInput(this.#name, what, 'save tensors alone, with torch.save({"counts": counts})', `${this.#name}, byte ${this.at}`);
  }

  #take(length: number): Uint8Array {
    if (this.at + length > this.#bytes.length) throw new PickleEnds();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #uint(length: 1 | 2 | 4 | 8): number {
    const at = this.at;
    this.#take(length);
    switch (length) {
      case 1: return this.#bytes[at];
      case 2: return this.#view.getUint16(at, true);
      case 4: return this.#view.getUint32(at, true);
      case 8: return Number(this.#view.getBigUint64(at, true));
    }
  }

  /** A whole number in two's complement, the lowest byte first. */
  #long(length: number): number | bigint {
    // The longest that a torch file has is its magic number, 10 bytes.
    if (length > 64) throw this.#wrong(`it has a number of ${length} bytes`);
    const bytes = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  #float(): number {
    const at = this.at;
    this.#take(8);
    return this.#view.getFloat64(at, false);
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#take(length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new PickleEnds();
    const text = this.#text(end - this.at);
    this.at++;
    return text;
  }

  #protocol(): void {
    const version = this.#uint(1);
    if (version < 2 || version > 5) throw this.#wrong(`pickle protocol ${version} is unknown`);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.#wrong('its pickle is damaged: the stack is empty');
    return this.#stack.pop();
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw this.#wrong('its pickle is damaged: the stack is empty');
    return this.#stack[this.#stack.length - 1];
  }

  #popArray(): unknown[] {
    const value = this.#pop();
    if (!Array.isArray(value)) throw this.#wrong('its pickle is damaged: a tuple was expected');
    return value;
  }

  #toMark(): unknown[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#wrong('its pickle is damaged: a mark is missing');
    const items = this.#stack.splice(at);
    items.shift();
    return items;
  }

  #tuple(length: number): void {
    if (this.#stack.length < length) throw this.#wrong('its pickle is damaged: the stack is empty');
    this.#stack.push(this.#stack.splice(-length));
  }

  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#wrong('its pickle is damaged: a list was expected');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const map = this.#top();
    if (!(map instanceof Map)) throw this.#wrong('its pickle is damaged: a dict was expected');
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #recall(key: number): void {
    if (!this.#memo.has(key)) throw this.#wrong(`its pickle is damaged: nothing is kept under ${key}`);
    this.#stack.push(this.#memo.get(key));
  }

  #global(module: string, name: string): void {
    const global = `${module}.${name}`;
    if (!this.#host.allows(global)) throw this.#wrong(`it holds ${global}, which is not read: objects in a pickle may run code`);
    this.#stack.push(new PickleGlobal(global));
  }

  #stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name !== 'string' || typeof module !== 'string') throw this.#wrong('its pickle is damaged: a global has no name');
    this.#global(module, name);
  }

  #call(): void {
    const args = this.#popArray();
    const callee = this.#pop();
    if (!(callee instanceof PickleGlobal)) throw this.#wrong('its pickle calls what is no function');
    this.#stack.push(this.#host.call(callee.name, args));
  }

  /** Attributes of an ordered dict (a model's state has some) are passed over. */
  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) throw this.#wrong('its pickle sets attributes of what is no dict');
  }
}
