import type { Mapping, MappingQuestion } from './reader.ts';

/** A question as a reader asks it: its own answer, and how sure it is. */
export interface Guess {
  readonly id: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly guess: string;
  readonly ambiguous: boolean;
}

/** Collects the questions of one reading and answers them from the mapping or by the guess. */
export class Questions {
  readonly #mapping: Mapping;
  readonly #asked = new Map<string, MappingQuestion>();

  constructor(mapping: Mapping = {}) {
    this.#mapping = mapping;
  }

  /** Asked again under the same id, a question takes the place of the first. @returns the person's answer where there is a valid one, else the guess */
  ask({ id, label, options, guess, ambiguous }: Guess): string {
    const answer = this.answer(id);
    const answered = answer !== undefined && options.some((option) => option.value === answer);
    const value = answered ? answer : guess;
    this.#asked.set(id, { id, label, options, value, ambiguous: ambiguous && !answered });
    return value;
  }

  /** What the person said, valid or not. */
  answer(id: string): string | undefined {
    return Object.hasOwn(this.#mapping, id) ? this.#mapping[id] : undefined;
  }

  get all(): readonly MappingQuestion[] {
    return [...this.#asked.values()];
  }
}
