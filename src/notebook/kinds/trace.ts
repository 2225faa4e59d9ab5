import * as v from 'valibot';
import type { Kind } from './kind.ts';

/** The Trace cell shows the document's trace; which one, and how it is understood, stands in `document.trace`. */
export type TraceCellSettings = Readonly<Record<string, never>>;

export const trace: Kind<TraceCellSettings> = { label: 'Trace', settings: v.object({}), result: null };
