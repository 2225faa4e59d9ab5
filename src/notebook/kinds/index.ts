/** The kinds of cells. Adding one is one entry here; types, files, links and undo follow. */
import * as v from 'valibot';
import { backtest } from './backtest.ts';
import { forecast } from './forecast.ts';
import type { Kind } from './kind.ts';
import { load } from './load.ts';
import { note } from './note.ts';
import { paper } from './paper.ts';
import { states } from './states.ts';
import { sweep } from './sweep.ts';
import { trace } from './trace.ts';

export const kinds = { note, trace, load, states, forecast, backtest, sweep, paper } as const;

export type CellKind = keyof typeof kinds;
export type SettingsOf<K extends CellKind> = v.InferOutput<(typeof kinds)[K]['settings']>;
/** undefined for kinds that keep none. */
export type ResultOf<K extends CellKind> = K extends CellKind ? ((typeof kinds)[K]['result'] extends v.GenericSchema<unknown, infer Result> ? Result : undefined) : never;

/** A kind whose types are not known at this place. */
export type AnyKind = Kind<object, object | null> | Kind<object>;

export function isCellKind(name: unknown): name is CellKind {
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

export function defaultSettings<K extends CellKind>(kind: K): SettingsOf<K> {
  return v.parse(kinds[kind].settings, {});
}
