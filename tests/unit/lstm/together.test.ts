import { describe, expect, test } from 'vitest';
import { Together } from '../../../workers/lstm/webgpu/together.ts';

describe('questions that are answered together', () => {
  test('those of one go are one batch, each with its own answer', async () => {
    const batches: (readonly number[])[] = [];
    const together = new Together(async (questions: readonly number[]) => {
      batches.push(questions);
      return questions.map((n) => n * n);
    });
    expect(await Promise.all([1, 2, 3].map((n) => together.ask(n)))).toEqual([1, 4, 9]);
    expect(await together.ask(4)).toBe(16);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  test('what each asks for next is one batch too', async () => {
    const sizes: number[] = [];
    const together = new Together(async (questions: readonly number[]) => {
      sizes.push(questions.length);
      await Promise.resolve();
      return questions;
    });
    await Promise.all([1, 2, 3, 4].map(async (n) => together.ask(await together.ask(n))));
    expect(sizes).toEqual([4, 4]);
  });

  test('at most so many at a time, and a failure is that of its batch alone', async () => {
    const sizes: number[] = [];
    const together = new Together(async (questions: readonly number[]) => {
      sizes.push(questions.length);
      if (questions.includes(3)) throw new Error('three');
      return questions;
    }, 2);
    const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => together.ask(n)));
    expect(sizes).toEqual([2, 2, 1]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled']);
  });
});
