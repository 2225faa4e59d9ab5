/**
 * Checks JSON by its grammar (RFC 8259) before it is parsed, to name line and column of a mistake alike in every
 * browser (Safari names neither) and to refuse nesting that would overflow a parser. Iterative, one pass.
 */
import { GatecastError } from '../errors.ts';
import { maximumDepth } from './limits.ts';

const space = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const digit = (code: number): boolean => code >= 48 && code <= 57;
const hexDigit = (code: number): boolean => digit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
const quote = 34;
const words = ['true', 'false', 'null'];

/** @throws GatecastError `bad-input` with `where` "line 3, column 14" */
export function checkJson(text: string): void {
  let at = 0;
  /** Open brackets, `{` or `[`. */
  const open: string[] = [];

  const fail = (expected: string): never => {
    throw syntaxError(text, at, expected);
  };
  const skip = (): void => {
    while (space(text.charCodeAt(at))) at++;
  };
  const string = (): void => {
    at++;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (Number.isNaN(code)) fail('a closing quotation mark');
      if (code < 32) fail('a closing quotation mark before the end of the line (or an escape such as \\n)');
      if (code === 92) {
        at++;
        if (text[at] === 'u') {
          for (let i = 0; i < 4; i++) {
            at++;
            if (!hexDigit(text.charCodeAt(at))) fail('four hexadecimal digits after \\u');
          }
        } else if (at >= text.length || !'"\\/bfnrt'.includes(text[at])) fail('an escape such as \\n, \\" or \\\\');
      }
      at++;
    }
    at++;
  };
  const digits = (): void => {
    if (!digit(text.charCodeAt(at))) fail('a digit');
    while (digit(text.charCodeAt(at))) at++;
  };
  const number = (): void => {
    if (text[at] === '-') at++;
    if (text[at] === '0') at++;
    else digits();
    if (text[at] === '.') {
      at++;
      digits();
    }
    if (text[at] === 'e' || text[at] === 'E') {
      at++;
      if (text[at] === '+' || text[at] === '-') at++;
      digits();
    }
  };
  const key = (): void => {
    if (text.charCodeAt(at) !== quote) fail('a name in quotation marks');
    string();
    skip();
    if (text[at] !== ':') fail('":"');
    at++;
  };

  for (;;) {
    // A value begins here.
    skip();
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length >= maximumDepth) fail(`at most ${maximumDepth} levels of nesting`);
      at++;
      skip();
      if (text[at] !== (character === '{' ? '}' : ']')) {
        open.push(character);
        if (character === '{') key();
        continue;
      }
      at++;
    } else if (character === '"') string();
    else if (character === '-' || digit(text.charCodeAt(at))) number();
    else {
      const word = words.find((one) => text.startsWith(one, at));
      if (!word) fail('a value');
      else at += word.length;
    }
    // It has ended: close brackets until a comma asks for the next one.
    for (;;) {
      skip();
      const bracket = open.at(-1);
      if (bracket === undefined) {
        if (at < text.length) fail('the end of the file');
        return;
      }
      if (text[at] === ',') {
        at++;
        skip();
        if (bracket === '{') key();
        break;
      }
      if (text[at] !== (bracket === '{' ? '}' : ']')) fail(bracket === '{' ? '"," or "}"' : '"," or "]"');
      at++;
      open.pop();
    }
  }
}

function syntaxError(text: string, at: number, expected: string): GatecastError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const found = at < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0)) : 'the end of the file';
  return new GatecastError({
    code: 'bad-input',
    message: `the notebook is not valid JSON: expected ${expected}, found ${found}`,
    where: `line ${line}, column ${column}`,
    remedy: 'correct it there, or take a copy that Gatecast saved',
  });
}
