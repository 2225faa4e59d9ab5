import type { Contender } from '../../forecast/comparison/types.ts';
import { usualLstmValues, type LstmForm } from '../../forecast/lstm.ts';
import { forecasters } from './forecast.ts';

/** What a comparison offers: every forecaster with its usual settings, the LSTM in each of its forms. */
export interface OfferedContender extends Contender {
  /** One sentence: what it does. */
  readonly help: string;
}

const forms: readonly { readonly key: string; readonly form: LstmForm; readonly label: string; readonly help: string }[] = [
  { key: 'lstm', form: 'pooled', label: 'LSTM, residual on the average', help: 'One small network for every expert of all layers, which corrects the sliding average.' },
  { key: 'lstm-residual', form: 'residual', label: 'LSTM, residual on the bank', help: 'One small network that corrects the mean of the ridges, damped Holt and the average.' },
  { key: 'lstm-gate', form: 'gate', label: 'LSTM, gate over the bank', help: 'One small network that weighs the ridges, damped Holt and the average, expert by expert.' },
  { key: 'lstm-joint', form: 'joint', label: 'LSTM, joint, as in the paper', help: 'A network for each layer whose input and output are all its experts’ shares.' },
];

export const offeredContenders: readonly OfferedContender[] = forecasters.flatMap(({ id, label, help, parameters }): readonly OfferedContender[] => {
  const values = Object.fromEntries(parameters.map((parameter) => [parameter.id, parameter.default]));
  if (id !== 'lstm') return [{ key: id, id, label, help, values }];
  return forms.map(({ form, ...named }) => ({ ...named, id, values: { ...values, ...usualLstmValues(form) } }));
});

