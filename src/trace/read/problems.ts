import { GatecastError, toErrorParts } from '../../errors.ts';
import type { MappingQuestion } from './reader.ts';

const mostProblems = 20;

export interface Problem {
  /** Inside the file: "line 48", "[12, 0, 3]". */
  readonly place: string;
  /** What is wrong, with the value: `"abc" is not a count (column layer2_expert7)`. */
  readonly what: string;
  readonly remedy: string;
  /** The place with file and column, where there is more to say than file and `place`. */
  readonly where?: string;
}

/** Collects the first 20 problems of a file, so that they can be mended in one go. */
export class Problems {
  readonly #file: string;
  readonly #found: Problem[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws all of them when there are enough. */
  add(problem: Problem): void {
    this.#found.push(problem);
    if (this.#found.length >= mostProblems) this.throwIfAny();
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  throwIfAny(): void {
    const [first, ...others] = this.#found;
    if (!first) return;
    const reachedLimit = this.#found.length >= mostProblems;
    const rest = others.map((problem) => `${problem.place}: ${problem.what}`);
    const count = reachedLimit ? `at least ${others.length} more problems` : `${others.length} more problem${others.length > 1 ? 's' : ''}`;
    throw new GatecastError({
      code: 'bad-input',
      message: `${this.#file} ${first.place}: ${first.what}${others.length > 0 ? `; and ${count}:\n${rest.join('\n')}` : ''}`,
      where: first.where ?? `${this.#file} ${first.place}`,
      remedy: first.remedy,
    });
  }
}

/** The error, with questions whose answers let the file be read after all. */
export function needsAnswers(error: GatecastError, questions: readonly MappingQuestion[]): GatecastError {
  return new GatecastError({ ...toErrorParts(error), questions });
}

/** A file whose content is not what its format asks for. */
export function badInput(file: string, what: string, remedy: string, where = file): GatecastError {
  return new GatecastError({ code: 'bad-input', message: `${file}: ${what}`, where, remedy });
}
