interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions that are asked in one go are answered together, at most so many at a time: to wait for a GPU takes
 * milliseconds, for one answer as for a hundred.
 */
export class Together<Question, Answer> {
  readonly #answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #most: number;
  #waiting: Waiting<Question, Answer>[] = [];

  /**
   * @param answerAll in the order of the questions
   * @param most questions that are answered at a time; one at least
   */
  constructor(answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>, most = Infinity) {
    this.#answerAll = answerAll;
    this.#most = Math.max(1, most);
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      // Behind everything that asks as a consequence of the same event.
      if (this.#waiting.length === 1) queueMicrotask(() => void this.#answer());
    });
  }

  async #answer(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < asked.length;) {
      const some = asked.slice(from, from + this.#most);
      from += some.length;
      try {
        const answers = await this.#answerAll(some.map(({ question }) => question));
        some.forEach(({ resolve }, i) => resolve(answers[i]));
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
  }
}
