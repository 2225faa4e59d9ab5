import { isBlankByte } from './parse.ts';
import { badInput } from '../../read/problems.ts';

/** What is parsed at once; a JavaScript string cannot be much longer. */
const longestBytes = 256 << 20;

const newline = 10;

/** Cuts bytes into lines, in whatever pieces they come. */
export class Lines {
  /** Number of the line given last, from 1. */
  line = 0;
  readonly #file: string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The lines that end in this piece, without their newline, as bytes. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
      this.#hold(piece.subarray(from, end));
      from = end + 1;
      this.line++;
      yield this.#take();
    }
    // A copy: the piece may be a view of a buffer that is used again.
    if (from < piece.length) this.#hold(piece.slice(from));
  }

  /** What follows the last newline. */
  *end(): Generator<Uint8Array> {
    if (this.#heldBytes === 0) return;
    this.line++;
    yield this.#take();
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > longestBytes) throw tooLong(this.#file);
  }

  #take(): Uint8Array {
    const line = joined(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return line;
  }
}

function tooLong(file: string): Error {
  return badInput(file, 'it has more than 256 MB in one JSON value', 'save it as JSON lines, a line a step, or with numpy.save');
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isBlank(line: Uint8Array): boolean {
  return line.every(isBlankByte);
}
