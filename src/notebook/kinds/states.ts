import * as v from 'valibot';
import { defaultStatesSettings as defaults } from '../../states/boundary.ts';
import type { StatesSettings } from '../../states/types.ts';
import { integer, number, yesNo } from '../fields.ts';
import type { Kind } from './kind.ts';

export const states: Kind<StatesSettings> = {
  label: 'States',
  settings: v.object({
    shortSteps: v.optional(integer(2, 1_000_000), defaults.shortSteps),
    longSteps: v.optional(integer(2, 1_000_000), defaults.longSteps),
    driftSteps: v.optional(integer(1, 1_000_000), defaults.driftSteps),
    threshold: v.optional(number(0.01, 1000), defaults.threshold),
    holdSteps: v.optional(integer(1, 10_000_000), defaults.holdSteps),
    rearm: v.optional(yesNo, defaults.rearm),
  }),
  result: null,
};
