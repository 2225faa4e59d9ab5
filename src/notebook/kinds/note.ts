import * as v from 'valibot';
import { text } from '../fields.ts';
import type { Kind } from './kind.ts';

export interface NoteSettings {
  /** Markdown. */
  readonly text: string;
}

export const maximumNoteLength = 100_000;

export const note: Kind<NoteSettings> = {
  label: 'Note',
  settings: v.object({ text: v.optional(text(maximumNoteLength), '') }),
  result: null,
};
