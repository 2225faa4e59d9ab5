/** Why Auto, or the combination, forecasts what it does: in a sentence. Pure. */
import { canPractise, type BankHistory } from '../../forecast/bank-history.ts';

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const part = (weight: number): string => `${Math.round(100 * weight)} %`;

/** "Over the last 24 past origins, 500 steps ahead, the best of the bank on layer 3 was Ridge, of all layers …" */
export function bankSentence({ members, asked: [{ anchors, judgedSteps, errors, weights }] }: BankHistory, layer: string): string {
  const known = [...errors.keys()].filter((member) => Number.isFinite(errors[member])).toSorted((a, b) => errors[a] - errors[b]);
  if (known.length === 0) return `Nothing before the origin is resolved yet, so the ${members.length} forecasts of the bank count alike.`;
  const [best] = known;
  const worst = known[known.length - 1];
  const counting = known.filter((member) => weights[member] >= 0.05).length;
  return [
    `Over the last ${anchors === 1 ? 'past origin' : `${anchors} past origins`}, ${judgedSteps.toLocaleString('en-GB')} steps ahead, the best of the bank on ${layer} was “${members[best]}”`,
    ` (load error ${percent(errors[best])}; the worst, “${members[worst]}”, ${percent(errors[worst])}).`,
    counting <= 1 ? ` It alone has a say, with ${part(weights[best])} of the weight.` : ` It has ${part(weights[best])} of the weight; ${counting} of ${members.length} have 5 % or more.`,
  ].join('');
}

/** What Auto is made of at this origin. */
export function autoSentence(bank: BankHistory, trained: boolean): string {
  if (!canPractise(bank)) return 'Too little lies before the origin to train on, so Auto is the bank weighed by its past errors.';
  if (!trained) return 'Until it is trained, Auto is one of its three parts: the bank weighed by its past errors.';
  return 'Auto is the mean of three: an LSTM that corrects the mean of the bank, an LSTM that weighs its forecasts expert by expert, and the bank weighed by its past errors.';
}
