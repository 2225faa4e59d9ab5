import { isBlankByte } from './parse.ts';
import { joinedBytes } from '../../read/chunks.ts';
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
    const line = this.#held.length === 1 ? this.#held[0] : joinedBytes(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return line;
  }
}

function tooLong(file: string): Error {
  return badInput(file, 'it has more than 256 MB in one JSON value', 'save it as JSON lines, a line a step, or with numpy.save');
}

export function isBlank(line: Uint8Array): boolean {
  return line.every(isBlankByte);
}
