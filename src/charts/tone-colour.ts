import { cssColour, scoreColour } from './colour.ts';
import { TONES } from './mark-groups.ts';

/**
 * Colour of a group's score; of rows without one the muted colour of text.
 * @param token how a token of the theme is written: a canvas knows no `var()`
 */
export function toneColour(tone: number | null, dark: boolean, token = (name: string): string => `var(${name})`): string {
  return tone === null ? token('--muted') : cssColour(scoreColour(tone / (TONES - 1), dark));
}
