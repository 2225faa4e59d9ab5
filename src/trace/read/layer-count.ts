import { amount } from '../amount.ts';
import { divisors } from './layer-guess.ts';
import type { Questions } from './questions.ts';

/** Asks how many layers lie behind each other in `columns` columns. */
export function askLayerCount(questions: Questions, columns: number, guess: number, ambiguous: boolean): number {
  const options = divisors(columns).map((layers) => ({
    value: String(layers),
    label: layers === 1 ? `one layer of ${amount(columns, 'expert')}` : `${amount(layers, 'layer')} of ${amount(columns / layers, 'expert')}`,
  }));
  const answer = questions.ask({
    id: 'layers',
    label: 'How many layers lie behind each other in a row?',
    options,
    guess: String(guess),
    ambiguous: ambiguous && options.length > 1,
  });
  return Number(answer);
}
